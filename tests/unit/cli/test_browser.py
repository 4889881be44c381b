"""The browser that the commands open."""

import stat
import webbrowser
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest

from nbreduce.cli.lab import shown_in_browser

ADDRESS = "http://127.0.0.1:8888/lab?token=secret&x=1"


def test_the_token_is_in_a_file_of_ones_own_and_in_no_argument(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setenv("DISPLAY", ":0")
    with shown_in_browser(ADDRESS, True):
        (address,) = opened
        assert "secret" not in address
        page = Path(url2pathname(urlsplit(address).path))
        assert stat.S_IMODE(page.stat().st_mode) == 0o600
        assert "url=http://127.0.0.1:8888/lab?token=secret&amp;x=1" in page.read_text()
    assert not page.exists()


@pytest.mark.parametrize(("wanted", "screen"), [(False, ":0"), (True, "")])
def test_none_is_opened_where_none_is_wanted_or_seen(
    monkeypatch: pytest.MonkeyPatch, wanted: bool, screen: str
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: pytest.fail("it was opened"))
    monkeypatch.setenv("DISPLAY", screen)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with shown_in_browser(ADDRESS, wanted):
        pass
