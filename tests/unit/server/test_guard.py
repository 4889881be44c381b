"""Any contents manager of files can be kept from the archive."""

import logging
from pathlib import Path
from typing import Any

import pytest
from jupyter_core.utils import ensure_async
from jupyter_server.services.contents.filemanager import (
    AsyncFileContentsManager,
    FileContentsManager,
)
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupyter_server.services.contents.manager import ContentsManager
from tornado.web import HTTPError

from nbreduce.server.guard import protect
from support.loops import run

TEXT = {"type": "file", "format": "text", "content": "mine"}


class Special(FileContentsManager):
    """One of a facility's own."""


@pytest.fixture(params=[AsyncLargeFileManager, AsyncFileContentsManager, Special])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    (tmp_path / "archive" / "DEMO").mkdir(parents=True)
    (tmp_path / "archive" / "DEMO" / "a.txt").write_text("kept")
    made = request.param(root_dir=str(tmp_path))
    protect(made, tmp_path / "archive")
    return made


def call(method: Any, *arguments: Any) -> Any:
    async def ask() -> Any:
        return await ensure_async(method(*arguments))

    return run(ask())


def test_it_stays_what_it_was(manager: Any, tmp_path: Path) -> None:
    assert isinstance(manager, FileContentsManager)
    assert call(manager.save, dict(TEXT), "a.txt")["writable"] is True
    assert call(manager.get, "archive/DEMO/a.txt")["content"] == "kept"
    assert call(manager.list_checkpoints, "archive/DEMO/a.txt") == []
    assert {path.name for path in (tmp_path / "archive" / "DEMO").iterdir()} == {"a.txt"}


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("save", [TEXT, "archive/DEMO/a.txt"]),
        ("save", [TEXT, "/archive/new.txt"]),
        ("new", [None, "archive/new.txt"]),
        ("new_untitled", ["archive"]),
        ("delete", ["archive/DEMO/a.txt"]),
        ("delete", ["archive"]),
        ("rename", ["archive/DEMO/a.txt", "a.txt"]),
        ("rename", ["archive", "elsewhere"]),
        ("update", [{"path": "elsewhere"}, "archive/DEMO"]),
        ("copy", ["archive/DEMO/a.txt"]),
        ("copy", ["archive/DEMO"]),
        ("copy", ["archive/DEMO", "archive"]),
        ("create_checkpoint", ["archive/DEMO/a.txt"]),
        ("restore_checkpoint", ["1", "archive/DEMO/a.txt"]),
        ("delete_checkpoint", ["1", "archive/DEMO/a.txt"]),
    ],
)
def test_it_refuses(manager: Any, tmp_path: Path, method: str, arguments: list[Any]) -> None:
    with pytest.raises(HTTPError) as caught:
        call(getattr(manager, method), *arguments)
    assert caught.value.status_code == 403
    assert "never changes. Work on a copy" in str(caught.value.log_message)
    names = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*"))
    assert names == ["archive", "archive/DEMO", "archive/DEMO/a.txt"]


def test_a_circle_of_links_is_nothing_to_protect(manager: Any, tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    assert manager.is_writable("one") is False


class Elsewhere(ContentsManager):
    """One whose contents are no files."""

    def save(self, model: Any, path: str = "") -> Any:
        return model


def test_contents_that_are_no_files_stay_as_they_are(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    manager = Elsewhere()
    manager.log = logging.getLogger("contents")
    protect(manager, tmp_path / "archive")
    assert type(manager) is Elsewhere
    assert manager.save(TEXT, "archive/a.txt") == TEXT
    assert "Elsewhere is no manager of files" in caplog.text


def test_a_folder_with_a_similar_name_is_free(manager: Any) -> None:
    assert call(manager.save, {"type": "directory"}, "archive-2")["writable"] is True
