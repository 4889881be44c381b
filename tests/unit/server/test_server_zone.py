"""Where this machine says in which time zone it is."""

from pathlib import Path

import pytest

from nbreduce.server.zone import local_zone


@pytest.fixture
def etc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("TZ", raising=False)
    folder = tmp_path / "etc"
    folder.mkdir()
    return folder


def test_a_machine_that_says_nothing_has_none(etc: Path) -> None:
    assert local_zone(etc.parent) is None


def test_it_is_what_the_system_says(etc: Path) -> None:
    (etc / "timezone").write_text("Europe/Zurich\n")
    assert local_zone(etc.parent) == "Europe/Zurich"
    (etc / "localtime").symlink_to("/usr/share/zoneinfo/Europe/London")
    assert local_zone(etc.parent) == "Europe/London"


@pytest.mark.parametrize("told", [":Asia/Tokyo", "Asia/Tokyo"])
def test_what_the_environment_says_comes_first(
    etc: Path, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    (etc / "timezone").write_text("Europe/Zurich\n")
    monkeypatch.setenv("TZ", told)
    assert local_zone(etc.parent) == "Asia/Tokyo"


@pytest.mark.parametrize("told", ["CET-1CEST", "/etc/passwd", "../x", "Mars/Olympus", "\0"])
def test_what_is_no_zone_is_passed_over(
    etc: Path, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    if "\0" not in told:
        monkeypatch.setenv("TZ", told)
    (etc / "timezone").write_bytes(b"\xff" if "\0" in told else told.encode())
    assert local_zone(etc.parent) is None
