"""A sink of reports for tests of triggers, which remembers as the catalogue does."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nbreduce.domain.run import FileStamp, Report
from nbreduce.triggers.base import Trigger

PATIENCE = 20.0


class MemorySink:
    """Keeps reports and warnings; a file is known with the stamp that it had when it was reported."""

    def __init__(self, last_run_number: int | None = None) -> None:
        self.reports: list[Report] = []
        self.warnings: list[str] = []
        self.files: dict[Path, FileStamp] = {}
        self.failing = False
        self._last = last_run_number

    def report(self, report: Report) -> None:
        if self.failing:
            raise OSError("the catalogue is away")
        self.reports.append(report)
        if report.path is not None and report.path.is_file():
            self.files[report.path] = stamp_of(report.path)
        self._last = report.run_number or self._last

    def known_files(self, instrument: str) -> dict[Path, FileStamp]:
        return dict(self.files)

    def last_run_number(self, instrument: str, trigger: str) -> int | None:
        return self._last

    def warn(self, trigger: str, message: str) -> None:
        self.warnings.append(f"{trigger}: {message}")

    @property
    def names(self) -> list[str]:
        """Names of the reported files."""
        return [report.path.name for report in self.reports if report.path is not None]

    @property
    def numbers(self) -> list[int | None]:
        """Reported run numbers."""
        return [report.run_number for report in self.reports]


def stamp_of(path: Path) -> FileStamp:
    status = path.stat()
    return FileStamp(size=status.st_size, mtime_ns=status.st_mtime_ns)


def eventually(condition: Callable[[], bool], patience: float = PATIENCE) -> bool:
    """Wait until something is so; False where it is not in time."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


@contextmanager
def running(trigger: Trigger, sink: MemorySink) -> Iterator[threading.Event]:
    """Run a trigger in a thread; it must end within half a second of being told to."""
    stop = threading.Event()
    thread = threading.Thread(target=trigger.run, args=(sink, stop))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        begun = time.monotonic()
        thread.join(PATIENCE)
    assert time.monotonic() - begun < 0.5
