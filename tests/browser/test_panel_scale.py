"""The runs panel over a hundred thousand reductions. Numbers are printed; what is asserted are counts."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from support.lab import Lab, running_lab
from support.many import fill
from support.panel import open_panel
from support.sites import Site

pytestmark = pytest.mark.browser

REDUCTIONS = 100_000
# What fits on the screen, and a little more.
MAX_ROWS = 80

_SCROLL = """
async ({ frames, pixels }) => {
  const list = document.querySelector('.nbreduce-Runs-scroller');
  const times = [];
  let rows = 0;
  for (let frame = 0; frame < frames; frame++) {
    const before = performance.now();
    list.scrollTop += pixels;
    await new Promise(resolve => requestAnimationFrame(resolve));
    times.push(performance.now() - before);
    rows = Math.max(rows, list.querySelectorAll('[role=row]').length);
  }
  return { times, rows };
}
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, int]]:
    """A JupyterLab on a workspace with that many reductions, and how many runs these are of."""
    folder = tmp_path_factory.mktemp("many")
    site = Site(folder / "site")
    assert site.cli("catalogue", "upgrade").code == 0
    catalogue = site.workspace().catalogue
    runs = fill(catalogue, REDUCTIONS)
    catalogue.close()
    with running_lab(folder, site.path) as lab:
        yield lab, runs


def test_a_hundred_thousand_reductions(many: tuple[Lab, int], page: Page, pictures: Path) -> None:
    lab, runs = many
    panel = open_panel(page, lab)
    first = page.evaluate("() => performance.now()") / 1000
    search = panel.get_by_role("textbox", name="Search runs")
    count = panel.locator(".nbreduce-Runs-chips [role=status]")

    began = time.perf_counter()
    search.fill("200123")
    expect(count).to_have_text("1 run")
    one = time.perf_counter() - began

    began = time.perf_counter()
    search.fill("RB15")
    expect(count).to_have_text(f"{runs:,} runs")
    all_of_them = time.perf_counter() - began

    scrolled = page.evaluate(_SCROLL, {"frames": 200, "pixels": 3000})
    page.screenshot(path=pictures / "panel-many.png")
    to_the_end = press_end(panel, page)
    page.screenshot(path=pictures / "panel-many-end.png")

    times = sorted(scrolled["times"])
    print(
        f"\n{REDUCTIONS:,} reductions of {runs:,} runs: first rows {first:.2f} s after the page was asked for; "
        f"a search with one match {one:.2f} s, with all {all_of_them:.2f} s; "
        f"a frame of scrolling {times[100]:.0f} ms (median), {times[-1]:.0f} ms (longest of 200); "
        f"to the end {to_the_end:.2f} s; at most {scrolled['rows']} rows in the page"
    )
    assert scrolled["rows"] < MAX_ROWS


def test_filters_over_them_all(many: tuple[Lab, int], page: Page) -> None:
    panel = open_panel(page, many[0])
    panel.get_by_role("button", name="Filters").click()
    for state in ("failed", "skipped", "running"):
        began = time.perf_counter()
        panel.get_by_role("button", name=state).click()
        expect(panel.locator(".nbreduce-Runs-chips [role=status]")).to_be_visible()
        panel.get_by_role("row", name=f", {state},").first.wait_for()
        print(f"\nfiltered by {state}: {time.perf_counter() - began:.2f} s")
        panel.get_by_role("button", name="Show all runs").click()
        expect(panel.locator(".nbreduce-Runs-chips")).to_have_count(0)


def press_end(panel: Locator, page: Page) -> float:
    """Go to the end of the list; return the seconds until its last run is there."""
    panel.get_by_role("treegrid").focus()
    began = time.perf_counter()
    page.keyboard.press("End")
    panel.get_by_role("row", name="Run 200001,").wait_for()
    return time.perf_counter() - began
