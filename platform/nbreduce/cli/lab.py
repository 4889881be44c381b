"""`nbreduce lab`."""

import os
import signal
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from html import escape
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated

import typer

from nbreduce.cli.output import WorkspaceOption, console, open_workspace

_REDIRECT = """<!doctype html>
<meta charset="utf-8"><meta http-equiv="refresh" content="0;url={address}">
<title>JupyterLab</title><a href="{address}">JupyterLab</a>
"""

BrowserOption = Annotated[
    bool, typer.Option("--browser/--no-browser", help="Open a browser, where there is a screen.")
]


def lab(
    workspace: WorkspaceOption = None,
    port: Annotated[
        int, typer.Option(help="Port; 0 takes the configured or a free one.", min=0, max=65535)
    ] = 0,
    browser: BrowserOption = True,
) -> None:
    """Open JupyterLab on the workspace's results and templates."""
    from nbreduce.lab import LabError, LabServer

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    opened = open_workspace(workspace)
    log = opened.config.logs_path / "lab.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    server = LabServer(opened.config, port, log)
    try:
        with console().status("Starting JupyterLab…"):
            server.start()
        console().print(f"JupyterLab: {server.address}", soft_wrap=True)
        console().print("Ctrl-C stops it.")
        with suppress(KeyboardInterrupt), shown_in_browser(server.address, browser):
            if status := server.wait():
                raise LabError(f"JupyterLab ended with status {status}", f"What it said: see {log}")
    finally:
        server.stop()


@contextmanager
def shown_in_browser(address: str, wanted: bool) -> Iterator[None]:
    """Open a browser, but never one inside the terminal.

    The browser is given a file that leads it to the address, which holds a token that no list of processes shall show.
    """
    if not wanted or not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        yield
        return
    with NamedTemporaryFile("w", prefix="nbreduce-", suffix=".html", encoding="utf-8") as page:
        page.write(_REDIRECT.format(address=escape(address)))
        page.flush()
        webbrowser.open(Path(page.name).as_uri())
        yield
