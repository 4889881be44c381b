"""The trigger that follows ISIS's ``lastrun.txt``, and recovers runs that it missed."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import ClassVar

from pydantic import Field

from nbreduce.domain.run import Report
from nbreduce.triggers.base import Sink, TriggerSettings, WorkspacePath
from nbreduce.triggers.lastrun_file import MAX_BYTES, LastRun, Problem, parse_lastrun
from nbreduce.triggers.runfiles import find_run_file, list_run_files

READS_BEFORE_WARNING = 3
LISTING_PAYS_FROM = 4


class LastrunSettings(TriggerSettings):
    """Settings of the trigger of kind "lastrun"."""

    path: WorkspacePath = Field(
        description="The instrument's lastrun.txt; relative to the workspace."
    )
    data: tuple[WorkspacePath, ...] = Field(
        min_length=1,
        description="Folders of the runs' files, which lie there or in cycle_YY_N folders; relative to the workspace.",
    )
    poll_interval: float = Field(
        default=1.0, gt=0, description="Seconds between two readings of the file."
    )
    max_gap: int = Field(
        default=1000,
        ge=1,
        description="How many runs at once are recovered by number; after a wider jump only those whose file exists.",
    )

    @property
    def folders(self) -> tuple[Path, ...]:
        """Folders in which the files of its runs are."""
        return self.data


@dataclass(frozen=True)
class Step:
    """What a reading of the file means.

    Parameters
    ----------
    numbers:
        The runs to report, in order.
    only_existing:
        Report only those that have a file, and the last one.
    warning:
        What people should know; "" if all is as usual.
    """

    numbers: range
    only_existing: bool = False
    warning: str = ""


def next_step(last: int | None, before_jump: int | None, current: int, max_gap: int) -> Step:
    """Decide which runs to report.

    Parameters
    ----------
    last:
        The run that was reported last; None at the very first start.
    before_jump:
        The run that was reported last before a wide jump, to which the file may return.
    current:
        The run that the file names.
    max_gap:
        The widest gap that is filled number by number.
    """
    if last is None:
        return Step(range(current, current + 1))
    if last <= current <= last + max_gap:
        return Step(range(last + 1, current + 1))
    if current > last:
        return Step(range(last + 1, current + 1), only_existing=True)
    if before_jump is not None and before_jump < current <= before_jump + max_gap:
        warning = f"went back from run {last} to {current}; goes on after run {before_jump}"
        return Step(range(before_jump + 1, current + 1), warning=warning)
    warning = f"went back from run {last} to {current}; goes on from there"
    return Step(range(current, current + 1), warning=warning)


class LastrunTrigger:
    """Reports each run up to the one that ``lastrun.txt`` names.

    Parameters
    ----------
    settings:
        Its settings.
    prefixes:
        What the names of the instrument's run files begin with; MARI's is ``MAR``.
    padding:
        Digits of the run number in file names.
    """

    Settings: ClassVar[type[TriggerSettings]] = LastrunSettings

    def __init__(self, settings: TriggerSettings, prefixes: Iterable[str], padding: int) -> None:
        assert isinstance(settings, LastrunSettings)
        self._settings = settings
        self._prefixes = tuple(prefixes)
        self._padding = padding

    def run(self, sink: Sink, stop: Event) -> None:
        """Report runs until `stop` is set."""
        _Follower(self._settings, self._prefixes, self._padding, sink, stop).run()


class _Follower:
    """One run of the trigger."""

    def __init__(
        self,
        settings: LastrunSettings,
        prefixes: tuple[str, ...],
        padding: int,
        sink: Sink,
        stop: Event,
    ) -> None:
        self._settings = settings
        self._prefixes = prefixes
        self._padding = padding
        self._sink = sink
        self._stop = stop
        self._last = sink.last_run_number(settings.instrument, settings.kind)
        self._before_jump: int | None = None
        self._useless = 0
        self._strange_names: set[str] = set()

    def run(self) -> None:
        while not self._stop.is_set():
            reading = self._read()
            if isinstance(reading, Problem):
                self._count_problem(reading.reason)
            else:
                self._useless = 0
                self._take(reading)
            self._stop.wait(self._settings.poll_interval)

    def _read(self) -> LastRun | Problem:
        try:
            with self._settings.path.open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
        except OSError as error:
            return Problem(f"can't be read: {error.strerror}")
        return parse_lastrun(raw.decode("latin-1"))

    def _count_problem(self, reason: str) -> None:
        """Warn once of a file that is of no use for several readings; one that is just being written is none."""
        self._useless += 1
        if self._useless == READS_BEFORE_WARNING:
            self._warn(reason)

    def _take(self, reading: LastRun) -> None:
        self._check_name(reading.name)
        if reading.run_number == self._last:
            return
        step = next_step(self._last, self._before_jump, reading.run_number, self._settings.max_gap)
        if step.warning:
            self._warn(step.warning)
        if step.only_existing:
            self._jump(step.numbers)
        else:
            self._report_all(step.numbers)

    def _report_all(self, numbers: range) -> None:
        found = self._listing(numbers) if len(numbers) >= LISTING_PAYS_FROM else {}
        for number in numbers:
            if self._stop.is_set():
                return
            path = found.get(number) or find_run_file(
                self._settings.data, self._prefixes, self._padding, number
            )
            self._report(number, path)

    def _jump(self, numbers: range) -> None:
        before, newest = self._last, numbers[-1]
        found = self._listing(numbers)
        missing = len(numbers) - len(found.keys() | {newest})
        self._warn(
            f"jumped from run {before} to {newest}: {len(found)} files found in between are reported, "
            f"{missing} numbers have no file"
        )
        for number in sorted(found.keys() | {newest}):
            if self._stop.is_set():
                return
            self._report(number, found.get(number))
        self._before_jump = before

    def _listing(self, numbers: range) -> dict[int, Path]:
        return list_run_files(self._settings.data, self._prefixes, numbers)

    def _report(self, number: int, path: Path | None) -> None:
        self._sink.report(
            Report(
                trigger=self._settings.kind,
                instrument=self._settings.instrument,
                path=path,
                run_number=number,
            )
        )
        self._last = number

    def _check_name(self, name: str) -> None:
        expected = {self._settings.instrument, *self._prefixes}
        known = {each.casefold() for each in expected} | self._strange_names
        if name.casefold() not in known:
            self._strange_names.add(name.casefold())
            self._warn(
                f"is of {name!r}, not of {self._settings.instrument}; check the trigger's path"
            )

    def _warn(self, what: str) -> None:
        self._sink.warn(self._settings.kind, f"{self._settings.path} {what}")
