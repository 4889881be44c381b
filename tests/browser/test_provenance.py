"""The sidebar that says what the reduction in front was made of."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Desk
from nbreduce.domain.states import State
from support.browsing import open_notebook
from support.looks import check_both_themes
from support.notebooks import save, work
from support.records import BAD, GOOD, notebook_of
from support.sites import DEMO

pytestmark = pytest.mark.browser

PATIENCE = 60_000
expect.set_options(timeout=30_000)
GATED = f"{DEMO}7-gated-v1"


@pytest.fixture
def sidebar(shared_page: Page, recorded: Desk) -> Locator:
    page = shared_page
    page.set_default_timeout(PATIENCE)
    if page.url == "about:blank":
        open_notebook(page, recorded.lab, notebook_of(recorded.site, GOOD))
        page.evaluate("() => window.jupyterapp.commands.execute('nbreduce:provenance')")
    return page.locator("#nbreduce-provenance")


def show(page: Page, path: str) -> None:
    page.evaluate(
        "async path => { await window.jupyterapp.commands.execute('docmanager:open', { path }); }",
        path,
    )


def section(sidebar: Locator, title: str) -> Locator:
    return sidebar.locator("details", has=sidebar.page.get_by_text(title, exact=True)).first


def test_all_that_it_was_made_of(
    shared_page: Page, sidebar: Locator, recorded: Desk, pictures: Path
) -> None:
    show(shared_page, notebook_of(recorded.site, GOOD))
    expect(section(sidebar, "Run")).to_contain_text("succeeded in")
    expect(section(sidebar, "Template")).to_contain_text("Step pattern")
    expect(section(sidebar, "Template")).to_contain_text("Nowthe same")
    parameters = section(sidebar, "Parameters")
    expect(parameters).to_contain_text("scale1.5 angstromthe template's defaultlength of a step")
    expect(section(sidebar, "Environment")).to_contain_text("Manifest")
    expect(section(sidebar, "Outputs")).to_contain_text("kept")
    expect(section(sidebar, "Outputs")).to_contain_text("published")
    expect(section(sidebar, "Template")).to_contain_text("Versionnot published")
    expect(section(sidebar, "Environment")).to_contain_text("No command rebuilds it")
    check_both_themes(shared_page, sidebar, pictures / "provenance")


def test_inputs_are_checked_when_asked(
    shared_page: Page, sidebar: Locator, recorded: Desk, pictures: Path
) -> None:
    show(shared_page, notebook_of(recorded.site, GOOD))
    inputs = section(sidebar, "Inputs")
    inputs.get_by_role("button", name="Check now").click()
    expect(inputs).to_contain_text("✓ as it was")
    path = recorded.site.data / "DEMO00000001.nxs"
    content = path.read_bytes()
    path.write_bytes(content + b"1")
    try:
        inputs.get_by_role("button", name="Check now").click()
        expect(inputs).to_contain_text("✗ changed since")
    finally:
        path.write_bytes(content)
    inputs.scroll_into_view_if_needed()
    shared_page.screenshot(path=pictures / "inputs.png")


def test_an_output_is_downloaded(
    shared_page: Page, sidebar: Locator, recorded: Desk, tmp_path: Path
) -> None:
    show(shared_page, notebook_of(recorded.site, GOOD))
    for name in ("Übersicht 1.txt", "page.html"):
        with shared_page.expect_download() as started:
            sidebar.get_by_role("link", name=f"Download outputs/{name}").click()
        assert started.value.suggested_filename == name
        started.value.save_as(tmp_path / name)
        there = (recorded.site.path / notebook_of(recorded.site, GOOD)).parent / "outputs" / name
        assert (tmp_path / name).read_bytes() == there.read_bytes()


def test_a_cell_is_shown_from_its_timing(
    shared_page: Page, sidebar: Locator, recorded: Desk
) -> None:
    show(shared_page, notebook_of(recorded.site, GOOD))
    sidebar.get_by_role("button", name="Cell 4", exact=True).click()
    shared_page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.content.activeCellIndex === 3"
    )


def test_a_cell_is_shown_in_the_notebook_that_it_is_of(
    shared_page: Page, sidebar: Locator, recorded: Desk
) -> None:
    show(shared_page, notebook_of(recorded.site, GOOD))
    shared_page.evaluate(
        "name => window.jupyterapp.commands.execute('nbreduce:provenance', { name })", BAD
    )
    expect(sidebar.get_by_role("heading")).to_have_text(BAD)
    sidebar.get_by_role("button", name="Cell 3", exact=True).click()
    shared_page.wait_for_function(
        """name => {
          const { content, context } = window.jupyterapp.shell.currentWidget;
          return context.path.endsWith(`${name}.ipynb`) && content.activeCell?.model.type === 'code'
            && content.activeCellIndex > 0;
        }""",
        arg=BAD,
    )


def test_a_failed_one_says_why(
    shared_page: Page, sidebar: Locator, recorded: Desk, pictures: Path
) -> None:
    show(shared_page, notebook_of(recorded.site, BAD))
    expect(section(sidebar, "Run")).to_contain_text("A cell ended with an error.")
    expect(section(sidebar, "Outputs")).to_contain_text("None was declared.")
    expect(section(sidebar, "Attempts and timings")).to_contain_text("not run")
    section(sidebar, "Log").locator("summary").click()
    expect(sidebar.get_by_role("log")).to_contain_text("ZeroDivisionError")
    sidebar.get_by_role("log").scroll_into_view_if_needed()
    shared_page.screenshot(path=pictures / "failed.png")
    check_both_themes(shared_page, sidebar, pictures / "failed-log")


def test_a_running_one_is_followed(
    shared_page: Page, sidebar: Locator, recorded: Desk, pictures: Path, tmp_path: Path
) -> None:
    site = recorded.site
    gate = tmp_path / "gate"
    save(work(), site.templates / DEMO / "gated.ipynb")
    run = site.measure(7, site.aside())
    told = site.cli("submit", DEMO, run, "--template", "gated", "-p", f"gate={gate}")
    assert told.code == 0, told.words
    try:
        site.wait_until_at_the_gate(GATED)
        shared_page.evaluate(
            "name => window.jupyterapp.commands.execute('nbreduce:provenance', { name })", GATED
        )
        expect(section(sidebar, "Run")).to_contain_text("running, cell")
        expect(section(sidebar, "Inputs")).to_contain_text("Recorded when it has ended.")
        section(sidebar, "Log").locator("summary").click()
        expect(sidebar.get_by_role("log")).to_contain_text("read ")
        shared_page.screenshot(path=pictures / "running.png")
    finally:
        gate.touch()
        (site.templates / DEMO / "gated.ipynb").unlink()
    site.wait_for_state(GATED, State.SUCCEEDED)
    expect(section(sidebar, "Run")).to_contain_text("succeeded in")
    expect(section(sidebar, "Outputs")).to_contain_text("result.txt")
    expect(sidebar.get_by_role("log")).to_contain_text("succeeded")
    expect(section(sidebar, "Template")).to_contain_text("not there any more")


def test_without_a_reduction_it_says_what_to_do(
    shared_page: Page, sidebar: Locator, pictures: Path
) -> None:
    shared_page.evaluate(
        "async () => { await window.jupyterapp.commands.execute('launcher:create'); }"
    )
    expect(sidebar).to_have_text("Open an executed notebook to see what it was made of.")
    shared_page.screenshot(path=pictures / "empty.png")
