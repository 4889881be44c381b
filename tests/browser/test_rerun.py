"""Rerun in JupyterLab: by a form at the side of the notebook, or by its own edited cells."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from nbreduce.domain.states import State
from support.lab import Lab, running_lab
from support.looks import check_both_themes
from support.notebooks import PARAMETERS, READ, WAIT, WRITE, notebook, save
from support.sites import DEMO, ONE_WORKER, Site

pytestmark = pytest.mark.browser

V1 = f"{DEMO}1-work-v1"
LIMIT = 60_000
CELL = (
    PARAMETERS.replace('{"gt": 0, "le": 10}', '{"gt": 0, "le": 10, "unit": "angstrom"}')
    + "\nmasked: list[int] = [3, 4]  # detectors that are left out\n"
    + "smooth: bool = False  # whether it is smoothed\n"
    + "vanadium: int | None = None  # run number of the vanadium\n"
    + "bins: tuple[int, int] = (10, 20)  # along and across\n"
    + "e: float = 1.0\nf: float = 1.0\n"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Lab]]:
    folder = tmp_path_factory.mktemp("rerun")
    site = Site(folder / "site", settings=ONE_WORKER)
    save(notebook(READ, WAIT, WRITE, parameters=CELL), site.templates / DEMO / "work.ipynb")
    (folder / "lab").mkdir()
    with site.serving(), running_lab(folder / "lab", site.path) as lab:
        site.check_good_run(1)
        yield site, lab


@pytest.fixture
def opened(page: Page, site: tuple[Site, Lab]) -> Page:
    """The first reduction's notebook, in front."""
    page.goto(site[1].address(path_of(site[0], V1)))
    page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell", timeout=LIMIT)
    return page


def path_of(site: Site, name: str) -> str:
    reduction = site.reduction(name)
    assert reduction is not None
    return (site.folder_of(reduction) / f"{name}.ipynb").relative_to(site.path).as_posix()


def begin(page: Page) -> Locator:
    page.locator(".nbreduce-RerunButton").get_by_role("button").click()
    panel = page.locator(".nbreduce-Rerun")
    expect(panel.get_by_role("button", name="Run as")).to_be_visible(timeout=LIMIT)
    return panel


def field(panel: Locator, name: str) -> Locator:
    return panel.locator(f"[data-parameter='{name}']")


def run_button(panel: Locator) -> Locator:
    return panel.get_by_role("button", name="Run as")


def test_a_changed_value_becomes_a_new_version_that_opens(
    opened: Page, site: tuple[Site, Lab], pictures: Path
) -> None:
    first = site[0].path / path_of(site[0], V1)
    before = hashlib.sha256(first.read_bytes()).hexdigest(), first.stat().st_mtime_ns
    panel = begin(opened)
    expect(panel.get_by_role("heading")).to_have_text(f"Rerun {DEMO} 1")
    scale = field(panel, "scale")
    expect(scale).to_contain_text("Å")
    expect(scale).to_contain_text("factor on the result (> 0 and ≤ 10)")
    expect(panel.get_by_text("changes no value · environment default (same)")).to_be_visible()
    expect(panel.get_by_text("advanced (3)")).to_be_visible()
    opened.screenshot(path=pictures / "form.png")
    scale.get_by_role("spinbutton").fill("2.5")
    field(panel, "mode").get_by_text("fancy").click()
    expect(scale).to_contain_text("was 1 Å")
    expect(panel.get_by_text("changes 2 values")).to_be_visible()
    expect(run_button(panel)).to_be_enabled(timeout=LIMIT)
    check_both_themes(opened, panel, pictures / "changed")
    made = f"{DEMO}1-work-{run_button(panel).inner_text().removeprefix('Run as ')}"
    scale.get_by_role("spinbutton").press("Enter")
    expect(panel.get_by_text(f"{made} succeeded")).to_be_visible(timeout=LIMIT)
    opened.wait_for_function(
        "name => window.jupyterapp.shell.currentWidget?.title.label.includes(name)",
        arg=made,
        timeout=LIMIT,
    )
    expect(opened.locator(".jp-Notebook:visible").get_by_text("scale = 2.5")).to_be_visible()
    opened.screenshot(path=pictures / "opened.png")
    assert (hashlib.sha256(first.read_bytes()).hexdigest(), first.stat().st_mtime_ns) == before
    parameters = site[0].wait_for_state(made, State.SUCCEEDED).parameters
    assert (parameters["scale"].value, parameters["mode"].value) == (2.5, "fancy")


def test_a_value_that_is_not_allowed_is_told_at_its_field(opened: Page, pictures: Path) -> None:
    panel = begin(opened)
    panel.get_by_text("advanced").click()
    for name, typed, words in (
        ("scale", "11", "must be a number > 0 and ≤ 10"),
        ("scale", "", "must be a number > 0 and ≤ 10"),
        ("masked", "[1, x", "must be a list, as in [a, b], of which each is a whole number"),
        ("bins", "1, 2, 3", "must be [a whole number, a whole number]"),
    ):
        box = field(panel, name).locator("input")
        good = box.input_value()
        box.fill(typed)
        expect(field(panel, name).get_by_role("alert")).to_have_text(words, timeout=LIMIT)
        expect(run_button(panel)).to_be_disabled()
        if typed == "11":
            check_both_themes(opened, panel, pictures / "problem")
            box.press("Enter")
        if typed in {"11", "1, 2, 3"}:
            field(panel, name).get_by_role("button", name="Reset").click()
            # Also of a field that is folded away at first.
            expect(box).to_be_focused()
            expect(box).to_have_value(good)
        else:
            box.fill(good)
        expect(field(panel, name).get_by_role("alert")).to_have_count(0, timeout=LIMIT)
        expect(run_button(panel)).to_be_enabled(timeout=LIMIT)
    expect(panel.get_by_text("changes no value")).to_be_visible()
    field(panel, "scale").locator("input").press("Escape")
    expect(panel).to_have_count(0)


def test_an_edited_cell_is_read_into_the_form(opened: Page, pictures: Path) -> None:
    edit(opened, '"angstrom"}] = 1.0', '"angstrom"}] = 3.5')
    panel = begin(opened)
    expect(field(panel, "scale").get_by_role("spinbutton")).to_have_value("3.5")
    expect(field(panel, "scale")).to_contain_text("was 1 Å")
    opened.screenshot(path=pictures / "edited.png")
    edit(opened, "= 3.5", "= print(3.5)")
    opened.locator(".nbreduce-RerunButton").get_by_role("button").click()
    expect(panel.get_by_role("alert")).to_contain_text("scale is not a literal", timeout=LIMIT)
    opened.screenshot(path=pictures / "edited-badly.png")
    panel.get_by_role("button", name="Begin with the values of v1").click()
    expect(field(panel, "scale").get_by_role("spinbutton")).to_have_value("1")


def edit(page: Page, old: str, new: str) -> None:
    """Edit the parameters cell in memory, as typing does, once it is there."""
    page.wait_for_function(
        """([old, fresh]) => {
          const cells = window.jupyterapp.shell.currentWidget?.content?.model?.cells ?? [];
          const cell = [...cells].find(one => one.sharedModel.getSource().includes(old));
          cell?.sharedModel.setSource(cell.sharedModel.getSource().replace(old, fresh));
          return cell !== undefined;
        }""",
        arg=[old, new],
        timeout=LIMIT,
    )
