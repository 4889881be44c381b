"""A real JupyterLab with the project's server configuration."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

REPOSITORY = Path(__file__).resolve().parents[2]
SERVER_CONFIG = REPOSITORY / "server_config" / "jupyter_server_config.py"
START_TIMEOUT = 60.0


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab."""

    root: Path
    url: str
    token: str

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.url.rpartition(":")[2])

    def kill(self) -> None:
        """Kill its process, without a warning."""
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if f"--ServerApp.port={self.port}" in process.cmdline():
                    process.kill()
                    process.wait(20)

    def get(self, path: str) -> Any:
        """The JSON that the server's API answers."""
        return json.loads(self._ask("GET", path))

    def delete(self, path: str) -> None:
        """Delete something through the server's API."""
        self._ask("DELETE", path)

    def _ask(self, method: str, path: str) -> bytes:
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(f"{self.url}{path}", method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=20) as response:
            answer: bytes = response.read()
            return answer

    def address(self, notebook: str) -> str:
        """Where JupyterLab shows a notebook, in a layout of its own."""
        workspace = secrets.token_hex(4)
        name = urllib.parse.quote(notebook)
        return f"{self.url}/lab/workspaces/{workspace}/tree/{name}?token={self.token}"

    def kernels(self) -> list[Any]:
        """The kernels that run."""
        found: list[Any] = self.get("/api/kernels")
        return found

    def sessions(self) -> list[Any]:
        """The notebooks that are bound to a kernel."""
        found: list[Any] = self.get("/api/sessions")
        return found


@contextlib.contextmanager
def running_lab(
    folder: Path,
    root: Path | None = None,
    again: Lab | None = None,
    *,
    without_nbreduce: bool = False,
) -> Iterator[Lab]:
    """Start JupyterLab with the project's server configuration, as a stranger to this machine's own.

    `root` is the folder that it serves; an empty one where None. `again` is one that ended, whose address it takes.
    """
    if root is None:
        root = folder / "workspace"
        root.mkdir()
    port, token = free_port(), secrets.token_hex(16)
    if again is not None:
        port, token = again.port, again.token
    with (folder / "jupyter.log").open("w") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
                f"--config={SERVER_CONFIG}",
                f"--ServerApp.root_dir={root}",
                f"--ServerApp.port={port}",
                "--ServerApp.port_retries=0",
                f"--IdentityProvider.token={token}",
                "--LabApp.expose_app_in_browser=True",
                *(_without_nbreduce(folder) if without_nbreduce else ()),
            ],
            cwd=root,
            env=lab_environment(folder),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            lab = Lab(root, f"http://127.0.0.1:{port}", token)
            wait_for(lab, process, folder / "jupyter.log")
            yield lab
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _without_nbreduce(folder: Path) -> list[str]:
    """Return the arguments by which JupyterLab has all extensions but ours."""
    others = folder / "labextensions"
    others.mkdir()
    for path in (Path(sys.prefix) / "share" / "jupyter" / "labextensions").iterdir():
        if path.name != "nbreduce-lab":
            (others / path.name).symlink_to(path)
    server = {"ServerApp": {"jpserver_extensions": {"nbreduce.server": False}}}
    (folder / "config").mkdir()
    (folder / "config" / "jupyter_server_config.json").write_text(json.dumps(server))
    return [f"--LabApp.labextensions_path={others}"]


def lab_environment(folder: Path) -> dict[str, str]:
    """Folders of its own for everything that Jupyter reads and writes in a home."""
    return {
        **os.environ,
        "HOME": str(folder),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "run"),
        "PYTHONPATH": str(REPOSITORY / "platform"),
    }


def wait_for(lab: Lab, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"JupyterLab ended with {process.returncode}:\n{log.read_text()}")
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            lab.get("/api/status")
            return
        time.sleep(0.1)
    raise TimeoutError(f"JupyterLab did not answer in {START_TIMEOUT} s:\n{log.read_text()}")


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
