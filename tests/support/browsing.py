"""What a browser test asks of a page of JupyterLab."""

from __future__ import annotations

import secrets
import time
import urllib.parse
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

from support.lab import Lab

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


def enter_lab(page: Page, lab: Lab) -> None:
    """Open JupyterLab itself, in a layout of its own, and wait until it is there."""
    page.goto(f"{lab.url}/lab/workspaces/{secrets.token_hex(4)}?token={lab.token}")
    wait_until_restored(page)


def wait_until_restored(page: Page) -> None:
    """Wait until JupyterLab is there, with the layout that it had."""
    page.wait_for_function("() => window.jupyterapp !== undefined", timeout=60_000)
    # Not as what is waited for: Playwright takes a promise for something true.
    page.evaluate("() => window.jupyterapp.restored")


def execute_command(page: Page, command: str, **arguments: Any) -> None:
    """Execute one of JupyterLab's commands, without waiting for what it waits for."""
    script = "([id, args]) => { window.jupyterapp.commands.execute(id, args); }"
    page.evaluate(script, [command, arguments])


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
