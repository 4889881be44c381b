"""What is pushed: the journal, as it grows, to everyone who follows it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from nbreduce.catalogue import events, reductions, runs
from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.events import Event
from nbreduce.server.service_state import service_line
from nbreduce.server.wire import EventLine, EventPage, Push, ServiceLine

if TYPE_CHECKING:
    from nbreduce.server.context import ServerContext

log = logging.getLogger(__name__)

INTERVAL = 0.2
BATCH = 500
# A follower that missed more than this reads everything anew.
MAX_MISSED = 5000

Follower = Callable[[Push], None]


class Feed:
    """Reads the journal while someone follows it, once for all followers.

    Parameters
    ----------
    context:
        Of the server.
    """

    def __init__(self, context: "ServerContext") -> None:
        self._context = context
        self._followers: set[Follower] = set()
        self._task: asyncio.Task[None] | None = None
        self._latest = 0
        self._service: ServiceLine | None = None
        self._trouble = ""

    async def follow(self, follower: Follower, after: int | None) -> None:
        """Tell a follower what it missed since an event, and from then on all that happens.

        Parameters
        ----------
        after:
            Id of the last event that it knows; None where it knows none, and is told only of what comes.
        """
        while True:
            # Up to where the others are already, without letting anything happen in between.
            push = await asyncio.to_thread(self._missed, after)
            after = push.latest
            follower(push)
            if len(push.events) < BATCH:
                break
        self._followers.add(follower)
        if self._task is None or self._task.done():
            self._latest = after
            self._task = asyncio.create_task(self._run())
        elif after < self._latest:
            follower(await asyncio.to_thread(self._missed, after))

    def leave(self, follower: Follower) -> None:
        """Tell a follower nothing any more."""
        self._followers.discard(follower)

    async def close(self) -> None:
        """Stop."""
        self._followers.clear()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while self._followers:
            push = await asyncio.to_thread(self._news)
            if push is not None:
                for follower in list(self._followers):
                    follower(push)
                if len(push.events) == BATCH:
                    continue
            await asyncio.sleep(INTERVAL)

    def _missed(self, after: int | None) -> Push:
        service = service_line(self._context.workspace)
        with self._context.workspace.catalogue.read() as session:
            latest = events.latest_event_id(session)
            if after is None:
                return Push(latest=latest, service=service)
            if after > latest or latest - after > MAX_MISSED:
                # Ahead of the journal is who followed it before the catalogue was made anew.
                return Push(latest=latest, service=service, reset=True)
            found = events.events_after(session, after, BATCH)
            return self._push(session, found, after, service)

    def _news(self) -> Push | None:
        try:
            service = service_line(self._context.workspace)
            changed = service if service != self._service else None
            with self._context.workspace.catalogue.read() as session:
                found = events.events_after(session, self._latest, BATCH)
                if not found and changed is None and not self._trouble:
                    return None
                push = self._push(session, found, self._latest, changed)
        except NbreduceError as error:
            if self._trouble == str(error):
                return None
            self._trouble = str(error)
            return Push(latest=self._latest, trouble=self._trouble)
        if self._trouble:
            self._trouble = ""
            push = push.model_copy(update={"trouble": ""})
        self._service, self._latest = service, push.latest
        return push

    def _push(
        self, session: Session, found: Sequence[Event], after: int, service: ServiceLine | None
    ) -> Push:
        from nbreduce.server.lines import run_lines

        touched = sorted({one.run_id for one in found if one.run_id is not None})
        about = [runs.get_run(session, run_id) for run_id in touched]
        return Push(
            latest=found[-1].id if found else after,
            events=event_lines(session, found),
            runs=run_lines(self._context, session, about),
            service=service,
        )


def page_of_events(context: "ServerContext", after: int, limit: int) -> EventPage:
    """Return events after an id."""
    with context.workspace.catalogue.read() as session:
        found = events.events_after(session, after, limit)
        return EventPage(events=event_lines(session, found), latest=events.latest_event_id(session))


def event_lines(session: Session, found: Sequence[Event]) -> tuple[EventLine, ...]:
    """Return events with the names of what they are about."""
    run_names = {
        run_id: f"{run.instrument}/{run.name}"
        for run_id in {one.run_id for one in found if one.run_id is not None}
        for run in [runs.get_run(session, run_id)]
    }
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
