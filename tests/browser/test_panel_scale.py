"""The runs panel over a hundred thousand reductions. Numbers are printed; what is asserted are counts."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from nbreduce.catalogue.runs import save_run
from support.lab import Lab, running_lab
from support.making import START, make_run
from support.many import fill
from support.panel import open_panel
from support.sites import Site

pytestmark = pytest.mark.browser

REDUCTIONS = 100_000
# What fits on the screen, and a little more.
MAX_ROWS = 80

# When the first page of runs was asked for, when it came, and now: seconds from the address on.
_FIRST = """
() => {
  const page = performance.getEntriesByType('resource').find(one => one.name.includes('/nbreduce/api/runs'));
  return [page.startTime, page.responseEnd, performance.now()].map(time => time / 1000);
}
"""

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


@dataclass(frozen=True)
class Many:
    """A workspace with that many reductions of so many runs, and a JupyterLab on it."""

    site: Site
    runs: int
    lab: Lab


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Many]:
    folder = tmp_path_factory.mktemp("many")
    site = Site(folder / "site")
    assert site.cli("catalogue", "upgrade").code == 0
    catalogue = site.workspace().catalogue
    runs = fill(catalogue, REDUCTIONS)
    catalogue.close()
    with running_lab(folder, site.path) as lab:
        yield Many(site, runs, lab)


def test_a_hundred_thousand_reductions(many: Many, page: Page, pictures: Path) -> None:
    panel = open_panel(page, many.lab)
    asked, answered, first = page.evaluate(_FIRST)
    search = panel.get_by_role("textbox", name="Search runs")
    count = panel.locator(".nbreduce-Runs-chips [role=status]")

    began = time.perf_counter()
    search.fill("200123")
    expect(count).to_have_text("1 run")
    one = time.perf_counter() - began

    began = time.perf_counter()
    search.fill("RB15")
    expect(count).to_have_text(f"{many.runs:,} runs")
    all_of_them = time.perf_counter() - began

    scrolled = page.evaluate(_SCROLL, {"frames": 200, "pixels": 3000})
    page.screenshot(path=pictures / "panel-many.png")
    to_the_end = press_end(panel, page)
    page.screenshot(path=pictures / "panel-many-end.png")

    times = sorted(scrolled["times"])
    print(
        f"\n{REDUCTIONS:,} reductions of {many.runs:,} runs: runs asked for {asked:.2f} s after the page, "
        f"there after {answered - asked:.2f} s; rows seen after {first:.2f} s; "
        f"a search with one match {one:.2f} s, with all {all_of_them:.2f} s; "
        f"a frame of scrolling {times[100]:.0f} ms (median), {times[-1]:.0f} ms (longest of 200); "
        f"to the end {to_the_end:.2f} s; at most {scrolled['rows']} rows in the page"
    )
    assert scrolled["rows"] < MAX_ROWS


def test_filters_over_them_all(many: Many, page: Page) -> None:
    panel = open_panel(page, many.lab)
    panel.get_by_role("button", name="Filters").click()
    for state in ("failed", "skipped", "running"):
        began = time.perf_counter()
        panel.get_by_role("button", name=state).click()
        expect(panel.locator(".nbreduce-Runs-chips [role=status]")).to_be_visible()
        panel.get_by_role("row", name=f", {state}").first.wait_for()
        print(f"\nfiltered by {state}: {time.perf_counter() - began:.2f} s")
        panel.get_by_role("button", name="Show all runs").click()
        expect(panel.locator(".nbreduce-Runs-chips")).to_have_count(0)


def test_what_is_read_stays_where_it_is_when_runs_come(many: Many, page: Page) -> None:
    panel = open_panel(page, many.lab)
    tree = panel.get_by_role("treegrid")
    rows = int(tree.get_attribute("aria-rowcount") or 0)
    tree.evaluate("node => { node.scrollTop = 240 }")
    row = panel.locator(".nbreduce-mod-run").nth(15)
    name, place = row.get_attribute("id"), row.bounding_box()

    catalogue = many.site.workspace().catalogue
    for number in (1, 2, 3):
        run = make_run(id=many.runs + number, name=str(number), run_number=number, skipped="test")
        with catalogue.write() as session:
            save_run(session, run, START)
    catalogue.close()
    expect(tree).to_have_attribute("aria-rowcount", str(rows + len(["group", 1, 2, 3])))
    assert panel.locator(f"[id='{name}']").bounding_box() == place
    tree.evaluate("node => { node.scrollTop = 0 }")
    panel.get_by_role("row", name="Run 3,").wait_for()


def press_end(panel: Locator, page: Page) -> float:
    """Go to the end of the list; return the seconds until its last run is there."""
    panel.get_by_role("treegrid").focus()
    began = time.perf_counter()
    page.keyboard.press("End")
    panel.get_by_role("row", name="Run 200001,").wait_for()
    return time.perf_counter() - began
