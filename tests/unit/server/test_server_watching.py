"""What a watcher is told while nothing happens; all else is tested with a server."""

from pathlib import Path

import pytest

from nbreduce.domain.errors import Unavailable
from nbreduce.server import watching
from nbreduce.server.context import ServerContext


def test_nothing_happening_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_STANDING_INTERVAL", 0)
    nowhere = ServerContext(tmp_path, Unavailable("no workspace here", "make one"))
    watch = watching.Watch(nowhere, "DEMO1-work-v1", attempt=2, offset=7)
    first = watch.look()
    assert first is not None
    assert first.trouble == "no workspace here. make one"
    assert watch.look() is None
    monkeypatch.setattr(watching, "LONGEST_SILENCE", 0)
    again = watch.look()
    assert again is not None
    assert (again.trouble, again.attempt, again.offset) == (first.trouble, 2, 7)
