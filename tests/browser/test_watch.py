"""Watching a reduction in JupyterLab while it runs: it fills, it can be cancelled, it comes back after every break."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from nbreduce.domain.states import State
from support.browsing import enter_lab, execute_command, wait_for_plots
from support.lab import Lab, running_lab
from support.services import Service
from support.sites import Site
from support.watched import Watched, submit, watched_site

pytestmark = pytest.mark.browser

expect.set_options(timeout=60_000)


class Bench:
    """A workspace with its service, and a JupyterLab on it that can be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.site: Site = watched_site(folder / "site")
        self.numbers = iter(range(1, 100))
        self._stack = ExitStack()

    def __enter__(self) -> "Bench":
        self.service: Service = self._stack.enter_context(self.site.serving())
        self._labs = self._stack.enter_context(ExitStack())
        self.lab = self.start_lab()
        return self

    def __exit__(self, *reason: object) -> None:
        self._stack.close()

    def start_lab(self, again: Lab | None = None) -> Lab:
        folder = self.folder / f"lab-{next(self.numbers)}"
        folder.mkdir()
        return self._labs.enter_context(running_lab(folder, self.site.path, again))

    def submit(self) -> Watched:
        return submit(self.site, next(self.numbers))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with Bench(tmp_path_factory.mktemp("watching")) as bench:
        yield bench


def open_watched(page: Page, bench: Bench, watched: Watched) -> None:
    """Open a reduction in a JupyterLab of its own."""
    enter_lab(page, bench.lab)
    execute_command(page, "nbreduce:open", name=watched.name)


def header(page: Page) -> Locator:
    return page.locator(".nbreduce-Watch-header:visible")


def running_cell(page: Page) -> Locator:
    return page.locator(".nbreduce-Watch-notebook:visible .jp-Cell[aria-busy=true]")


def at_gate(page: Page, number: int) -> None:
    """Wait until the running cell says that it waits for a gate."""
    expect(running_cell(page)).to_contain_text(f"waiting for gate {number}")


def expect_notebook(page: Page, watched: Watched) -> None:
    """Wait until the executed notebook is in front, and the view gone."""
    expect(page.locator(".jp-NotebookPanel:visible .jp-Cell").first).to_be_visible()
    expect(page.locator(".nbreduce-Watch")).to_have_count(0)
    path = page.evaluate("() => window.jupyterapp.shell.currentWidget.context.path")
    assert path.endswith(f"{watched.name}.ipynb")


def test_it_fills_while_it_runs_and_becomes_the_executed_notebook(
    page: Page, bench: Bench, pictures: Path
) -> None:
    watched = bench.submit()
    bench.site.wait_for_state(watched.name, State.RUNNING)
    open_watched(page, bench, watched)
    at_gate(page, 1)
    (plot,) = wait_for_plots(page, 1)
    assert plot
    line = header(page)
    expect(line).to_contain_text(f"DEMO {watched.number} · watched v1")
    expect(line.get_by_role("status")).to_contain_text(re.compile(r"running · cell 4 of 6"))
    expect(page.locator(".nbreduce-mod-waiting")).to_have_count(3)
    editor = running_cell(page).locator(".cm-content")
    editor.click()
    page.keyboard.type("raise SystemExit")
    page.keyboard.press("Shift+Enter")
    expect(editor).not_to_contain_text("SystemExit")
    page.screenshot(path=pictures / "watch-running.png")

    watched.open(1)
    at_gate(page, 2)
    expect(line.get_by_role("status")).to_contain_text("cell 6 of 6")
    assert len(wait_for_plots(page, 2)) == 2
    page.screenshot(path=pictures / "watch-second-plot.png")

    watched.open(2)
    expect_notebook(page, watched)
    wait_for_plots(page, 1)
    assert page.locator(".jp-Dialog").count() == 0
    assert bench.lab.kernels() == []
    page.screenshot(path=pictures / "watch-ended.png")
