"""The virtual facility plays a measurement day."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbreduce.simulation.files import announce, data_folder, write_run
from nbreduce.simulation.plan import FIRST_RUNS, PlannedRun, plan_day


class VirtualFacility:
    """Instruments that measure one run after another.

    Parameters
    ----------
    data_root:
        Folder under which the instruments' folders (`NDX…`) are made.
    runs:
        How many runs the day has.
    instruments:
        Keys of the instruments; they take turns.
    seed:
        Of everything random: the same seed gives the same files.
    bad_every:
        One run in so many is bad; 0 for none.
    interval:
        Seconds from one run to the next.

    Attributes
    ----------
    day:
        The planned runs, with how the reduction of each should end.
    """

    def __init__(
        self,
        data_root: Path,
        runs: int,
        instruments: Sequence[str] = ("ENGINX", "HIFI"),
        seed: int = 1,
        bad_every: int = 4,
        interval: float = 0.0,
    ) -> None:
        self.data_root = data_root
        self.interval = interval
        self.instruments = tuple(instruments)
        self.day = tuple(plan_day(seed, runs, instruments, bad_every))

    def prepare(self) -> None:
        """Make the instruments' folders, with the run before the first one named as the last."""
        for instrument in self.instruments:
            data_folder(self.data_root, instrument).mkdir(parents=True, exist_ok=True)
            announce(self.data_root, instrument, FIRST_RUNS[instrument] - 1)

    def play(self, stop: threading.Event | None = None) -> Iterator[tuple[PlannedRun, Path]]:
        """Write the day's runs one by one, and yield each with its file as soon as it is there.

        Parameters
        ----------
        stop:
            Set it to end the day early.
        """
        stop = stop or threading.Event()
        for index, planned in enumerate(self.day):
            if stop.wait(self.interval if index else 0):
                return
            yield planned, write_run(planned, self.data_root)
