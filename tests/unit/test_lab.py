"""The process of JupyterLab, seen from outside."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from nbreduce.config import Config
from nbreduce.lab import LabServer


class Answering(BaseHTTPRequestHandler):
    """Answers whatever it is asked."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_proxy_is_not_asked_for_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as there:
        thread = threading.Thread(target=there.serve_forever)
        thread.start()
        server = LabServer(Config(workspace=tmp_path), port=there.server_port)
        try:
            assert server._answers()
        finally:
            there.shutdown()
            thread.join()
    assert not server._answers()
