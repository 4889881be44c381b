"""Requests to a Jupyter server, whatever it answers."""

import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from email.message import Message
from typing import Any

from support.lab import Lab


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        """Its body, parsed."""
        return json.loads(self.body)


def ask(lab: Lab, method: str, path: str, body: Any = None, token: str | None = None) -> Answer:
    """Send a request; `path` is quoted where it holds what an address cannot."""
    request = urllib.request.Request(
        lab.url + urllib.parse.quote(path, safe="/?=&%"),
        method=method,
        headers={"Authorization": f"token {lab.token if token is None else token}"},
        data=None if body is None else json.dumps(body).encode(),
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return Answer(response.status, response.headers, response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, error.read())
