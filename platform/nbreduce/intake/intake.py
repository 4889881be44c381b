"""The intake: from reports to runs and queued reductions."""

import logging
from collections.abc import Callable
from pathlib import Path
from threading import Event
from time import monotonic

from nbreduce.catalogue import events, reports, runs
from nbreduce.catalogue.core import Catalogue
from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.events import EventKind
from nbreduce.domain.model import now
from nbreduce.domain.record import ReportRecord
from nbreduce.domain.run import FileStamp, Report, stamp_of
from nbreduce.intake.clerk import Clerk
from nbreduce.intake.examiner import Examiner

log = logging.getLogger(__name__)

_IDLE = 0.25
_WAITING = 0.05
_TRY_AGAIN = 2.0
_LOOK_AGAIN = 0.5
_PAGE = 500


class Intake:
    """Takes reports durably, and makes runs of them once their files are finished.

    It is the sink of all triggers. Reports that other processes filed in the catalogue are found there.

    Parameters
    ----------
    wake:
        Called when reductions were queued.
    """

    def __init__(
        self, catalogue: Catalogue, examiner: Examiner, clerk: Clerk, wake: Callable[[], None]
    ) -> None:
        self.catalogue = catalogue
        self.examiner = examiner
        self.clerk = clerk
        self.wake = wake
        self._news = Event()
        self._try_at: dict[int, float] = {}

    def report(self, report: Report) -> None:
        """Take a report; it is durable when this returns."""
        stamp = _stamp_of(report.path)
        with self.catalogue.write() as session:
            reports.add_report(session, report, stamp)
        self._news.set()

    def known_files(self, instrument: str) -> dict[Path, FileStamp]:
        """Return the files of an instrument that were reported before, as they were then."""
        with self.catalogue.read() as session:
            return reports.known_files(session, instrument)

    def last_run_number(self, instrument: str, trigger: str) -> int | None:
        """Return the run number that a trigger reported last."""
        with self.catalogue.read() as session:
            return reports.last_reported_number(session, instrument, trigger)

    def warn(self, trigger: str, message: str) -> None:
        """Tell people of something odd that is not a run."""
        log.warning("%s: %s", trigger, message)
        with self.catalogue.write() as session:
            events.add_event(
                session, EventKind.WARNING, now(), {"source": trigger, "message": message}
            )

    def recover(self) -> None:
        """Report runs anew that were to be reduced, and whose reductions the catalogue does not know any more."""
        with self.catalogue.read() as session:
            lost = runs.unreduced_runs(session)
        for run in lost:
            path = None if run.path is None else Path(run.path)
            number = run.run_number
            self.report(
                Report(trigger="recovery", instrument=run.instrument, path=path, run_number=number)
            )

    def run(self, stop: Event) -> None:
        """Take in reports until `stop` is set."""
        while not stop.is_set():
            waiting = self.step()
            self._news.wait(_WAITING if waiting else _IDLE)
            self._news.clear()

    def step(self) -> bool:
        """Take in all reports whose files are finished; say whether some are not."""
        waiting, after = False, 0
        while True:
            with self.catalogue.read() as session:
                pending = reports.pending_reports(session, _PAGE, after)
            for record in pending:
                waiting |= not self._take_safely(record)
                after = record.id
            if len(pending) < _PAGE:
                return waiting

    def _take_safely(self, record: ReportRecord) -> bool:
        """Take in a report, or come back to it later where something keeps that from being done."""
        if monotonic() < self._try_at.get(record.id, 0.0):
            return False
        try:
            return self._take(record)
        except (NbreduceError, OSError) as error:
            log.warning("report %d of %s waits: %s", record.id, record.instrument, error)
            self._try_at[record.id] = monotonic() + _TRY_AGAIN
            return False

    def _take(self, record: ReportRecord) -> bool:
        """Make a run of a report, if its file is finished; say whether it was."""
        conclusion = self.examiner.examine(record)
        if conclusion is None:
            if record.path is None:
                # A file that nobody has seen yet is not looked for at every step.
                self._try_at[record.id] = monotonic() + _LOOK_AGAIN
            return False
        queued = self.clerk.write(record, conclusion)
        self.examiner.forget(record)
        self._try_at.pop(record.id, None)
        if queued:
            self.wake()
        return True


def _stamp_of(path: Path | None) -> FileStamp | None:
    try:
        status = None if path is None else path.stat()
    except (OSError, ValueError):
        return None
    return None if status is None else stamp_of(status)
