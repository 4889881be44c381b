"""JupyterLab on a workspace."""

import os
import secrets
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import quote

from nbreduce.config import Config
from nbreduce.domain.errors import NbreduceError
from nbreduce.shipped import shipped

_START_SECONDS = 60.0
# A proxy that the environment names is for the world outside, not for this machine.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class LabError(NbreduceError):
    """JupyterLab cannot be started, or ended by itself."""

    exit_code = 1


class LabServer:
    """A JupyterLab in a process of its own.

    Parameters
    ----------
    config:
        Of the workspace.
    port:
        Port to listen on; 0 takes the configured one, or a free one.
    log:
        File for what it prints; this process's own output where None.
    """

    def __init__(self, config: Config, port: int = 0, log: Path | None = None) -> None:
        self.config = config
        self.port = port or config.lab.port or _free_port(config.lab.ip)
        self.token = secrets.token_urlsafe(24)
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers.

        Raises
        ------
        LabError
            It ended, or did not answer in time.
        """
        stream = None if self._log is None else self._log.open("ab")
        try:
            self._process = subprocess.Popen(
                self.command(),
                env=self.environment(),
                stdout=stream,
                stderr=stream,
                start_new_session=stream is not None,
            )
        finally:
            if stream is not None:
                stream.close()
        deadline = monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or monotonic() > deadline:
                self.stop()
                where = f"see {self._log}" if self._log else "see above"
                raise LabError(
                    f"JupyterLab did not start on port {self.port}", f"What it said: {where}"
                )
            sleep(0.1)

    def wait(self) -> int:
        """Wait until it ends; return its exit status."""
        assert self._process is not None
        return self._process.wait()

    def stop(self) -> None:
        """End it, with its kernels."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def address(self) -> str:
        """Where a browser finds the runs, with the token that lets it in."""
        return f"{self._base}/lab?token={self.token}"

    def address_of(self, path: Path) -> str:
        """Where a browser finds a file or folder of the workspace; its top where the path is outside."""
        inside = path.is_relative_to(self.config.workspace)
        tree = (
            quote(f"/tree/{path.relative_to(self.config.workspace).as_posix()}") if inside else ""
        )
        return f"{self._base}/lab{tree}?token={self.token}"

    def command(self) -> list[str]:
        """Return the command line; it holds no secret."""
        return [
            sys.executable,
            "-m",
            "jupyterlab",
            f"--config={shipped('server_config') / 'jupyter_server_config.py'}",
            f"--ServerApp.root_dir={self.config.workspace}",
            f"--ServerApp.ip={self.config.lab.ip}",
            f"--ServerApp.port={self.port}",
            "--ServerApp.port_retries=0",
            "--ServerApp.open_browser=False",
            "--ServerApp.answer_yes=True",
            *(["--allow-root"] if os.geteuid() == 0 else []),
        ]

    def environment(self) -> dict[str, str]:
        """Return its environment variables; the token goes this way, so that no list of processes shows it."""
        return {**os.environ, "JUPYTER_TOKEN": self.token}

    @property
    def _base(self) -> str:
        host = f"[{self.config.lab.ip}]" if ":" in self.config.lab.ip else self.config.lab.ip
        return f"http://{host}:{self.port}"

    def _answers(self) -> bool:
        try:
            with _DIRECT.open(f"{self._base}/api", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            return False


def _free_port(ip: str) -> int:
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((ip, 0))
        port: int = probe.getsockname()[1]
        return port
