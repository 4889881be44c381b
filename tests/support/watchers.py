"""One who watches a reduction over the server's WebSocket, as the view in JupyterLab does."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from support.lab import Lab
from support.transcripts import replay
from support.waiting import PATIENCE


class Watcher:
    """Keeps what it was told of an attempt, over all its connections.

    Parameters
    ----------
    lab:
        Whose server it asks; may be replaced by another that serves the same.
    """

    def __init__(self, lab: Lab, name: str) -> None:
        self.lab = lab
        self.name = name
        self.attempt: int | None = None
        self.offset = 0
        self.lines: list[dict[str, Any]] = []
        self.standings: list[dict[str, Any]] = []
        self.troubles: list[str] = []
        self._socket: WebSocketClientConnection | None = None

    async def connect(self) -> "Watcher":
        """Connect, to go on from where it was."""
        url = f"{self.lab.url}/nbreduce/api/reductions/{self.name}/watch?after={self.offset}"
        if self.attempt is not None:
            url += f"&attempt={self.attempt}"
        headers = {"Authorization": f"token {self.lab.token}"}
        request = HTTPRequest(url.replace("http:", "ws:"), headers=headers)
        self._socket = await websocket_connect(request)
        return self

    def leave(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()

    async def until(self, seen: Callable[["Watcher"], Any]) -> "Watcher":
        """Take what comes until something was seen."""
        deadline = time.monotonic() + PATIENCE
        while not seen(self):
            if not await self.take(deadline - time.monotonic()):
                raise AssertionError(f"closed before it was seen: {self.standings} {self.kinds}")
        return self

    async def to_its_end(self) -> "Watcher":
        """Take what comes until the server closes."""
        while await self.take(PATIENCE):
            pass
        return self

    async def take(self, patience: float) -> bool:
        """Take one push; say whether there was one."""
        assert self._socket is not None
        text = await asyncio.wait_for(self._socket.read_message(), patience)
        if text is None:
            # The server closed; tornado wants to be told that this side has, too.
            self.leave()
            return False
        push = json.loads(text)
        if push["attempt"] != self.attempt:
            self.lines = []
        self.attempt, self.offset = push["attempt"], push["offset"]
        self.lines += push["lines"]
        self.standings += [push["standing"]] if push["standing"] else []
        self.troubles += [push["trouble"]] if push["trouble"] else []
        return True

    @property
    def kinds(self) -> list[str]:
        """What it was told of the attempt, in words."""
        return [line["kind"] for line in self.lines]

    @property
    def states(self) -> list[str]:
        """The states that it was told."""
        return [one["state"] for one in self.standings]

    @property
    def text(self) -> str:
        """All that it was told of outputs."""
        return json.dumps([line for line in self.lines if line["kind"] == "outputs"])

    @property
    def notebook(self) -> dict[str, Any]:
        """The notebook as it knows it."""
        return replay(json.loads(json.dumps(self.lines)))
