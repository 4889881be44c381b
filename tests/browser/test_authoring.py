"""Template authors in JupyterLab: check, try on runs, publish, begin anew."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from support.browsing import open_notebook, wait_for_plots, wait_until_restored
from support.lab import Lab, running_lab
from support.notebooks import READ, WAIT, WRITE, notebook, save, work
from support.reduced import add_reduced
from support.sites import DEMO, Site
from support.themes import expect_readable
from support.waiting import wait_for

pytestmark = pytest.mark.browser

PATIENCE = 60_000
LONG = 150_000
NOTEBOOK = f"notebook_templates/{DEMO}/work.ipynb"
PLOT = """\
from nbreduce_kernel import plots

sizes = {"sizes": ([0, 1], [0, size])}
figure = plots.curves(sizes, title="Size of the file", x_label="file", y_label="size / B")
plots.show(figure, alt="Size of the file");"""
WRONG = [READ, "from mantid.simpleapi import Rebin\nRebin(InputWorkspace='w', Parms='1')", "siez"]


LAYOUT_SAVED = """
async () => {
  const { id } = document.querySelector('.nbreduce-Trial').closest('[id^=nbreduce-trial-]');
  const { values } = await window.jupyterapp.serviceManager.workspaces.list();
  return values.some(({ data }) =>
    JSON.stringify(data['layout-restorer:data']?.main ?? null).includes(`nbreduce-trials:${id}`)
  );
}
"""
RENAME = "([before, after]) => window.jupyterapp.serviceManager.contents.rename(before, after)"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Lab]]:
    """A workspace with three reduced runs, and a JupyterLab on it."""
    folder = tmp_path_factory.mktemp("authors")
    site = Site(folder / "site")
    (folder / "lab").mkdir()
    add_reduced(site, 1, 2, 3)
    with running_lab(folder / "lab", site.path) as lab:
        yield site, lab


@pytest.fixture
def lab(place: tuple[Site, Lab]) -> Lab:
    return place[1]


@pytest.fixture
def site(place: tuple[Site, Lab]) -> Iterator[Site]:
    """The workspace; its template is put back afterwards."""
    yield place[0]
    save(work(), place[0].path / NOTEBOOK)


def strip(page: Page) -> Locator:
    return page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .nbreduce-TemplateStrip")


def press(page: Page, label: str) -> None:
    strip(page).get_by_role("button", name=label, exact=True).click()


def hold(page: Page, path: str) -> list[Route]:
    """Keep requests to an address of the API back; return where they are collected."""
    held: list[Route] = []
    page.route(f"**/nbreduce/api/{path}*", lambda route: held.append(route))
    return held


def let_go(page: Page, held: list[Route]) -> None:
    """Wait for the request that is held back, and let it go on."""
    for _ in range(500):
        if held:
            break
        page.wait_for_timeout(20)
    for route in held:
        route.continue_()
    page.unroute_all()
    assert held, "nothing was asked for"


def open_template(page: Page, lab: Lab, site: Site, content: dict[str, Any]) -> None:
    save(content, site.path / NOTEBOOK)
    open_notebook(page, lab, NOTEBOOK)
    strip(page).wait_for(timeout=PATIENCE)


def test_the_check_marks_cells_and_editing_one_takes_its_mark_away(
    page: Page, site: Site, lab: Lab, pictures: Path
) -> None:
    open_template(page, lab, site, notebook(*WRONG))
    page.evaluate("() => window.jupyterapp.commands.execute('filebrowser:activate')")
    badge = page.locator(".jp-DirListing-item.nbreduce-mod-template", has_text="work.ipynb")
    expect(badge).to_be_visible(timeout=PATIENCE)

    press(page, "Check")
    marks = page.locator(".jp-Cell .nbreduce-Mark")
    expect(marks).to_have_count(2, timeout=PATIENCE)
    expect(strip(page)).to_contain_text("2 errors")
    cells = page.locator(".jp-Cell")
    expect(cells.nth(2)).to_contain_text("Mantid's Rebin has no property Parms")
    expect(cells.nth(3)).to_contain_text("Did you mean size?")
    expect_readable(
        page.locator(".jp-NotebookPanel:visible .nbreduce-TemplateStrip"), pictures / "check.png"
    )
    for mark in marks.all():
        expect_readable(mark, pictures / "mark.png")

    page.keyboard.press("Escape")
    cells.nth(0).click()
    page.keyboard.press("F8")
    expect(cells.nth(2).locator(".nbreduce-Mark")).to_be_focused()
    page.keyboard.press("F8")
    expect(cells.nth(3).locator(".nbreduce-Mark")).to_be_focused()

    cells.nth(3).locator(".cm-content").click()
    page.keyboard.type("# ")
    expect(marks).to_have_count(1)
    expect(strip(page)).to_contain_text("edited since")
    cells.nth(2).locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("1")
    press(page, "Check")
    expect(strip(page)).to_contain_text("1 error", timeout=PATIENCE)
    expect(cells.nth(3).locator(".nbreduce-Mark")).to_be_visible()

    held = hold(page, "templates/**/check")
    press(page, "Check")
    cells.nth(0).click()
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:insert-cell-above')")
    let_go(page, held)
    expect(strip(page)).to_contain_text("1 error (edited since", timeout=PATIENCE)
    expect(marks).to_have_count(1)
    expect(cells.nth(4).locator(".nbreduce-Mark")).to_contain_text("siez")


def test_what_is_wrong_with_the_whole_stands_on_top(page: Page, site: Site, lab: Lab) -> None:
    content = notebook(READ)
    content["metadata"]["nbreduce"] = {}
    refused: list[Route] = []

    def refuse_once(route: Route) -> None:
        refused.append(route)
        if len(refused) > 1:
            route.continue_()
        else:
            route.fulfill(status=503, json={"message": "busy", "hint": "Try again"})

    page.route("**/nbreduce/api/templates*", refuse_once)
    open_template(page, lab, site, content)
    assert len(refused) == 2, "where templates are is asked for again"
    press(page, "Check")
    expect(strip(page).locator(".nbreduce-Notice-error")).to_contain_text("title", timeout=PATIENCE)
    press(page, "Try on a run…")
    expect(page.locator(".Toastify__toast")).to_contain_text("cannot be tried yet")


def test_an_unsaved_draft_is_tried_on_a_run_and_its_result_opens(
    page: Page, site: Site, lab: Lab, pictures: Path
) -> None:
    open_template(page, lab, site, notebook(READ, "1", WRITE))
    before = (site.path / NOTEBOOK).read_text()
    page.locator(".jp-Cell").nth(2).locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(PLOT)
    press(page, "Try on a run…")
    dialog = page.get_by_role("dialog")
    runs = dialog.get_by_label("Runs, newest first")
    expect(runs.locator("option")).to_have_count(3, timeout=PATIENCE)
    dialog.get_by_label("Search runs").fill("2")
    expect(runs.locator("option")).to_have_count(1, timeout=PATIENCE)
    dialog.locator("summary").click()
    dialog.get_by_label("scale").fill("eleven")
    dialog.get_by_role("button", name="Try").click()
    expect(dialog.get_by_role("alert")).to_contain_text("scale", timeout=PATIENCE)
    page.screenshot(path=pictures / "try.png")
    dialog.get_by_label("scale").fill("2")
    held = hold(page, "trials")
    dialog.get_by_role("button", name="Try").click()
    expect(dialog.get_by_role("status").last).to_have_text("Filing the trial…")
    dialog.get_by_role("button", name="Try").click()
    page.wait_for_timeout(100)
    assert len(held) == 1
    let_go(page, held)

    expect(page.locator(".nbreduce-Trial")).to_contain_text("Trial of DEMO/work", timeout=PATIENCE)
    shown = page.locator(".lm-TabBar-tabLabel", has_text=f"{DEMO}2-work-trial-v1.ipynb")
    expect(shown).to_be_visible(timeout=LONG)
    wait_for_plots(page, 1)
    page.screenshot(path=pictures / "result.png")
    assert (site.path / NOTEBOOK).read_text() == before


def test_the_last_runs_stand_in_a_table_that_outlives_a_reload(
    page: Page, site: Site, lab: Lab, pictures: Path
) -> None:
    odd = "if run_number == 2:\n    raise ValueError('no peak stands above the background')"
    open_template(page, lab, site, notebook(READ, odd, WRITE))
    press(page, "Try on last…")
    page.get_by_role("dialog").get_by_role("button", name="Try").click()
    rows = page.locator(".nbreduce-Trial tbody tr")
    expect(rows).to_have_count(3, timeout=PATIENCE)
    wait_for(lambda: page.evaluate(LAYOUT_SAVED), "the layout is saved")
    page.reload()
    expect(page.locator(".nbreduce-Trial")).to_contain_text("2 of 3 succeeded", timeout=LONG)
    expect(rows.nth(0)).to_contain_text("✔ succeeded")
    expect(rows.nth(1)).to_contain_text("no peak stands above the background")
    expect(rows.nth(1)).to_contain_text("succeeded before, failed now")
    expect(rows.nth(2)).to_contain_text(f"{DEMO} 1")
    expect_readable(page.locator(".nbreduce-Trial"), pictures / "last.png")
    rows.nth(0).get_by_role("button", name="Open the trial of run 3").click()
    shown = page.locator(".lm-TabBar-tabLabel", has_text=f"{DEMO}3-work-trial-v1.ipynb")
    expect(shown).to_be_visible(timeout=PATIENCE)
    page.locator(".lm-TabBar-tab", has_text=f"Trial of {DEMO}/work").last.click()
    rows.nth(0).get_by_role("button", name="Compare what run 3 gave before").click()
    comparison = page.locator(".nbreduce-Compare:visible")
    expect(comparison).to_contain_text("trial differs from v1 in", timeout=PATIENCE)
    page.screenshot(path=pictures / "trial-compared.png")


def test_a_trial_can_be_cancelled(page: Page, site: Site, lab: Lab) -> None:
    open_template(page, lab, site, notebook(READ, "while True:\n    pass", WRITE))
    press(page, "Try on last…")
    page.get_by_role("dialog").get_by_role("button", name="Try").click()
    trial = page.locator(".nbreduce-Trial")
    expect(trial).to_contain_text("cell 4 of", timeout=LONG)
    trial.get_by_role("button", name="Cancel").click()
    expect(trial).to_contain_text("Cancelled after", timeout=PATIENCE)


def test_a_template_is_published_once_it_is_good(
    page: Page, site: Site, lab: Lab, pictures: Path
) -> None:
    open_template(page, lab, site, notebook(READ, "siez", WRITE))
    expect(strip(page)).to_contain_text("not published yet", timeout=PATIENCE)
    press(page, "Publish…")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What is new").fill("first light")
    dialog.get_by_role("button", name="Publish").click()
    expect(dialog.get_by_role("alert")).to_contain_text("siez is not defined", timeout=PATIENCE)
    page.screenshot(path=pictures / "refused.png")
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.locator(".jp-Cell .nbreduce-Mark")).to_have_count(1, timeout=PATIENCE)

    page.locator(".jp-Cell").nth(2).locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(WAIT)

    def refuse_saving(route: Route) -> None:
        if route.request.method == "PUT":
            route.fulfill(status=500, json={"message": "No space left on device"})
        else:
            route.continue_()

    page.route("**/api/contents/notebook_templates/**", refuse_saving)
    press(page, "Publish…")
    dialog.get_by_label("What is new").fill("first light")
    dialog.get_by_role("button", name="Publish").click()
    expect(dialog).to_contain_text("File Save Error", timeout=PATIENCE)
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    page.unroute_all()

    press(page, "Publish…")
    dialog.get_by_label("What is new").fill("first light")
    dialog.get_by_role("button", name="Publish").click()
    expect(strip(page)).to_contain_text("published as version 1", timeout=PATIENCE)
    expect(strip(page)).to_contain_text("The check finds nothing wrong.", timeout=PATIENCE)
    page.screenshot(path=pictures / "published.png")
    folder = site.path / "archive" / ".store" / "published" / DEMO / "work"
    assert json.loads((folder / "1.json").read_text())["message"] == "first light"

    page.evaluate("() => window.jupyterapp.commands.execute('apputils:activate-command-palette')")
    page.locator(".lm-CommandPalette-input").fill("publish template")
    expect(page.locator(".lm-CommandPalette-item", has_text="Publish Template…")).to_be_visible()
    page.keyboard.press("Escape")

    other = NOTEBOOK.replace("work", "renamed")
    page.evaluate(RENAME, [NOTEBOOK, other])
    expect(strip(page)).to_contain_text(f"{DEMO}/renamed", timeout=PATIENCE)
    expect(strip(page)).to_contain_text("not published yet", timeout=PATIENCE)
    press(page, "Check")
    expect(strip(page)).to_contain_text("The check finds nothing wrong.", timeout=PATIENCE)
    page.evaluate(RENAME, [other, "elsewhere.ipynb"])
    expect(page.locator(".nbreduce-TemplateStrip")).to_have_count(0, timeout=PATIENCE)
    page.evaluate(RENAME, ["elsewhere.ipynb", NOTEBOOK])
    expect(strip(page)).to_contain_text("published as version 1", timeout=PATIENCE)


def test_a_new_instrument_and_template_from_the_launcher_pass_the_check(
    page: Page, site: Site, lab: Lab, pictures: Path
) -> None:
    page.goto(f"{lab.url}/lab?token={lab.token}&reset")
    wait_until_restored(page)
    page.evaluate("() => window.jupyterapp.commands.execute('launcher:create')")
    launcher = page.locator(".jp-Launcher:visible").last
    cards = launcher.locator(".jp-LauncherCard", has_text="New ")
    expect(cards.filter(has_text="New template")).to_be_visible(timeout=PATIENCE)
    page.screenshot(path=pictures / "launcher.png")
    cards.filter(has_text="New instrument").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Key").fill("../LOQ")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_role("alert")).to_contain_text("cannot be an instrument's key")
    dialog.get_by_label("Key").fill("LOQ")
    dialog.get_by_role("button", name="Create").click()
    tab = page.locator(".lm-TabBar-tabLabel", has_text="instrument.toml")
    expect(tab).to_be_visible(timeout=PATIENCE)

    page.evaluate("() => void window.jupyterapp.commands.execute('nbreduce:new-template')")
    dialog.get_by_label("Instrument").select_option("LOQ")
    dialog.get_by_label("Name").fill("counts")
    dialog.get_by_label("Title").fill("Counts of LOQ")
    page.screenshot(path=pictures / "new.png")
    dialog.get_by_role("button", name="Create").click()
    strip(page).wait_for(timeout=PATIENCE)
    press(page, "Check")
    expect(strip(page)).to_contain_text("The check finds nothing wrong.", timeout=PATIENCE)
    page.screenshot(path=pictures / "skeleton.png")
