"""The view in which a running reduction is watched, as a browser test sees it."""

from playwright.sync_api import Locator, Page, expect

from support.browsing import enter_lab, execute_command
from support.lab import Lab
from support.waiting import wait_for
from support.watched import Watched

SHOWN = """
name => [...window.jupyterapp.shell.widgets('main')].some(
  one => one.isVisible && one.context?.path.endsWith(name)
)
"""
LAYOUT_SAVED = """
async name => {
  const { main } = (await window.jupyterapp.serviceManager.workspaces.list()).values
    .map(one => one.data['layout-restorer:data'] ?? {})
    .find(one => JSON.stringify(one.main ?? {}).includes(`nbreduce-watch:${name}`)) ?? {};
  return main !== undefined;
}
"""
REMEMBERED = """
async name => (await window.jupyterapp.serviceManager.workspaces.list()).values
  .some(one => Object.keys(one.data).some(key => key.includes(name)))
"""


def open_watched(page: Page, lab: Lab, watched: Watched) -> None:
    """Open a reduction in a JupyterLab of its own."""
    enter_lab(page, lab)
    execute_command(page, "nbreduce:open", name=watched.name)


def header(page: Page) -> Locator:
    """Return the line above the notebook that is watched."""
    return page.locator(".nbreduce-Watch-header:visible")


def running_cell(page: Page) -> Locator:
    """Return the cell that runs."""
    return page.locator(".nbreduce-Watch-notebook:visible .jp-Cell[aria-busy=true]")


def at_gate(page: Page, number: int) -> None:
    """Wait until the running cell says that it waits for a gate."""
    expect(running_cell(page)).to_contain_text(f"waiting for gate {number}")


def expect_notebook(page: Page, watched: Watched) -> None:
    """Wait until the executed notebook is in front, and the view gone."""
    expect(page.locator(".jp-NotebookPanel:visible .jp-Cell").first).to_be_visible()
    expect(page.locator(".nbreduce-Watch")).to_have_count(0)
    page.wait_for_function(SHOWN, arg=f"{watched.name}.ipynb", timeout=60_000)


def layout_is_saved(page: Page, watched: Watched) -> None:
    """Wait until JupyterLab's saved layout has the view."""
    wait_for(lambda: page.evaluate(LAYOUT_SAVED, watched.name), "the layout is saved")


def is_remembered(page: Page, watched: Watched) -> bool:
    """Say whether JupyterLab would open something of it at its next start."""
    found: bool = page.evaluate(REMEMBERED, watched.name)
    return found
