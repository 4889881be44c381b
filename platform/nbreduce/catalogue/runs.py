"""Runs."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from nbreduce.catalogue.convert import run_from, run_row
from nbreduce.catalogue.events import add_event
from nbreduce.catalogue.orm import ReductionRow, RunRow
from nbreduce.domain.events import EventKind
from nbreduce.domain.reduction import Run


def find_run(session: Session, instrument: str, name: str) -> Run | None:
    """Return a run by its name."""
    row = session.scalar(select(RunRow).where(RunRow.instrument == instrument, RunRow.name == name))
    return run_from(row) if row else None


def get_run(session: Session, run_id: int) -> Run:
    """Return a run by its id, which must exist."""
    return run_from(session.get_one(RunRow, run_id))


def get_runs(session: Session, run_ids: Collection[int]) -> dict[int, Run]:
    """Return runs by their ids."""
    rows = session.scalars(select(RunRow).where(RunRow.id.in_(run_ids)))
    return {row.id: run_from(row) for row in rows}


def next_run_id(session: Session) -> int:
    """Return the id that the next run will have. Only the service adds runs."""
    return (session.scalar(select(func.max(RunRow.id))) or 0) + 1


def save_run(session: Session, run: Run, time: datetime) -> None:
    """Add a run, or replace what is known of it, and write the event."""
    session.merge(run_row(run))
    session.flush()
    add_event(session, EventKind.RUN, time, {"skipped": run.skipped}, run_id=run.id)


def unreduced_runs(session: Session) -> Sequence[Run]:
    """Return runs that are not skipped and have no reduction, oldest first: what a rebuild found of queued ones."""
    reduced = select(ReductionRow.run_id)
    query = select(RunRow).where(RunRow.skipped.is_(None), RunRow.id.not_in(reduced))
    return [run_from(row) for row in session.scalars(query.order_by(RunRow.id))]
