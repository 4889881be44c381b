"""Comparing reductions in JupyterLab: versions and runs, and what is said where there is nothing to show."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from nbreduce.domain.states import State
from support.browsing import enter_lab
from support.lab import Lab, running_lab
from support.notebooks import save
from support.patterns import file_rerun, pattern_site, pattern_template
from support.sites import DEMO, Site
from support.themes import DARK, LIGHT, choose_theme, expect_readable
from support.waiting import wait_for

pytestmark = pytest.mark.browser

FIRST, SECOND = f"{DEMO}1-pattern", f"{DEMO}2-pattern"
PATIENCE = 60_000


@dataclass(frozen=True)
class Compared:
    """A served workspace: run 1 as v1, v2 with another d_min, v3 like v1, v4 by a changed template; run 2 as v1."""

    site: Site
    lab: Lab


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compared]:
    folder = tmp_path_factory.mktemp("compare")
    site = pattern_site(folder / "site")
    (folder / "lab").mkdir()
    with site.serving(), running_lab(folder / "lab", site.path) as lab:
        for number in (1, 2):
            site.measure(number)
        for number in (1, 2):
            site.wait_for_state(f"{DEMO}{number}-pattern-v1", State.SUCCEEDED)
        file_rerun(site, f"{FIRST}-v1", d_min=0.9)
        file_rerun(site, f"{FIRST}-v1")
        for version in (2, 3):
            site.wait_for_state(f"{FIRST}-v{version}", State.SUCCEEDED)
        changed = pattern_template("total = counts.sum()\nprint(total)")
        changed["cells"][1]["source"] = changed["cells"][1]["source"].replace("60 +", "90 +")
        save(changed, site.templates / DEMO / "pattern.ipynb")
        site.wait_for_state(file_rerun(site, f"{FIRST}-v1"), State.SUCCEEDED)
        yield Compared(site, lab)


def execute(page: Page, **arguments: Any) -> None:
    """Execute the command without waiting for its end: it may ask something first."""
    page.evaluate(
        "arguments => { void window.jupyterapp.commands.execute('nbreduce:compare', arguments); }",
        arguments,
    )


def view_of(page: Page) -> Locator:
    return page.locator(".nbreduce-Compare:visible")


def sentence_of(page: Page) -> Locator:
    return view_of(page).locator(".nbreduce-Compare-sentence")


def wait_for_plot(page: Page, figures: int = 2) -> Locator:
    """Wait until curves, and differences where there are any, are painted: a figure each."""
    plot = view_of(page).locator(".nbreduce-Plot-canvas").first
    expect(plot).to_be_visible(timeout=PATIENCE)
    expect(plot.locator(".bk-Figure")).to_have_count(figures, timeout=PATIENCE)
    page.wait_for_timeout(500)
    return plot


SAVED = """
async reference => {
    const { workspaces } = window.jupyterapp.serviceManager;
    const { data } = await workspaces.fetch(location.pathname.split('/').pop());
    const found = Object.entries(data).find(([key]) => key.startsWith('nbreduce-compare:'));
    const layout = JSON.stringify(data['layout-restorer:data']?.main ?? null);
    return found !== undefined && found[1].data.names[0] === reference && layout.includes(found[0]);
}
"""


def wait_until_saved(page: Page, reference: str) -> None:
    """Wait until JupyterLab has saved its layout with a comparison that has this reference."""
    wait_for(lambda: page.evaluate(SAVED, reference), "the layout is saved")


def test_one_reduction_is_compared_with_a_version_that_is_chosen(
    compared: Compared, page: Page, pictures: Path
) -> None:
    enter_lab(page, compared.lab)
    execute(page, name=f"{FIRST}-v1")
    dialog = page.locator(".nbreduce-Chooser")
    expect(dialog.get_by_role("group", name="Other versions of this run")).to_be_visible(
        timeout=PATIENCE
    )
    expect(dialog.get_by_role("group", name="Other runs, by the same template")).to_contain_text(
        "2 v1"
    )
    dialog.get_by_label("1 v2").check()
    page.screenshot(path=pictures / "compare-choose.png")
    page.get_by_role("button", name="Compare", exact=True).click()

    expect(sentence_of(page)).to_contain_text("v2 differs from v1 in d_min;", timeout=PATIENCE)
    expect(sentence_of(page)).to_contain_text("above 0.90 Å")
    plot = wait_for_plot(page)
    row = view_of(page).get_by_role("row", name="d_min")
    expect(row).to_contain_text("0.7 angstrom")
    expect(row).to_contain_text("0.9 angstrom")
    expect(view_of(page).get_by_text("The cells are the same.")).to_be_visible()
    page.screenshot(path=pictures / "compare-versions.png")

    before = plot.screenshot()
    plot.hover(position={"x": 300, "y": 150})
    page.keyboard.down("Control")
    for _ in range(3):
        page.mouse.wheel(0, -240)
    page.keyboard.up("Control")
    page.wait_for_timeout(800)
    assert plot.screenshot() != before, "the plot answers the wheel"
    assert compared.lab.kernels() == []

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    view_of(page).get_by_role("button", name="Add a reduction…").click()
    expect(dialog).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    assert not [url for url in asked if "/comparison" in url], "the plot stays as it is"

    choose_theme(page, DARK)
    wait_for_plot(page)
    page.screenshot(path=pictures / "compare-dark.png")
    choose_theme(page, LIGHT)
    expect_readable(view_of(page), pictures / "compare.png")


def test_another_reference_is_kept_when_the_page_is_loaded_again(
    compared: Compared, page: Page
) -> None:
    enter_lab(page, compared.lab)
    execute(page, names=[f"{FIRST}-v1", f"{FIRST}-v2"])
    use = view_of(page).get_by_role("button", name=f"Use {FIRST}-v2 as the reference")
    use.click(timeout=PATIENCE)
    expect(sentence_of(page)).to_contain_text("v1 differs from v2 in d_min;", timeout=PATIENCE)
    expect(view_of(page).get_by_role("button", name="v2", exact=True)).to_be_focused()
    wait_until_saved(page, f"{FIRST}-v2")
    page.reload()
    expect(sentence_of(page)).to_contain_text("v1 differs from v2 in d_min;", timeout=PATIENCE)
    wait_for_plot(page)


def test_versions_and_runs_together_with_cells_that_differ(
    compared: Compared, page: Page, pictures: Path
) -> None:
    enter_lab(page, compared.lab)
    execute(page, names=[f"{FIRST}-v1", f"{SECOND}-v1", f"{FIRST}-v4"])
    expect(sentence_of(page)).to_contain_text(
        "2 v1 and 1 v4 differ from 1 v1 in the run and the template;", timeout=PATIENCE
    )
    wait_for_plot(page)
    view = view_of(page)
    expect(view.get_by_role("columnheader", name=f"{SECOND}-v1")).to_be_visible()
    cells = view.get_by_role("region", name="Cells that differ")
    expect(cells).to_contain_text("The cells are the same.")
    page.route(
        "**/comparison/cells*", lambda route: route.fulfill(status=503, json={"message": "busy"})
    )
    cells.get_by_role("combobox").select_option(f"{FIRST}-v4")
    expect(cells.get_by_role("alert")).to_contain_text("busy")
    page.unroute_all()
    expect(cells.get_by_role("combobox")).to_have_value(f"{FIRST}-v4")
    cells.get_by_role("button", name="Try again").click()
    expect(cells).to_contain_text("model = 90 +", timeout=PATIENCE)
    expect(cells).to_contain_text("Cell 6, added")
    page.screenshot(path=pictures / "compare-runs.png")
    cells.scroll_into_view_if_needed()
    cells.locator("table").last.scroll_into_view_if_needed()
    page.screenshot(path=pictures / "compare-cells.png")
    expect_readable(view, pictures / "compare-cells.png")

    view.get_by_role("button", name=f"Take {SECOND}-v1 out of the comparison").click()
    expect(sentence_of(page)).to_contain_text(
        "v4 differs from v1 in the template;", timeout=PATIENCE
    )
    expect(view.get_by_role("button", name="v4", exact=True)).to_be_focused()


def test_what_is_the_same_is_said_to_be(compared: Compared, page: Page, pictures: Path) -> None:
    enter_lab(page, compared.lab)
    execute(page, names=[f"{FIRST}-v1", f"{FIRST}-v3"])
    expect(sentence_of(page)).to_contain_text(
        "These two are the same: same inputs, template, parameters and environment; I(d) is identical.",
        timeout=PATIENCE,
    )
    wait_for_plot(page, figures=1)
    page.screenshot(path=pictures / "compare-same.png")


def test_a_running_reduction_is_compared_as_soon_as_it_ends(
    compared: Compared, page: Page, pictures: Path
) -> None:
    gate = compared.site.path / "open"
    name = file_rerun(compared.site, f"{SECOND}-v1", gate=gate)
    compared.site.wait_for_state(name, State.RUNNING)
    enter_lab(page, compared.lab)
    execute(page, names=[f"{SECOND}-v1", name])
    expect(view_of(page).get_by_role("list", name="Notes")).to_contain_text(
        "it is running; what it makes is compared when it has ended", timeout=PATIENCE
    )
    cells = view_of(page).get_by_role("region", name="Cells that differ")
    expect(cells).to_contain_text("when the reductions have ended")
    page.screenshot(path=pictures / "compare-running.png")
    gate.touch()
    expect(sentence_of(page)).to_contain_text("I(d) agrees within", timeout=PATIENCE)
    wait_for_plot(page)


def test_a_name_that_is_not_there_is_said(compared: Compared, page: Page, pictures: Path) -> None:
    enter_lab(page, compared.lab)
    execute(page, names=[f"{FIRST}-v1", "DEMO9-pattern-v1"])
    problem = view_of(page).get_by_role("alert")
    expect(problem).to_contain_text("there is no reduction 'DEMO9-pattern-v1'", timeout=PATIENCE)
    expect(problem.get_by_role("button", name="Try again")).to_be_visible()
    page.screenshot(path=pictures / "compare-missing.png")
