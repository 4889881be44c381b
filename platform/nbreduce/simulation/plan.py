"""A measurement day, planned: which runs there will be, and how the reduction of each should end."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from nbreduce.domain.errors import NbreduceError

Kind = Literal["good", "truncated", "zero_counts", "text", "no_signal"]
State = Literal["succeeded", "skipped", "failed"]

CYCLE = "cycle_26_1"
FIRST_RUNS: Mapping[str, int] = {"ENGINX": 300001, "HIFI": 200001}
BAD_KINDS: tuple[Kind, ...] = ("truncated", "no_signal", "zero_counts", "text")

_OUTCOMES: Mapping[Kind, tuple[State, str]] = {
    "good": ("succeeded", ""),
    "truncated": ("skipped", "cut short"),
    "zero_counts": ("skipped", "no counts"),
    "text": ("skipped", "text file"),
}
_NO_SIGNAL = {"ENGINX": "stands above the background", "HIFI": "do not decay as muons do"}
_EXPERIMENTS = {"ENGINX": ("2610042", "2610117"), "HIFI": ("2620008", "2620051")}
_MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class PlannedRun:
    """One run of the day.

    Attributes
    ----------
    instrument:
        Key of the instrument, which is also the prefix of its files.
    kind:
        "good", or what is wrong with it.
    expected_state:
        How its reduction should end.
    expected_reason:
        Words that the reason must hold; empty for a good run.
    seed:
        Of the random numbers in its file.
    start, duration:
        When it was measured (UTC), and for how many seconds.
    sample:
        The physics of the sample; which keys there are depends on the instrument.
    """

    instrument: str
    run_number: int
    title: str
    experiment: str
    kind: Kind
    expected_state: State
    expected_reason: str
    seed: int
    start: datetime
    duration: float
    sample: Mapping[str, float]

    @property
    def file_name(self) -> str:
        """Name of the raw file, such as `ENGINX00300001.nxs`."""
        return f"{self.instrument}{self.run_number:08d}.nxs"


def plan_day(
    seed: int,
    runs: int,
    instruments: Sequence[str] = ("ENGINX", "HIFI"),
    bad_every: int = 4,
) -> list[PlannedRun]:
    """Plan the runs of a day, the instruments taking turns.

    The same arguments always give the same plan.

    Parameters
    ----------
    runs:
        How many.
    bad_every:
        One run in so many is bad; the kinds take turns. 0 for none.

    Raises
    ------
    NbreduceError
        An instrument is not one that is simulated, or a number is out of range.
    """
    _check(runs, instruments, bad_every)
    random_numbers = random.Random(seed)
    moment = dict.fromkeys(instruments, _MORNING)
    numbers = {instrument: FIRST_RUNS[instrument] for instrument in instruments}
    day = []
    for index in range(runs):
        instrument = instruments[index % len(instruments)]
        run = _plan_run(
            random_numbers,
            instrument,
            numbers[instrument],
            moment[instrument],
            _kind(index, bad_every),
        )
        numbers[instrument] += 1
        moment[instrument] += timedelta(seconds=run.duration + 60)
        day.append(run)
    return day


def _check(runs: int, instruments: Sequence[str], bad_every: int) -> None:
    unknown = [instrument for instrument in instruments if instrument not in FIRST_RUNS]
    if unknown or not instruments:
        raise NbreduceError(
            f"the virtual facility has no instrument {unknown[0] if unknown else '(none given)'}",
            f"It has {', '.join(FIRST_RUNS)}",
        )
    if runs < 0 or bad_every < 0:
        raise NbreduceError("neither runs nor bad_every can be negative")


def _kind(index: int, bad_every: int) -> Kind:
    """Choose what is wrong, if anything; place and kind shift so that every instrument gets every kind."""
    if not bad_every:
        return "good"
    part, place = divmod(index, bad_every)
    if place != (bad_every - 1 - part) % bad_every:
        return "good"
    return BAD_KINDS[(part + part // len(BAD_KINDS)) % len(BAD_KINDS)]


def _plan_run(
    random_numbers: random.Random, instrument: str, number: int, start: datetime, kind: Kind
) -> PlannedRun:
    duration = float(random_numbers.randrange(600, 1500, 30))
    describe = _powder if instrument == "ENGINX" else _muons
    title, sample = describe(random_numbers, kind)
    state, reason = _OUTCOMES.get(kind, ("failed", _NO_SIGNAL[instrument]))
    return PlannedRun(
        instrument=instrument,
        run_number=number,
        title=title,
        experiment=random_numbers.choice(_EXPERIMENTS[instrument]),
        kind=kind,
        expected_state=state,
        expected_reason=reason,
        seed=random_numbers.getrandbits(32),
        start=start,
        duration=duration,
        sample=sample,
    )


def _powder(random_numbers: random.Random, kind: Kind) -> tuple[str, dict[str, float]]:
    """Ceria under load; a run without signal is of vanadium, which has no peaks."""
    load = random_numbers.randrange(0, 130, 10)
    gauge = random_numbers.choice(("4 x 4 x 15", "2 x 2 x 10", "3 x 3 x 10"))
    title = f"CeO2 {gauge} {load} MPa" if kind != "no_signal" else f"VNb {gauge}"
    return title, {"strain": 5e-6 * load, "counts": random_numbers.uniform(1.2e5, 2.6e5)}


def _muons(random_numbers: random.Random, kind: Kind) -> tuple[str, dict[str, float]]:
    """A sample in which the spins precess about a small transverse field, and relax."""
    name = random_numbers.choice(("Quartz", "Cu", "YBCO"))
    temperature = random_numbers.choice((5, 20, 50, 100, 200, 290))
    field = random_numbers.choice((20, 30, 50, 100))
    title = f"{name} T={temperature} F={field}"
    sample = {
        "temperature": float(temperature),
        "field": float(field),
        "relaxation": random_numbers.uniform(0.1, 0.6),
        "asymmetry": random_numbers.uniform(0.15, 0.25),
        "counts": random_numbers.uniform(1.0e6, 2.8e6),
    }
    return title if kind != "no_signal" else f"{title} beam off", sample
