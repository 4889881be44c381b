"""What is pushed: the journal, as it grows, to everyone who follows it."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from nbreduce.catalogue import events, runs
from nbreduce.domain.errors import NbreduceError, Unavailable
from nbreduce.server.journal_lines import event_lines
from nbreduce.server.lines import run_lines
from nbreduce.server.service_state import service_line
from nbreduce.server.threads import Threads
from nbreduce.server.wire import LONGEST_SILENCE, EventLine, Push, RunLine, ServiceLine

if TYPE_CHECKING:
    from nbreduce.server.context import ServerContext

log = logging.getLogger(__name__)

INTERVAL = 0.2
BATCH = 500
# A follower that missed more than this reads everything anew.
MAX_MISSED = 5000

Follower = Callable[[Push], None]


@dataclass
class Place:
    """How far a follower has been told.

    Attributes
    ----------
    after:
        Id of the last event that it knows; None where it knows none, and is told only of what comes.
    told:
        When it was last told something, by the monotonic clock.
    """

    after: int | None
    service: ServiceLine | None = None
    trouble: str = ""
    told: float = 0.0


@dataclass(frozen=True)
class Look:
    """What the workspace was like at a moment: events after some id, and the runs that they are about."""

    service: ServiceLine | None = None
    trouble: str = ""
    latest: int = 0
    events: tuple[EventLine, ...] = ()
    runs: tuple[RunLine, ...] = ()


class Feed:
    """Reads the journal while someone follows it, once for all followers.

    Events are followed by their ids, so none may become visible after one with a higher id. SQLite has one writer at a
    time, and each takes its ids inside its transaction: ids grow in the order of commits. On a database with several
    writers that holds only as long as the service is the one that writes events, one transaction after the other.

    Parameters
    ----------
    context:
        Of the server.
    """

    def __init__(self, context: "ServerContext") -> None:
        self._context = context
        self._places: dict[Follower, Place] = {}
        self._joined = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._defect = ""
        self._threads = Threads(1, "feed")

    def follow(self, follower: Follower, after: int | None) -> None:
        """Tell a follower what it missed since an event, and from then on all that happens."""
        self._places[follower] = Place(after)
        self._joined.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def leave(self, follower: Follower) -> None:
        """Tell a follower nothing any more."""
        self._places.pop(follower, None)

    async def close(self) -> None:
        """Stop."""
        self._threads.close()
        self._places.clear()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while self._places:
            self._joined.clear()
            # Who joins while the journal is read is told by the next look, which reads from where they are.
            places = dict(self._places)
            known = [one.after for one in places.values() if one.after is not None]
            try:
                look = await self._threads.run(self._look, known)
            except Unavailable:
                # This server goes; nobody is told anything any more.
                return
            for follower, place in places.items():
                push = news(place, look) or sign_of_life(place)
                if push is not None and follower in self._places:
                    place.told = monotonic()
                    follower(push)
            if len(look.events) < BATCH:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._joined.wait(), INTERVAL)

    def _look(self, known: Iterable[int]) -> Look:
        service = None
        try:
            service = service_line(self._context.workspace)
            with self._context.workspace.catalogue.read() as session:
                latest = events.latest_event_id(session)
                reached = [one for one in known if within_reach(one, latest)]
                found = events.events_after(session, min(reached, default=latest), BATCH)
                return Look(
                    service=service,
                    latest=latest,
                    events=event_lines(session, found),
                    runs=self._runs(
                        session, {one.run_id for one in found if one.run_id is not None}
                    ),
                )
        except NbreduceError as error:
            return Look(service=service, trouble=str(error))
        except Exception as error:
            # Followers shall hear of a defect, and go on once it is over.
            if self._defect != repr(error):
                log.exception("the journal cannot be told")
            self._defect = repr(error)
            return Look(
                service=service, trouble=f"a defect ({error}); the Jupyter server's log tells more"
            )

    def _runs(self, session: Session, ids: set[int]) -> tuple[RunLine, ...]:
        about = runs.get_runs(session, ids)
        return run_lines(self._context, session, [about[key] for key in sorted(about)])


def within_reach(after: int, latest: int) -> bool:
    """Say whether the events after an id are told one by one.

    Ahead of the journal is who followed it before the catalogue was made anew.
    """
    return latest - MAX_MISSED <= after <= latest


def news(place: Place, look: Look) -> Push | None:
    """Return what a follower is to be told, None where there is nothing; its place moves on."""
    service = look.service if look.service != place.service else None
    trouble = look.trouble if look.trouble != place.trouble else None
    place.service, place.trouble = look.service or place.service, look.trouble
    if look.trouble:
        told = service is not None or trouble is not None
        return (
            Push(latest=place.after or 0, service=service, trouble=look.trouble) if told else None
        )
    # What a follower read before it followed is older than what it is told from now on.
    if place.after is None or not within_reach(place.after, look.latest):
        place.after = look.latest
        return Push(latest=look.latest, service=service, trouble=trouble, reset=True)
    missed = tuple(one for one in look.events if one.id > place.after)
    if not missed and service is None and trouble is None:
        return None
    place.after = missed[-1].id if missed else place.after
    about = {one.run for one in missed}
    return Push(
        latest=place.after,
        events=missed,
        runs=tuple(one for one in look.runs if f"{one.instrument}/{one.name}" in about),
        service=service,
        trouble=trouble,
    )


def sign_of_life(place: Place) -> Push | None:
    """Return what says to a follower that nothing happened, None where it has just been told something."""
    if monotonic() - place.told < LONGEST_SILENCE:
        return None
    return Push(latest=place.after or 0, trouble=place.trouble or None)
