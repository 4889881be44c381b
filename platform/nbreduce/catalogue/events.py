"""The journal."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from nbreduce.catalogue.convert import event_from
from nbreduce.catalogue.orm import EventRow
from nbreduce.domain.events import Event, EventKind, StateChange
from nbreduce.domain.reduction import Reduction


def add_event(
    session: Session,
    kind: EventKind,
    time: datetime,
    data: dict[str, JsonValue],
    run_id: int | None = None,
    reduction_id: int | None = None,
) -> None:
    """Append an event."""
    session.add(EventRow(kind=kind, time=time, data=data, run_id=run_id, reduction_id=reduction_id))


def add_changes(session: Session, reduction: Reduction, changes: Iterable[StateChange]) -> None:
    """Append a reduction's changes of state."""
    for change in changes:
        add_event(
            session, EventKind.STATE, change.time, change.data(), reduction.run_id, reduction.id
        )


def forget_progress(session: Session, reduction_id: int) -> None:
    """Remove the progress of a reduction that ended: its record has the timing of each cell."""
    session.execute(
        delete(EventRow).where(
            EventRow.reduction_id == reduction_id, EventRow.kind == EventKind.PROGRESS
        )
    )


def events_after(session: Session, after: int, limit: int = 1000) -> Sequence[Event]:
    """Return the events that follow an id, oldest first."""
    rows = session.scalars(
        select(EventRow).where(EventRow.id > after).order_by(EventRow.id).limit(limit)
    )
    return [event_from(row) for row in rows]


def run_events(session: Session, run_id: int) -> Sequence[Event]:
    """Return the events that are about a run itself."""
    rows = session.scalars(
        select(EventRow)
        .where(EventRow.run_id == run_id, EventRow.reduction_id.is_(None))
        .order_by(EventRow.id)
    )
    return [event_from(row) for row in rows]


def latest_event_id(session: Session) -> int:
    """Return the id of the newest event, 0 where there is none."""
    return session.scalar(select(func.max(EventRow.id))) or 0


def latest_progress(session: Session, reduction_ids: Sequence[int]) -> dict[int, Event]:
    """Return each reduction's newest progress."""
    rows = session.scalars(
        select(EventRow)
        .where(EventRow.reduction_id.in_(reduction_ids), EventRow.kind == EventKind.PROGRESS)
        .order_by(EventRow.id)
    )
    return {row.reduction_id: event_from(row) for row in rows if row.reduction_id is not None}
