"""A real JupyterLab, executed notebooks for it, and what a browser test asks of it."""

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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from playwright.sync_api import Page

REPOSITORY = Path(__file__).resolve().parents[2]
SERVER_CONFIG = REPOSITORY / "server_config" / "jupyter_server_config.py"
START_TIMEOUT = 60.0

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]

RECORD = {"run": {"instrument": "ENGINX", "number": 241391}}
"""Enough of the metadata `nbreduce` to be the record of a reduction."""


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab."""

    root: Path
    url: str
    token: str

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
def running_lab(folder: Path) -> Iterator[Lab]:
    """Start JupyterLab with the project's server configuration, as a stranger to this machine's own."""
    root = folder / "workspace"
    root.mkdir()
    port, token = free_port(), secrets.token_hex(16)
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


def execute(path: Path, sources: list[str], *, record: bool = True) -> Path:
    """Write an executed notebook with these cells; stands in for the platform's engine."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in sources],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
    )
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "platform")}
    client = NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}}
    )
    client.execute(env=environment)
    notebook.metadata["nbreduce"] = RECORD if record else {"title": "A template"}
    nbformat.write(notebook, path)
    return path


def write_outputs(path: Path, bundles: list[dict[str, Any]]) -> Path:
    """Write a notebook that holds these outputs, as if executed."""
    outputs = [nbformat.v4.new_output("display_data", data=bundle) for bundle in bundles]
    cells = [nbformat.v4.new_code_cell("plot", outputs=[output]) for output in outputs]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"nbreduce": RECORD})
    nbformat.write(notebook, path)
    return path


@dataclass
class Traffic:
    """The addresses that a page asked for."""

    urls: list[str] = field(default_factory=list)

    def outside(self) -> list[str]:
        """Those that are not on this machine."""
        return [url for url in self.urls if not _is_local(url)]


def _is_local(url: str) -> bool:
    parts = urllib.parse.urlsplit(url)
    return parts.scheme in {"data", "blob", "about"} or parts.hostname == "127.0.0.1"


def open_notebook(page: Page, lab: Lab, name: str) -> None:
    """Open a notebook and wait until its cells are there."""
    page.goto(lab.address(name))
    page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell", timeout=60_000)


PLOTS_SCRIPT = """
() => {
  const found = [];
  const search = widget => {
    if (widget.hasClass?.('nbreduce-Plot')) found.push(widget);
    for (const child of widget.children?.() ?? []) search(child);
  };
  search(window.jupyterapp.shell.currentWidget);
  return found.map(plot => (plot.drawn?.figures() ?? []));
}
"""


def shown_plots(page: Page) -> list[list[dict[str, Any]]]:
    """For each plot output of the notebook in front, its figures' ranges and colours."""
    found: list[list[dict[str, Any]]] = page.evaluate(PLOTS_SCRIPT)
    return found


def wait_for_plots(page: Page, count: int) -> list[list[dict[str, Any]]]:
    """Wait until so many plots are drawn."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        plots = shown_plots(page)
        if len([plot for plot in plots if plot]) >= count:
            return plots
        page.wait_for_timeout(100)
    raise TimeoutError(f"{count} plots are not drawn after 60 s: {shown_plots(page)}")
