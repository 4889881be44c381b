"""Rows made from records, with the ids that they had."""

from collections.abc import Iterable

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from nbreduce.catalogue.convert import run_row, to_columns
from nbreduce.catalogue.orm import Base, EventRow, ReductionRow, ReportRow, RequestRow, RunRow
from nbreduce.catalogue.reductions import insert_reduction
from nbreduce.domain.record import EventRecord, ReportRecord
from nbreduce.domain.reduction import Reduction, Run


class RestoredEvent(EventRecord):
    """An event told from a record."""

    run_id: int
    reduction_id: int | None = None


def is_empty(session: Session) -> bool:
    """Say whether the catalogue holds nothing yet."""
    return not any(
        session.scalar(select(func.count()).select_from(table))
        for table in (RunRow, ReductionRow, ReportRow, EventRow)
    )


def restore_run(session: Session, run: Run, reports: Iterable[ReportRecord]) -> None:
    """Add a run with its reports, or replace what an older record told of it."""
    session.merge(run_row(run))
    session.flush()
    for report in reports:
        session.merge(ReportRow(**to_columns(report), run_id=run.id))


def restore_reduction(session: Session, reduction: Reduction) -> None:
    """Add a reduction, its events apart."""
    insert_reduction(session, reduction)


def restore_events(session: Session, events: Iterable[RestoredEvent]) -> None:
    """Add events in the given order, and let new rows count on from the restored ones."""
    for event in events:
        session.add(EventRow(**event.model_dump()))
        session.flush()
    if session.get_bind().dialect.name == "postgresql":
        _advance_sequences(session)


def _advance_sequences(session: Session) -> None:
    for table in (RunRow, ReductionRow, ReportRow, EventRow, RequestRow):
        name = table.__tablename__
        assert name in Base.metadata.tables
        session.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM \"{name}\"))"
            )
        )
