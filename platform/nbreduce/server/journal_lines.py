"""Events as answers show them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from nbreduce.catalogue import events, reductions, runs
from nbreduce.domain.events import Event
from nbreduce.server.wire import EventLine, EventPage

if TYPE_CHECKING:
    from nbreduce.server.context import ServerContext


def page_of_events(context: "ServerContext", after: int, limit: int) -> EventPage:
    """Return events after an id."""
    with context.workspace.catalogue.read() as session:
        found = events.events_after(session, after, limit)
        return EventPage(events=event_lines(session, found), latest=events.latest_event_id(session))


def event_lines(session: Session, found: Sequence[Event]) -> tuple[EventLine, ...]:
    """Return events with the names of what they are about."""
    about = runs.get_runs(session, {one.run_id for one in found if one.run_id is not None})
    run_names = {key: f"{run.instrument}/{run.name}" for key, run in about.items()}
    names = reductions.names_of(
        session, {one.reduction_id for one in found if one.reduction_id is not None}
    )
    return tuple(
        EventLine(
            id=one.id,
            time=one.time,
            kind=one.kind,
            run=None if one.run_id is None else run_names[one.run_id],
            reduction=None if one.reduction_id is None else names.get(one.reduction_id),
            data=one.data,
        )
        for one in found
    )
