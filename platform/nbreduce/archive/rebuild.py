"""The catalogue, made again from the archive alone."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy.orm import Session

from nbreduce.archive.records import Found, RecordError, walk
from nbreduce.catalogue.core import Catalogue, CatalogueError
from nbreduce.catalogue.restore import (
    RestoredEvent,
    is_empty,
    restore_events,
    restore_reduction,
    restore_run,
)
from nbreduce.domain.events import EventKind, timeline
from nbreduce.domain.model import Model
from nbreduce.domain.record import RunRecord
from nbreduce.domain.reduction import Reduction, Run


class Rebuilt(Model):
    """What a rebuild found."""

    runs: int
    reductions: int
    problems: tuple[str, ...]


def rebuild(
    root: Path, catalogue: Catalogue, progress: Callable[[int], None] = lambda _: None
) -> Rebuilt:
    """Fill an empty catalogue with all runs and reductions of an archive.

    Events are the journal of changes as the records tell it, in the order of their times. Open requests, and warnings
    of triggers, are not in the archive and do not come back.

    Raises
    ------
    CatalogueError
        The catalogue is not empty.
    """
    with catalogue.write() as session:
        if not is_empty(session):
            raise CatalogueError(
                "the catalogue is not empty", "Rebuild into a new one, or move the old one away"
            )
        restorer = _Restorer(session)
        for count, found in enumerate(walk(root), 1):
            restorer.take(found)
            progress(count)
        return restorer.finish()


class _Restorer:
    """Takes records one by one; what contradicts an earlier record is a problem, not a row."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.runs: dict[int, RunRecord] = {}
        self.reductions: dict[int, str] = {}
        self.events: list[RestoredEvent] = []
        self.problems: list[str] = []

    def take(self, found: Found | RecordError) -> None:
        """Restore what a record tells."""
        if isinstance(found, RecordError):
            self.problems.append(str(found))
        elif isinstance(found.record, RunRecord):
            self._take_run(found.record, found.path)
        elif self._take_run(RunRecord(run=found.record.run), found.path):
            self._take_reduction(found.record.reduction, found.path)

    def _take_run(self, record: RunRecord, path: Path) -> bool:
        """Restore a run; of two records, as of a run whose experiment was learnt late, that with more events counts."""
        run, known = record.run, self.runs.get(record.run.id)
        if known is not None and _name(known.run) != _name(run):
            self.problems.append(f"{path}: run id {run.id} belongs to {_name(known.run)}")
            return False
        if known is None or len(record.events) > len(known.events):
            self.runs[run.id] = record
            restore_run(self.session, run, record.reports)
        return True

    def _take_reduction(self, reduction: Reduction, path: Path) -> None:
        if reduction.id in self.reductions or reduction.name in self.reductions.values():
            self.problems.append(
                f"{path}: there is another record of {reduction.name} (id {reduction.id})"
            )
            return
        self.reductions[reduction.id] = reduction.name
        restore_reduction(self.session, reduction)
        self.events += [
            RestoredEvent(
                time=change.time,
                kind=EventKind.STATE,
                run_id=reduction.run_id,
                reduction_id=reduction.id,
                data=change.data(),
            )
            for change in timeline(reduction)
        ]

    def finish(self) -> Rebuilt:
        """Write the events in the order of their times."""
        self.events += [
            RestoredEvent(**event.model_dump(), run_id=record.run.id)
            for record in self.runs.values()
            for event in record.events
        ]
        restore_events(self.session, sorted(self.events, key=lambda event: event.time))
        return Rebuilt(
            runs=len(self.runs), reductions=len(self.reductions), problems=tuple(self.problems)
        )


def _name(run: Run) -> str:
    return f"{run.instrument}{run.name}"
