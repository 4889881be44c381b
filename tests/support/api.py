"""A Jupyter server with the server extension, and requests to it, good and bad."""

import http.client
import json
import secrets
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.lab import free_port, lab_environment
from support.waiting import wait_for

PREFIX = "/nbreduce/api"
TIMEOUT = 60
_START = 90.0
_OTHERS = ("jupyterlab", "jupyter_lsp", "jupyter_server_terminals", "nbdime", "notebook_shim")


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Its body, parsed."""
        return json.loads(self.body)

    @property
    def words(self) -> str:
        """Message and hint of an error."""
        told = self.json
        return f"{told['message']} {told['hint']}"


@dataclass(frozen=True)
class Api:
    """A running server."""

    port: int
    token: str
    log: Path = field(compare=False)
    pid: int = 0

    @property
    def url(self) -> str:
        """Where the API is."""
        return f"http://127.0.0.1:{self.port}{PREFIX}"

    def get(self, path: str, **query: Any) -> Answer:
        """Ask for something; a path is taken as it stands."""
        words = urllib.parse.urlencode(query, doseq=True)
        return self.ask("GET", f"{path}?{words}" if words else path)

    def post(self, path: str, body: Any) -> Answer:
        """Send a JSON body."""
        return self.ask("POST", path, json.dumps(body).encode())

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request as it is; `token` "" sends none."""
        sent = {"Authorization": f"token {self.token if token is None else token}"}
        if token == "":
            sent = {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            connection.request(method, PREFIX + path, body, {**sent, **(headers or {})})
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()


@contextmanager
def running_api(folder: Path, root: Path, configuration: str = "") -> Iterator[Api]:
    """Start a Jupyter server with nothing but our extension.

    Parameters
    ----------
    folder:
        Where it keeps its own things.
    root:
        What it serves.
    configuration:
        More lines of `jupyter_server_config.py`.
    """
    port, token = free_port(), secrets.token_hex(16)
    config = folder / "jupyter_server_config.py"
    extensions = {**dict.fromkeys(_OTHERS, False), "nbreduce.server": True}
    lines = (
        "c = get_config()",
        f"c.ServerApp.jpserver_extensions = {extensions}",
        f"c.ServerApp.root_dir = {str(root)!r}",
        configuration,
    )
    config.write_text("\n".join(lines))
    log = folder / "jupyter.log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"),
                f"--config={config}",
                f"--ServerApp.port={port}",
                "--ServerApp.port_retries=0",
                f"--IdentityProvider.token={token}",
            ],
            cwd=folder,
            env=_environment(folder),
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    api = Api(port, token, log, process.pid)
    try:
        wait_for(lambda: _answers(api, process), f"the server answers: {log}", _START)
        yield api
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environment(folder: Path) -> dict[str, str]:
    kept = lab_environment(folder)
    return {name: value for name, value in kept.items() if not name.startswith("NBREDUCE_")}


def _answers(api: Api, process: "subprocess.Popen[bytes]") -> bool:
    assert process.poll() is None, api.log.read_text()
    try:
        return api.get("/openapi.json").status > 0
    except OSError:
        return False
