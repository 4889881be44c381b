"""What a browser test asks of the runs panel."""

import secrets
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from nbreduce.domain.states import State
from support.lab import Lab
from support.notebooks import READ, notebook, save
from support.sites import DEMO, Site

PANEL = ".nbreduce-Runs"
PATIENCE = 60_000
expect.set_options(timeout=30_000)
REASON = "no peak above 3 sigma in bank north between 1.2 and 1.9 angstrom"

_RECORD = """
() => {
  window.executed = [];
  window.jupyterapp.commands.commandExecuted.connect(
    (_, { id, args }) => window.executed.push([id, args])
  );
}
"""

# Contrast of each text with what is behind it, by WCAG 2.2's formula.
_CONTRASTS = """
panel => {
  const numbers = text => text.match(/[\\d.]+/g).map(Number);
  const over = ([r, g, b, a = 1], below) =>
    [r, g, b].map((value, index) => value * a + below[index] * (1 - a));
  const backOf = node => {
    const own = numbers(getComputedStyle(node).backgroundColor);
    return own[3] === 0 ? backOf(node.parentElement) : own;
  };
  const luminance = colour => {
    const [r, g, b] = colour.map(value => value / 255)
      .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  for (const node of panel.querySelectorAll('*')) {
    const text = [...node.childNodes].filter(one => one.nodeType === 3).map(one => one.data);
    if (!text.join('').trim() || node.getClientRects().length === 0) continue;
    const back = backOf(node);
    const [one, other] = [luminance(over(numbers(getComputedStyle(node).color), back)), luminance(back)];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    const needed = node.getAttribute('aria-hidden') ? 3 : 4.5;
    if (ratio < needed) found.push(`${text.join('').trim()} ${ratio.toFixed(2)}`);
  }
  return found;
}
"""


def poor_contrasts(panel: Locator) -> list[str]:
    """Return the texts that are harder to read than WCAG's level AA allows; signs are no texts."""
    found: list[str] = panel.evaluate(_CONTRASTS)
    return found


def open_panel(page: Page, lab: Lab) -> Locator:
    """Open JupyterLab with a layout of its own, as on a first start, and wait until the panel has said something."""
    page.goto(f"{lab.url}/lab/workspaces/{secrets.token_hex(4)}?token={lab.token}")
    # It takes the focus when it comes.
    page.wait_for_selector(".jp-Launcher", timeout=PATIENCE)
    panel = page.locator(PANEL)
    panel.locator(".nbreduce-Runs-row, .nbreduce-Runs-notice").first.wait_for(timeout=PATIENCE)
    return panel


def record_commands(page: Page) -> None:
    """Take note of the commands that are executed from now on."""
    page.evaluate(_RECORD)


def executed(page: Page) -> list[tuple[str, Any]]:
    """The project's commands that were executed."""
    found = page.evaluate("() => window.executed")
    return [(command, args) for command, args in found if command.startswith("nbreduce:")]


def wait_for_row(panel: Locator, name: str) -> Locator:
    """Wait for a row by the name that a screen reader tells."""
    row = panel.get_by_role("row", name=name).first
    row.wait_for(timeout=PATIENCE)
    return row


def make_runs(site: Site) -> None:
    """Measure one run that is reduced, one that fails, and one that is skipped, all of one experiment."""
    failing = notebook(READ, f'raise ValueError("{REASON}")')
    save(failing, site.instrument("PEAKS") / "peaks.ipynb")
    site.measure(1)
    site.wait_for_state(f"{DEMO}1-work-v1", State.SUCCEEDED)
    run = site.measure(2, site.aside(), "PEAKS")
    assert site.cli("submit", "PEAKS", run).code == 0
    site.wait_for_state("PEAKS2-peaks-v1", State.FAILED)
    site.data.joinpath("DEMO00000003.nxs").touch()
    site.wait_for_run("3")


def submit_gated(site: Site, number: int) -> str:
    """Submit a run whose reduction waits for `gate_of` its number; return the reduction's name."""
    run = site.measure(number, site.aside())
    told = site.cli("submit", DEMO, run, "-p", f"gate={gate_of(site, number)}")
    assert told.code == 0, told
    return f"{DEMO}{number}-work-v1"


def gate_of(site: Site, number: int) -> Path:
    """Return the file that a gated reduction waits for."""
    return site.path / f"gate-{number}"
