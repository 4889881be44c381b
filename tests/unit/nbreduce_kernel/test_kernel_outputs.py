import os
import re
from pathlib import Path

import pytest

from nbreduce_kernel import keep, progress, publish, scratch
from nbreduce_kernel.outputs import MEDIA_TYPE
from support.screen import Screen, install


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Screen:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return install(monkeypatch)


@pytest.mark.parametrize(
    ("declare", "kind"), [(keep, "keep"), (publish, "publish"), (scratch, "scratch")]
)
def test_declares_a_file_relative_to_the_working_directory(
    declare, kind: str, screen: Screen
) -> None:  # type: ignore[no-untyped-def]
    Path("outputs").mkdir()
    Path("outputs/größe a.nxs").touch()

    assert declare("outputs/größe a.nxs", title="Pattern") == Path("outputs/größe a.nxs")
    assert screen.last.bundle[MEDIA_TYPE] == {
        "path": "outputs/größe a.nxs",
        "kind": kind,
        "title": "Pattern",
    }
    assert "outputs/größe a.nxs - Pattern" in screen.last.bundle["text/plain"]


def test_accepts_an_absolute_path_inside(screen: Screen) -> None:
    Path("a.nxs").touch()

    assert keep(Path.cwd() / "a.nxs") == Path("a.nxs")
    assert screen.last.bundle[MEDIA_TYPE]["title"] is None


def test_accepts_a_link_that_stays_inside(screen: Screen) -> None:
    Path("a.nxs").touch()
    Path("b.nxs").symlink_to("a.nxs")

    assert keep("b.nxs") == Path("a.nxs")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing.nxs", "No such file.*before declaring it"),
        ("", "not a regular file"),
        ("folder", "not a regular file.*one by one"),
        ("pipe", "not a regular file"),
        ("../outside.nxs", "outside the working directory"),
        ("link.nxs", "outside the working directory"),
        ("loop.nxs", "Cannot declare the output 'loop.nxs'"),
        ("a\0b", "Cannot declare the output"),
    ],
)
def test_refuses(name: str, reason: str, screen: Screen) -> None:
    Path("folder").mkdir()
    Path("../outside.nxs").touch()
    Path("link.nxs").symlink_to("../outside.nxs")
    Path("loop.nxs").symlink_to("loop.nxs")
    os.mkfifo("pipe")

    with pytest.raises(ValueError, match=re.compile(reason, re.DOTALL)):
        keep(name)
    assert screen.messages == []


def test_progress_is_stored_with_its_text(screen: Screen) -> None:
    progress(0.5, "fitting")

    assert screen.last.bundle == {
        "application/vnd.nbreduce.progress+json": {"fraction": 0.5, "message": "fitting"},
        "text/plain": " 50% fitting",
    }
    assert screen.last.display_id == "nbreduce-progress"


@pytest.mark.parametrize("fraction", [-0.01, 1.01, float("nan"), float("inf")])
def test_progress_refuses_what_is_no_fraction(fraction: float, screen: Screen) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        progress(fraction)
