"""Open with kernel: an executed notebook goes on where it ended, or is executed again."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from nbreduce.domain.states import State
from support.browsing import enter_lab, open_notebook, wait_for_plots
from support.executed import DECAY
from support.kernels import kept, process_of
from support.lab import Lab, running_lab
from support.notebooks import READ, WRITE, notebook, save
from support.sites import DEMO, Site
from support.waiting import wait_for

pytestmark = pytest.mark.browser

IMPORTS = """
import numpy as np
from nbreduce_kernel import controls, plots
rng = np.random.default_rng(3)
"""
OPEN = "name => window.jupyterapp.commands.execute('nbreduce:open-with-kernel', { name })"
LINE = ".jp-NotebookPanel:not(.lm-mod-hidden) .nbreduce-Kernel"
SLIDER = ".nbreduce-Control .noUi-handle"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A workspace that keeps kernels, with three runs reduced."""
    keeping = {"kernels": {"keep_for": 900, "keep_at_most": 4, "keep_memory": 0.1}}
    site = Site(tmp_path_factory.mktemp("takeover") / "site", settings=keeping)
    save(notebook(IMPORTS, DECAY, READ, WRITE), site.templates / DEMO / "work.ipynb")
    with site.serving():
        for number in (1, 2, 3):
            site.measure(number)
            site.wait_for_state(name(number), State.SUCCEEDED)
        wait_for(lambda: len(kept(site.path)) == 3, "the kernels are kept")
        yield site


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[Lab]:
    with running_lab(tmp_path_factory.mktemp("lab"), site.path) as running:
        yield running


def name(number: int) -> str:
    return f"{DEMO}{number}-work-v1"


def show(page: Page, site: Site, lab: Lab, number: int) -> None:
    """Open an executed notebook."""
    folder = site.folder_of(site.wait_for_state(name(number)))
    path = (folder / f"{name(number)}.ipynb").relative_to(site.path).as_posix()
    open_notebook(page, lab, path)
    wait_for_plots(page, 1)


def is_in_view(page: Page) -> bool:
    """Say whether the line about the kernel can be read: nothing lies over it."""
    place = page.locator(LINE).bounding_box()
    assert place is not None
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    found = page.evaluate("([x, y]) => document.elementFromPoint(x, y).className", [x, y])
    return place["height"] > 20 and "nbreduce-Kernel" in found


def move_slider(page: Page) -> None:
    """Move the slider by three steps, and see its plot follow."""
    slider = page.locator(SLIDER)
    slider.scroll_into_view_if_needed()
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    wait_for(lambda: right_end(page) == pytest.approx(6.0), "the plot follows")


def right_end(page: Page) -> float | None:
    """Return the right end of the plot that is drawn, None while none is."""
    page.wait_for_timeout(50)
    return next((plot[0]["x"][1] for plot in wait_for_plots(page, 1) if plot), None)


def test_the_slider_of_a_kept_kernel_moves_its_plot(
    page: Page, site: Site, lab: Lab, pictures: Path
) -> None:
    pid = kept(site.path)[name(1)]["pid"]
    show(page, site, lab, 1)
    line = page.locator(LINE)
    line.wait_for()
    expect(line).to_contain_text("kept for", timeout=30_000)
    assert is_in_view(page)
    assert lab.kernels() == []
    page.screenshot(path=pictures / "kept.png")

    page.evaluate(OPEN, name(1))
    assert line.inner_text().startswith("Kept kernel: it is where the reduction ended.")
    page.locator(SLIDER).wait_for(timeout=60_000)
    move_slider(page)
    page.screenshot(path=pictures / "taken-over.png")
    assert page.locator(".jp-Dialog").count() == 0
    (kernel,) = lab.kernels()
    (session,) = lab.sessions()
    assert session["kernel"]["id"] == kernel["id"]
    assert session["path"].endswith(f"{name(1)}.ipynb")
    assert process_of(lab, kernel["id"]).pid == pid

    page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
    )
    page.locator(LINE, has_text="its variables are gone").wait_for(timeout=60_000)
    page.locator(".nbreduce-Control .nbreduce-Notice").wait_for(timeout=30_000)
    lab.delete(f"/api/sessions/{session['id']}")


def test_an_ended_kernel_is_replaced_by_a_fresh_one_that_executes_again(
    page: Page, site: Site, lab: Lab, pictures: Path
) -> None:
    psutil.Process(kept(site.path)[name(2)]["pid"]).kill()
    show(page, site, lab, 2)
    line = page.locator(LINE)
    assert not line.is_visible()
    # Someone types in a cell meanwhile.
    page.locator(".jp-Notebook:visible .jp-CodeCell .cm-content").first.click()

    opening = page.evaluate_handle(
        "name => ({ done: window.jupyterapp.commands.execute('nbreduce:open-with-kernel', { name }) })",
        name(2),
    )
    line.get_by_text("executes the notebook again: cell").wait_for(timeout=60_000)
    assert is_in_view(page)
    page.screenshot(path=pictures / "executing.png")
    opening.evaluate("opening => opening.done")
    assert line.inner_text().startswith("Fresh kernel: it has executed the notebook again.")
    assert page.evaluate("() => window.jupyterapp.shell.currentWidget.content.mode") == "edit"
    expect(page.locator(".jp-CodeCell .cm-content").first).to_be_focused()
    move_slider(page)
    page.screenshot(path=pictures / "fresh.png")
    assert page.locator(".jp-Dialog").count() == 0
    assert len(lab.kernels()) == 1
    sealed = site.folder_of(site.wait_for_state(name(2))) / "outputs" / "result.txt"
    assert sealed.stat().st_mode & 0o222 == 0


def test_from_elsewhere_the_line_says_what_the_kernel_is(
    page: Page, site: Site, lab: Lab, pictures: Path
) -> None:
    asking: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        """Let the page know that the kernel is kept at the moment at which it asks for it."""
        if route.request.method == "GET":
            asking.append((route, route.fetch()))
            return
        for held, answer in asking:
            held.fulfill(response=answer)
        route.continue_()

    enter_lab(page, lab)
    page.route("**/nbreduce/api/reductions/*/kernel*", hold)
    page.evaluate(OPEN, name(3))
    line = page.locator(LINE)
    assert len(asking) == 1
    # Longer than a count of the minutes that it is kept takes to be said again.
    for wait in (0, 6000):
        page.wait_for_timeout(wait)
        assert line.inner_text().startswith("Kept kernel: it is where the reduction ended.")
    page.screenshot(path=pictures / "from-elsewhere.png")
