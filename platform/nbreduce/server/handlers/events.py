"""The journal: page by page, and pushed."""

import asyncio
from functools import partial
from typing import Any

from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.websocket import WebSocketMixin
from pydantic import Field
from tornado import web
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from nbreduce.domain.model import Model
from nbreduce.server.base import ResourceHandler, WorkspaceMixin, as_json, read_id
from nbreduce.server.journal_lines import page_of_events
from nbreduce.server.operation import operation
from nbreduce.server.wire import EventPage, Push

# Characters that may wait for a follower to take them.
MAX_UNTAKEN = 8_000_000


class EventQuery(Model):
    """Which events."""

    after: int = Field(default=0, ge=0, lt=2**63, description="Id of the last event that is known.")
    limit: int = Field(default=500, ge=1, le=1000)


class EventsHandler(ResourceHandler):
    """`/events`."""

    @operation("List events after an id, oldest first", EventPage, query=EventQuery)
    def get(self, query: EventQuery) -> EventPage:
        """List events."""
        return page_of_events(self.shared, query.after, query.limit)


class PushHandler(WebSocketMixin, WebSocketHandler, WorkspaceMixin):
    """`/events/stream`: a WebSocket that sends a `Push` whenever something happened.

    `after` in the query is the id of the last event that the follower knows: it is told what it missed since.
    """

    sends = Push

    @ws_authenticated
    async def get(self, *arguments: Any, **named: Any) -> None:
        """Open the stream."""
        await self.require("read")
        text = self.get_query_argument("after", "")
        self._after = read_id(text)
        if text and self._after is None:
            raise web.HTTPError(400, "after must be the id of an event")
        self._untaken = 0
        await super().get(*arguments, **named)

    async def open(self, *_arguments: Any, **_named: Any) -> None:
        """Begin to follow."""
        super().open()
        self.shared.feed.follow(self._send, self._after)

    def on_message(self, _message: str | bytes) -> None:
        """Take nothing: the stream goes one way."""

    def on_close(self) -> None:
        """Stop following."""
        self.shared.feed.leave(self._send)

    def _send(self, push: Push) -> None:
        if self._untaken >= MAX_UNTAKEN:
            # Whoever is too slow, or asleep, comes back and goes on from the last event that arrived.
            self.log.warning("a follower of the journal was let go: too slow")
            self.shared.feed.leave(self._send)
            self.close(1013, "too slow")
            return
        words = as_json(push)
        try:
            written = self.write_message(words)
        except WebSocketClosedError:
            self.shared.feed.leave(self._send)
            return
        self._untaken += len(words)
        asyncio.ensure_future(written).add_done_callback(partial(self._taken, len(words)))

    def _taken(self, length: int, written: "asyncio.Future[None]") -> None:
        self._untaken -= length
        if not written.cancelled() and written.exception() is not None:
            self.shared.feed.leave(self._send)
