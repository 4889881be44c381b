"""Rerun many in JupyterLab: chosen by range, previewed, filed, followed."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from nbreduce.domain.states import State
from support.lab import running_lab
from support.looks import check_both_themes
from support.sites import DEMO, Site

pytestmark = pytest.mark.browser

LIMIT = 60_000
RUNS = 5


def test_a_range_of_runs_is_previewed_and_then_reduced_again(
    page: Page, tmp_path: Path, pictures: Path
) -> None:
    site = Site(tmp_path / "site")
    (tmp_path / "lab").mkdir()
    with site.serving(), running_lab(tmp_path / "lab", site.path) as lab:
        for number in range(1, RUNS + 1):
            site.measure(number)
        for number in range(1, RUNS + 1):
            site.wait_for_state(f"{DEMO}{number}-work-v1", State.SUCCEEDED)
        page.goto(f"{lab.url}/lab/workspaces/many?token={lab.token}")
        page.wait_for_selector(".jp-Launcher", timeout=LIMIT)
        page.evaluate("() => window.jupyterapp.commands.execute('nbreduce:rerun-many')")
        view = page.locator(".nbreduce-Many")
        expect(view.get_by_text("Choose an instrument and type run numbers")).to_be_visible(
            timeout=LIMIT
        )
        view.get_by_label("Instrument").select_option(DEMO)
        runs = view.get_by_label("Runs")
        runs.fill("5-1")
        expect(view.get_by_role("alert")).to_contain_text("'5-1' runs backwards", timeout=LIMIT)
        runs.fill("1-10001")
        expect(view.get_by_role("alert")).to_contain_text("10000 at most", timeout=LIMIT)
        runs.fill(f"1-{RUNS + 2}")
        scale = view.locator("[data-parameter='scale']")
        expect(scale.get_by_placeholder("as it was")).to_be_visible()
        scale.locator("input").fill("11")
        expect(scale.get_by_role("alert")).to_have_text("must be a number > 0 and ≤ 10")
        scale.locator("input").fill("4")
        button = view.get_by_role("button", name=f"Rerun {RUNS} runs")
        expect(button).to_be_enabled(timeout=LIMIT)
        expect(view.get_by_text(f"{RUNS} reductions would be made. 2 left out")).to_be_visible()
        expect(view.get_by_role("row", name=f"{DEMO}3-work-v1 v2 scale 1 → 4")).to_be_visible()
        expect(view.get_by_role("row", name="6-7 there is no such run")).to_be_visible()
        check_both_themes(page, view, pictures / "many")
        button.click()
        expect(view.get_by_text(f"of {RUNS} done")).to_be_visible(timeout=LIMIT)
        page.screenshot(path=pictures / "many-running.png")
        expect(view.get_by_text(f"{RUNS} of {RUNS} done")).to_be_visible(timeout=2 * LIMIT)
        check_both_themes(page, view, pictures / "many-done")
        for number in range(1, RUNS + 1):
            made = site.reduction(f"{DEMO}{number}-work-v2")
            assert made is not None
            assert (made.state, made.parameters["scale"].value) == (State.SUCCEEDED, 4.0)
        assert len(site.reductions()) == 2 * RUNS
