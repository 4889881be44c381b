"""Who watches a reduction hears of whatever keeps it from being told, and goes on once it is over."""

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nbreduce.catalogue import reductions, runs
from nbreduce.catalogue.core import Catalogue
from nbreduce.config import load_config
from nbreduce.domain.states import State
from nbreduce.execution import literals
from nbreduce.server import watching
from nbreduce.server.context import ServerContext
from nbreduce.server.watching import Watch
from support.making import at, make_reduction, make_run

NAME = "DEMO42-work-v1"


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServerContext]:
    monkeypatch.setattr(watching, "_STANDING_INTERVAL", 0.0)
    (tmp_path / "nbreduce.toml").write_text("")
    catalogue = Catalogue(load_config(tmp_path).catalogue_url)
    catalogue.upgrade()
    catalogue.close()
    yield ServerContext(tmp_path, tmp_path)


def add(context: ServerContext, **changes: Any) -> None:
    with context.workspace.catalogue.write() as session:
        runs.save_run(session, make_run(), at(0))
        reductions.add_reduction(session, make_reduction(**changes))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ESTALE, "Stale file handle", "/archive"), "/archive cannot be used (Stale"),
        (PermissionError(errno.EACCES, "Permission denied", "/archive"), "Permission denied"),
        (RuntimeError("odd"), "a defect (odd); the Jupyter server's log tells more"),
    ],
)
def test_trouble_is_told_once_and_its_end_too(
    context: ServerContext, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    add(context, state=State.CANCELLED)
    watch = Watch(context, NAME)

    def fail(_: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(context, "contents_path", fail)
        told = watch.look()
        assert told is not None and words in str(told.trouble)
        assert watch.look() is None
        assert not watch.over
    told = watch.look()
    assert told is not None and told.standing is not None
    assert (told.trouble, told.standing.state, watch.over) == ("", State.CANCELLED, True)


def test_a_template_that_cannot_be_shown_keeps_nobody_from_its_standing(
    context: ServerContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(context)
    monkeypatch.setattr(literals, "parameterised", lambda *_: 1 / 0)
    told = Watch(context, NAME).look()
    assert told is not None and told.standing is not None
    assert (told.standing.state, told.lines, told.trouble) == (State.QUEUED, (), None)


def test_what_is_not_there_is_told_and_the_end(context: ServerContext) -> None:
    watch = Watch(context, "nobody")
    told = watch.look()
    assert told is not None and "there is no reduction 'nobody'" in str(told.trouble)
    assert watch.over
