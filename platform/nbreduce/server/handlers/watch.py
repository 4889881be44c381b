"""Watching a reduction while it runs."""

import asyncio
from typing import Any

from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.websocket import WebSocketMixin
from pydantic import Field, ValidationError
from tornado import web
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from nbreduce.domain.errors import NotFound, Unavailable
from nbreduce.domain.model import Model
from nbreduce.server.base import WorkspaceMixin, as_json
from nbreduce.server.operation import refuse_unprintable
from nbreduce.server.watching import INTERVAL, Watch
from nbreduce.server.wire_watch import WatchPush


class WatchQuery(Model):
    """How far a watcher knows a reduction: the `attempt` and `offset` of the last push."""

    attempt: int | None = Field(default=None, ge=0, lt=2**31)
    after: int = Field(default=0, ge=0, lt=2**63)


class WatchHandler(WebSocketMixin, WebSocketHandler, WorkspaceMixin):
    """`/reductions/{name}/watch`: a WebSocket that sends a `WatchPush` whenever something happened, until the end."""

    sends = WatchPush
    _task: asyncio.Task[None] | None = None

    @ws_authenticated
    async def get(self, *arguments: Any, **named: Any) -> None:
        """Open the stream."""
        await self.require("read")
        try:
            refuse_unprintable(named)
        except NotFound as error:
            raise web.HTTPError(404, error.message) from error
        given = {name: self.get_query_argument(name, None) for name in WatchQuery.model_fields}
        try:
            self._query = WatchQuery.model_validate(
                {name: text for name, text in given.items() if text}
            )
        except ValidationError as error:
            raise web.HTTPError(400, "attempt and after must be those of a push") from error
        await super().get(*arguments, **named)

    def open(self, name: str, **_named: Any) -> None:
        """Begin to tell."""
        super().open()
        watch = Watch(self.shared, name, self._query.attempt, self._query.after)
        # A task: while `open` runs, Tornado would not notice that the watcher is gone.
        self._task = asyncio.create_task(self._tell(watch))

    def on_message(self, _message: str | bytes) -> None:
        """Take nothing: the stream goes one way."""

    def on_close(self) -> None:
        """Stop telling."""
        if self._task is not None:
            self._task.cancel()

    async def _tell(self, watch: Watch) -> None:
        try:
            while not watch.over:
                push = await self.shared.watches.run(watch.look)
                if push is None:
                    await asyncio.sleep(INTERVAL)
                else:
                    # Waits for a watcher who is slow, so that nothing heaps up here.
                    await self.write_message(as_json(push))
        except (WebSocketClosedError, Unavailable):
            # The watcher is gone, or this server goes.
            return
        finally:
            self.close(1000)
