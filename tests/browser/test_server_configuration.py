"""The Jupyter Server that `nbreduce lab` configures."""

import socket
import urllib.error
import urllib.parse
import urllib.request

import pytest

from support.lab import Lab


def test_asks_for_the_token(lab: Lab) -> None:
    with pytest.raises(urllib.error.HTTPError, match="403") as caught:
        urllib.request.urlopen(f"{lab.url}/api/contents", timeout=20)
    caught.value.close()


def test_listens_on_this_machine_only(lab: Lab) -> None:
    port = urllib.parse.urlsplit(lab.url).port
    assert port is not None
    with socket.socket() as other:
        other.bind(("127.0.0.2", port))


def page_of(lab: Lab) -> str:
    with urllib.request.urlopen(f"{lab.url}/lab?token={lab.token}", timeout=20) as response:
        return str(response.read().decode())


def test_has_the_extension_and_it_is_enabled(lab: Lab) -> None:
    assert '"nbreduce-lab"' in page_of(lab)


def test_leaves_out_what_a_library_brings_for_jupyterlab(lab: Lab) -> None:
    assert '"disabledExtensions": ["nbdime-jupyterlab"]' in page_of(lab)
    with pytest.raises(urllib.error.HTTPError, match="404") as caught:
        urllib.request.urlopen(f"{lab.url}/nbdime/api/isgit?token={lab.token}", timeout=20)
    caught.value.close()


def test_does_not_fetch_news_or_look_for_updates(lab: Lab) -> None:
    notification = lab.get("/lab/api/settings/@jupyterlab/apputils-extension:notification")
    defaults = {
        name: field["default"] for name, field in notification["schema"]["properties"].items()
    }
    assert defaults["fetchNews"] == "false"
    assert defaults["checkForUpdates"] is False
    assert lab.get("/lab/api/news") == {"news": []}
    assert lab.get("/lab/api/update")["notification"] is None
