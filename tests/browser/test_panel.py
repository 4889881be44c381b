"""The runs panel: what it tells of runs, live; looking for runs; the keyboard; what can be asked for."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from support.desks import Desk
from support.lab import running_lab
from support.panel import (
    PANEL,
    PATIENCE,
    REASON,
    executed,
    gate_of,
    make_runs,
    open_panel,
    poor_contrasts,
    record_commands,
    submit_gated,
    wait_for_row,
)
from support.sites import Site
from support.waiting import wait_for

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A served workspace with a good, a failed and a skipped run; tests add runs to it, and look for their own."""
    folder = tmp_path_factory.mktemp("panel")
    site = Site(folder / "site")
    with site.serving() as service, running_lab(folder, site.path) as lab:
        make_runs(site)
        yield Desk(site, service, lab)


@pytest.fixture
def panel(runs: Desk, page: Page) -> Locator:
    shown = open_panel(page, runs.lab)
    record_commands(page)
    for group in reversed(shown.locator(".nbreduce-mod-group[aria-expanded=false]").all()):
        group.click()
    return shown


def test_each_line_tells_the_story_of_a_run(panel: Locator, page: Page, pictures: Path) -> None:
    wait_for_row(panel, "Run 1, a run, succeeded, v1")
    failed = wait_for_row(panel, f"Run 2, a run, failed, cell 4: ValueError: {REASON}, v1")
    skipped = wait_for_row(panel, "Run 3, (no title), skipped, DEMO00000003.nxs has no content")
    expect(failed.get_by_role("button", name="Rerun PEAKS2-peaks-v1")).to_be_visible()
    expect(failed.get_by_role("gridcell")).to_have_attribute("title", re.compile("Took .* s"))
    expect(panel.get_by_role("status").filter(has_text="live")).to_be_visible()

    failed.locator(".nbreduce-Runs-twisty").click()
    skipped.locator(".nbreduce-Runs-twisty").click()
    expect(failed).to_have_attribute("aria-expanded", "true")
    for row in (failed, skipped):
        reason = row.locator(".nbreduce-Runs-reason")
        assert reason.evaluate("node => node.scrollHeight <= node.clientHeight")
    page.screenshot(path=pictures / "panel.png")
    assert executed(page) == []


def test_a_reduction_is_followed_without_reload(
    runs: Desk, panel: Locator, page: Page, pictures: Path
) -> None:
    name = submit_gated(runs.site, 11)
    row = wait_for_row(panel, "Run 11, a run, running, v1, cell 4 of 5")
    elapsed = row.locator(".nbreduce-Runs-time")
    expect(elapsed).to_have_text(re.compile(r"4/5 · 0:\d\d"))
    before = elapsed.inner_text()
    expect(elapsed).not_to_have_text(before)
    page.screenshot(path=pictures / "panel-running.png")

    row.get_by_role("button", name=f"Cancel {name}").click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    wait_for_row(panel, "Run 11, a run, cancelled, v1")
    expect(row.get_by_role("button")).to_have_count(0)


def test_a_reduction_that_ends_says_so(runs: Desk, panel: Locator) -> None:
    submit_gated(runs.site, 12)
    wait_for_row(panel, "Run 12, a run, running")
    gate_of(runs.site, 12).touch()
    wait_for_row(panel, "Run 12, a run, succeeded")


def test_a_run_that_was_reduced_again_shows_its_reductions(
    runs: Desk, panel: Locator, page: Page
) -> None:
    assert runs.site.cli("rerun", "DEMO1-work-v1", "-p", "scale=2").code == 0
    row = wait_for_row(panel, "Run 1, a run, succeeded, v2")
    row.locator(".nbreduce-Runs-twisty").click()
    wait_for_row(panel, "Reduction work v2")
    wait_for_row(panel, "Reduction work v1").click()
    assert executed(page) == [("nbreduce:open", {"name": "DEMO1-work-v1"})]


def test_search_finds_while_it_is_typed(panel: Locator, page: Page) -> None:
    search = panel.get_by_role("textbox", name="Search runs")
    search.press_sequentially("PEAKS")
    expect(panel.get_by_text("No run matches what you look for.")).to_be_visible()
    panel.get_by_role("button", name="Show all runs").first.click()
    wait_for_row(panel, "Run 1,")

    search.fill("2")
    expect(panel.get_by_role("row", name="Run 1,")).to_have_count(0)
    wait_for_row(panel, "Run 2,")
    panel.get_by_role("button", name="Clear the search").click()
    wait_for_row(panel, "Run 1,")
    expect(search).to_have_value("")


def test_filters_are_told_and_taken_back(panel: Locator, page: Page, pictures: Path) -> None:
    panel.get_by_role("button", name="Filters").click()
    panel.get_by_role("button", name="failed").click()
    panel.get_by_label("Instrument").select_option("PEAKS")
    expect(panel.get_by_role("row", name=re.compile("^Run"))).to_have_count(1)
    wait_for_row(panel, "Run 2, a run, failed")
    page.screenshot(path=pictures / "panel-filters.png")
    assert poor_contrasts(panel) == []

    panel.get_by_role("button", name="Filtered by PEAKS. Remove this filter").click()
    panel.get_by_role("button", name="Filtered by failed. Remove this filter").click()
    panel.get_by_label("From", exact=True).fill("2100-01-01")
    expect(panel.get_by_text("No run matches")).to_be_visible()
    panel.get_by_label("From", exact=True).fill("2020-01-01")
    panel.get_by_label("Template").select_option("work")
    wait_for_row(panel, "Run 1,")
    expect(panel.get_by_role("row", name="Run 2,")).to_have_count(0)


def test_keyboard_reaches_everything(panel: Locator, page: Page) -> None:
    panel.get_by_role("textbox", name="Search runs").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    tree = panel.get_by_role("treegrid", name="Runs")
    expect(tree).to_be_focused()

    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    first = panel.locator(".nbreduce-mod-group").first
    expect(first).to_have_attribute("aria-expanded", "false")
    expect(tree).to_have_attribute("aria-activedescendant", first.get_attribute("id") or "")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    active = panel.locator(".nbreduce-mod-current")
    expect(active).to_have_attribute("aria-level", "2")
    page.keyboard.press("End")
    expect(active).to_have_text(re.compile("."))

    # A group is not selected, so from there nothing is.
    page.keyboard.press("Home")
    row = wait_for_row(panel, "Run 1,")
    row.click(modifiers=["Control"])
    page.keyboard.press("Control+ArrowUp")
    expect(active).not_to_have_attribute("id", row.get_attribute("id") or "")
    expect(row).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Control+ArrowDown")
    page.keyboard.press("Shift+F10")
    item = page.get_by_role("menuitem", name="Copy path")
    expect(item).to_be_visible()
    page.keyboard.press("Escape")
    expect(item).to_have_count(0)
    expect(tree).to_be_focused()
    page.keyboard.press("Enter")
    opened = executed(page)
    assert len(opened) == 1
    assert opened[0][0] == "nbreduce:open"
    assert opened[0][1]["name"].startswith("DEMO1-work")


def test_several_are_selected_and_asked_for(panel: Locator, page: Page, pictures: Path) -> None:
    wait_for_row(panel, "Run 1,").click(modifiers=["Control"])
    failed = wait_for_row(panel, "Run 2,")
    failed.click(modifiers=["Control"])
    expect(panel.locator("[aria-selected=true]")).to_have_count(2)
    failed.click(button="right")
    page.screenshot(path=pictures / "panel-menu.png")
    page.get_by_role("menuitem", name="Compare 2 selected").click()
    ((command, args),) = executed(page)
    assert command == "nbreduce:compare"
    assert sorted(name[:6] for name in args["names"]) == ["DEMO1-", "PEAKS2"]


def test_outputs_of_a_reduction_are_shown_in_the_file_browser(panel: Locator, page: Page) -> None:
    row = wait_for_row(panel, "Run 1,")
    row.click(button="right")
    expect(page.get_by_role("menuitem", name="Cancel")).to_have_count(0)
    page.get_by_role("menuitem", name="Show outputs folder").click()
    page.locator('.jp-DirListing-item:has-text("result.txt")').wait_for(timeout=PATIENCE)

    page.evaluate("() => window.jupyterapp.commands.execute('nbreduce:show-runs')")
    expect(panel).to_be_visible()


def test_dark_theme_can_be_read(panel: Locator, page: Page, pictures: Path) -> None:
    wait_for_row(panel, "Run 1,")
    assert poor_contrasts(panel) == []
    page.evaluate(
        "() => window.jupyterapp.commands.execute("
        "'apputils:change-theme', { theme: 'JupyterLab Dark' })"
    )
    page.wait_for_selector("body[data-jp-theme-light=false]", state="attached", timeout=PATIENCE)
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=PATIENCE)
    page.screenshot(path=pictures / "panel-dark.png")
    assert poor_contrasts(panel) == []
    page.evaluate(
        "() => window.jupyterapp.commands.execute("
        "'apputils:change-theme', { theme: 'JupyterLab Light' })"
    )
    page.wait_for_selector("body[data-jp-theme-light=true]", state="attached", timeout=PATIENCE)


def test_panel_is_found_again(runs: Desk, panel: Locator, page: Page) -> None:
    wait_for_row(panel, "Run 1,")
    page.get_by_role("menuitem", name="View").click()
    page.get_by_role("menuitem", name="Show Runs").click()
    group = panel.locator(".nbreduce-mod-group").last
    group.click()
    expect(group).to_have_attribute("aria-expanded", "false")
    layout = page.url.rsplit("/", 1)[-1]
    wait_for(
        lambda: False in choices_in(runs.lab.get(f"/lab/api/workspaces/{layout}")),
        "the choice is kept",
    )
    page.reload()
    page.locator(PANEL).locator(".nbreduce-Runs-row").first.wait_for(timeout=PATIENCE)
    expect(panel.locator(".nbreduce-mod-group").last).to_have_attribute("aria-expanded", "false")


def choices_in(layout: dict[str, Any]) -> list[bool]:
    return list(layout["data"].get("nbreduce-runs:groups", {}).values())
