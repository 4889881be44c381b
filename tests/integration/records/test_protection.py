"""Jupyter's contents change nothing in the archive, whoever the server runs as."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.asking import Answer, ask
from support.lab import Lab
from support.records import GOOD
from support.sites import Site

TEXT = {"type": "file", "format": "text", "content": "mine"}
NOTEBOOK = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
WORDS = "the record of a reduction never changes. Work on a copy, or rerun it with other values"


@pytest.fixture(autouse=True)
def unchanged(site: Site) -> Iterator[None]:
    """Nothing that a test tries changes the archive."""
    root = site.workspace().config.archive_path
    before = picture_of(root)
    assert len(before) > 10
    yield
    assert picture_of(root) == before


def picture_of(root: Path) -> dict[str, Any]:
    return {
        str(path): (path.lstat().st_mode, path.is_file() and path.read_bytes())
        for path in sorted(root.rglob("*"))
    }


def inside(site: Site, folder: Path) -> str:
    return folder.relative_to(site.path).as_posix()


def refused(answer: Answer) -> None:
    assert answer.status == 403, (answer.status, answer.body)
    assert WORDS in answer.json["message"]


def test_reading_goes_on(site: Site, lab: Lab, folder: Path) -> None:
    base = f"/api/contents/{inside(site, folder)}"
    notebook = ask(lab, "GET", f"{base}/{GOOD}.ipynb").json
    assert notebook["content"]["metadata"]["nbreduce"]["reduction"]["name"] == GOOD
    assert notebook["writable"] is False
    listing = ask(lab, "GET", base).json
    assert not listing["writable"]
    assert not any(one["writable"] for one in listing["content"])


def test_a_notebook_cannot_be_saved_over(site: Site, lab: Lab, folder: Path) -> None:
    path = f"/api/contents/{inside(site, folder)}/{GOOD}.ipynb"
    refused(ask(lab, "PUT", path, {"type": "notebook", "format": "json", "content": NOTEBOOK}))


def test_nothing_can_be_added(site: Site, lab: Lab, folder: Path) -> None:
    base = f"/api/contents/{inside(site, folder)}"
    for place in (base, f"{base}/outputs", "/api/contents/archive", "/api/contents/archive/DEMO"):
        refused(ask(lab, "PUT", f"{place}/mine.txt", TEXT))
        refused(ask(lab, "PUT", f"{place}/mine", {"type": "directory"}))
        refused(ask(lab, "POST", place, {"type": "notebook"}))
        refused(ask(lab, "POST", place, {"type": "directory"}))
        refused(ask(lab, "POST", place))
        refused(ask(lab, "POST", place, {"copy_from": "nbreduce.toml"}))
        refused(ask(lab, "POST", place, {"copy_from": "notebook_templates"}))
    for chunk in (1, 2, -1):
        refused(ask(lab, "PUT", f"{base}/large.bin", {**TEXT, "chunk": chunk}))


def test_nothing_can_be_taken_away(site: Site, lab: Lab, folder: Path) -> None:
    base = inside(site, folder)
    for path in (
        f"{base}/{GOOD}.ipynb",
        f"{base}/outputs/page.html",
        base,
        str(Path(base).parent / "latest"),
        "archive/DEMO",
        "archive",
    ):
        refused(ask(lab, "DELETE", f"/api/contents/{path}"))
        refused(ask(lab, "PATCH", f"/api/contents/{path}", {"path": "elsewhere"}))


def test_nothing_can_be_moved_in(site: Site, lab: Lab, folder: Path) -> None:
    (site.path / "mine.txt").write_text("mine")
    target = f"{inside(site, folder)}/mine.txt"
    refused(ask(lab, "PATCH", "/api/contents/mine.txt", {"path": target}))
    assert (site.path / "mine.txt").exists()


def test_there_are_no_checkpoints(site: Site, lab: Lab, folder: Path) -> None:
    path = f"/api/contents/{inside(site, folder)}/{GOOD}.ipynb/checkpoints"
    assert ask(lab, "GET", path).json == []
    refused(ask(lab, "POST", path))
    refused(ask(lab, "POST", f"{path}/checkpoint"))
    refused(ask(lab, "DELETE", f"{path}/checkpoint"))


def test_a_link_is_no_way_around(site: Site, lab: Lab, folder: Path) -> None:
    for name, target in (("way.ipynb", folder / f"{GOOD}.ipynb"), ("way", folder)):
        (site.path / name).symlink_to(target)
    body = {"type": "notebook", "format": "json", "content": NOTEBOOK}
    refused(ask(lab, "PUT", "/api/contents/way.ipynb", body))
    refused(ask(lab, "PUT", "/api/contents/way/mine.txt", TEXT))
    refused(ask(lab, "DELETE", f"/api/contents/way/{GOOD}.ipynb"))
    assert ask(lab, "PATCH", "/api/contents/way.ipynb", {"path": "other.ipynb"}).status == 200
    assert (site.path / "other.ipynb").readlink() == folder / f"{GOOD}.ipynb"


def test_everything_else_stays_writable(site: Site, lab: Lab, folder: Path) -> None:
    assert ask(lab, "PUT", "/api/contents/notes.txt", TEXT).status == 201
    made = ask(lab, "PUT", "/api/contents/archived.txt", TEXT)
    assert made.json["writable"] is True
    copied = ask(
        lab, "POST", "/api/contents/", {"copy_from": f"{inside(site, folder)}/{GOOD}.ipynb"}
    )
    assert copied.status == 201
    assert ask(lab, "DELETE", f"/api/contents/{copied.json['path']}").status == 204
    assert ask(lab, "POST", "/api/contents/notes.txt/checkpoints").status == 201
