"""`nbreduce lab`."""

import os
import signal
import sys
import webbrowser
from contextlib import suppress
from typing import Annotated

import typer

from nbreduce.cli.output import WorkspaceOption, console, open_workspace

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
        show_in_browser(server.address, browser)
        with suppress(KeyboardInterrupt):
            if status := server.wait():
                raise LabError(f"JupyterLab ended with status {status}", f"What it said: see {log}")
    finally:
        server.stop()


def show_in_browser(address: str, wanted: bool) -> None:
    """Open a browser, but never one inside the terminal."""
    if wanted and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        webbrowser.open(address)
