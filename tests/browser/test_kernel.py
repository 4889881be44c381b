"""Kernels in JupyterLab: never by themselves in a record, as usual elsewhere."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from support.browsing import open_notebook, wait_for_plots
from support.executed import DECAY, PATTERN, execute
from support.lab import Lab

pytestmark = pytest.mark.browser


@pytest.fixture
def clean(lab: Lab) -> Iterator[Lab]:
    yield lab
    for session in lab.sessions():
        lab.delete(f"/api/sessions/{session['id']}")
    assert lab.kernels() == []


def test_running_a_record_starts_a_kernel_and_its_control_moves_the_plot(
    page: Page, clean: Lab, pictures: Path
) -> None:
    execute(clean.root / "control.ipynb", [PATTERN, DECAY])
    open_notebook(page, clean, "control.ipynb")
    wait_for_plots(page, 2)
    assert clean.kernels() == []

    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    slider = page.locator(".nbreduce-Control .noUi-handle")
    slider.wait_for(timeout=60_000)
    assert len(clean.kernels()) == 1
    assert page.locator(".jp-Dialog").count() == 0
    wait_until(page, lambda: shown_ranges(page)[1:] == pytest.approx([3.0]))

    slider.scroll_into_view_if_needed()
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    wait_until(page, lambda: shown_ranges(page)[1:] == pytest.approx([6.0]))
    page.screenshot(path=pictures / "control.png")


def test_a_restarted_kernel_leaves_the_note(page: Page, clean: Lab) -> None:
    execute(clean.root / "restart.ipynb", [PATTERN, DECAY])
    open_notebook(page, clean, "restart.ipynb")
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.locator(".nbreduce-Control .noUi-handle").wait_for(timeout=60_000)

    page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
    )
    page.locator(".nbreduce-Control .nbreduce-Notice").wait_for(timeout=30_000)
    assert page.locator(".nbreduce-Control .noUi-handle").count() == 0


def test_a_template_starts_its_kernel_as_usual(page: Page, clean: Lab) -> None:
    execute(clean.root / "template.ipynb", ["1 + 1"], record=False)
    open_notebook(page, clean, "template.ipynb")

    wait_until(page, lambda: len(clean.kernels()) == 1)


def shown_ranges(page: Page) -> list[float]:
    """The right end of each plot that is drawn."""
    return [plot[0]["x"][1] for plot in wait_for_plots(page, 1) if plot]


def wait_until(page: Page, condition: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not become so in time"
        page.wait_for_timeout(100)
