"""Executed notebooks in JupyterLab: what they say of themselves, and that they are never saved."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Desk
from support.browsing import open_notebook, wait_for_plots
from support.records import BAD, GOOD, notebook_of
from support.waiting import wait_for

pytestmark = pytest.mark.browser

PATIENCE = 60_000
expect.set_options(timeout=30_000)
WORDS = "This is the record of a reduction and never changes."


@pytest.fixture(autouse=True)
def untouched(recorded: Desk) -> Iterator[None]:
    """Whatever a person does, the record and its folder stay."""
    folder = (recorded.site.path / notebook_of(recorded.site, GOOD)).parent
    before = {path: path.is_file() and path.read_bytes() for path in folder.rglob("*")}
    yield
    assert {path: path.is_file() and path.read_bytes() for path in folder.rglob("*")} == before


@pytest.fixture
def opened(shared_page: Page, recorded: Desk) -> Page:
    """The record in front, as if just opened, in a page that loads once."""
    return show(shared_page, recorded, GOOD)


def show(page: Page, desk: Desk, name: str) -> Page:
    page.set_default_timeout(PATIENCE)
    path = notebook_of(desk.site, name)
    if page.url == "about:blank":
        open_notebook(page, desk.lab, path)
    page.evaluate(REOPEN, path)
    page.wait_for_selector(".nbreduce-Banner-actions jp-button")
    return page


REOPEN = """async path => {
  const { commands, shell } = window.jupyterapp;
  for (const widget of [...shell.widgets('main')]) {
    if (widget.context) widget.context.model.dirty = false;
    widget.dispose();
  }
  const panel = await commands.execute('docmanager:open', { path });
  await panel.context.ready;
  await panel.revealed;
}"""


def edit_second_cell(page: Page, text: str) -> None:
    page.evaluate(
        """text => {
          const { content } = window.jupyterapp.shell.currentWidget;
          content.activeCellIndex = 2;
          content.activeCell.model.sharedModel.setSource(text);
        }""",
        text,
    )


def dialog(page: Page):  # type: ignore[no-untyped-def]
    return page.locator(".jp-Dialog")


def test_a_record_says_what_it_is(opened: Page, pictures: Path) -> None:
    banner = opened.locator(".nbreduce-Banner")
    expect(banner).to_contain_text("DEMO 1")
    expect(banner).to_contain_text("Step pattern")
    expect(banner).to_contain_text("v1 of 1")
    expect(banner).to_contain_text("succeeded in")
    wait_for_plots(opened, 1)
    opened.screenshot(path=pictures / "record.png")
    marked = opened.locator(".nbreduce-Injected")
    expect(marked).to_contain_text("set by nbreduce")
    expect(marked).to_contain_text("run_number = 1")
    assert not opened.evaluate("() => window.jupyterapp.shell.currentWidget.context.model.dirty")


@pytest.mark.parametrize("way", ["keys", "menu", "toolbar"])
def test_a_try_to_save_is_explained(opened: Page, pictures: Path, way: str) -> None:
    if way == "keys":
        opened.locator(".jp-Notebook").focus()
        opened.keyboard.press("Control+s")
    elif way == "menu":
        opened.get_by_role("menuitem", name="File").click()
        opened.locator('.lm-Menu-item[data-command="docmanager:save"]').click()
    else:
        opened.locator('[data-jp-item-name="save"] jp-button').click()
    expect(dialog(opened)).to_contain_text(WORDS)
    expect(dialog(opened).get_by_role("button", name="Work on a copy")).to_be_visible()
    opened.screenshot(path=pictures / f"save-{way}.png")
    dialog(opened).get_by_role("button", name="Close").click()
    expect(dialog(opened)).to_have_count(0)


def test_saving_by_itself_is_silent(opened: Page, recorded: Desk) -> None:
    opened.evaluate(HASTEN_AUTOSAVE)
    show(opened, recorded, GOOD)
    edit_second_cell(opened, "changed = 1")
    begun = opened.evaluate("() => window.autosaves")
    opened.wait_for_function("begun => window.autosaves > begun + 3", arg=begun)
    opened.evaluate("() => { window.setTimeout = window.unhurried; }")
    assert opened.evaluate("() => window.jupyterapp.shell.currentWidget.context.model.dirty")
    expect(dialog(opened)).to_have_count(0)


# JupyterLab saves what has changed every two minutes, after a timer that nothing else sets.
HASTEN_AUTOSAVE = """() => {
  window.unhurried = window.setTimeout.bind(window);
  window.autosaves = 0;
  window.setTimeout = (deed, time, ...rest) => time !== 120000
    ? window.unhurried(deed, time, ...rest)
    : window.unhurried(() => { window.autosaves += 1; deed(); }, 100);
}"""


def test_a_second_view_is_of_the_record_too(opened: Page, pictures: Path) -> None:
    opened.evaluate("() => window.jupyterapp.commands.execute('docmanager:clone')")
    records = opened.locator(".nbreduce-Record")
    expect(records).to_have_count(2)
    expect(opened.locator(".nbreduce-Banner-actions")).to_have_count(2)
    expect(opened.get_by_text(f"Your copy of {GOOD}")).to_have_count(0)
    edit_second_cell(opened, "seen_twice = 1")
    opened.screenshot(path=pictures / "second-view.png")
    opened.locator(".nbreduce-Record:not(.lm-mod-hidden) .jp-Notebook").last.focus()
    opened.keyboard.press("Control+s")
    expect(dialog(opened)).to_contain_text(WORDS)
    dialog(opened).get_by_role("button", name="Close").click()

    opened.evaluate("() => window.jupyterapp.shell.currentWidget.close()")
    expect(records).to_have_count(1)
    expect(dialog(opened)).to_have_count(0)
    opened.evaluate("() => window.jupyterapp.shell.currentWidget.close()")
    expect(dialog(opened)).to_contain_text("take them into a copy, or discard them")
    dialog(opened).get_by_role("button", name="Discard").click()
    expect(records).to_have_count(0)


def test_a_record_cannot_be_renamed(opened: Page) -> None:
    words = opened.evaluate(
        """() => {
          const { path } = window.jupyterapp.shell.currentWidget.context;
          return window.jupyterapp.serviceManager.contents
            .rename(path, 'mine.ipynb').then(() => '', error => error.message);
        }"""
    )
    assert "the record of a reduction never changes. Work on a copy" in words


def test_changes_come_along_into_a_copy_that_runs(
    opened: Page, recorded: Desk, pictures: Path
) -> None:
    edit_second_cell(opened, "import demo_steps\nfrom pathlib import Path\nsize = 41")
    opened.locator(".jp-Notebook").focus()
    opened.keyboard.press("Control+s")
    expect(dialog(opened)).to_contain_text("comes along into the copy")
    dialog(opened).get_by_role("button", name="Work on a copy").click()
    opened.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget?.context?.path?.startsWith('copies/')"
    )
    opened.evaluate(RUN_ALL)
    folder = recorded.site.path / "copies" / GOOD
    result = folder / "outputs" / "Übersicht 1.txt"
    wait_for(lambda: result.read_text() == "1 41 3.0", "the copy has run")
    opened.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    notebook = folder / f"{GOOD}-copy.ipynb"
    wait_for(lambda: "size = 41" in notebook.read_text(), "the copy is saved")
    banner = opened.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .nbreduce-Banner")
    expect(banner).to_contain_text(f"Your copy of {GOOD}")
    opened.screenshot(path=pictures / "copy.png")


RUN_ALL = """async () => {
  const panel = window.jupyterapp.shell.currentWidget;
  await panel.context.ready;
  await panel.sessionContext.ready;
  await window.jupyterapp.commands.execute('notebook:run-all-cells');
}"""


@pytest.mark.parametrize("button", ["Discard", "Cancel", "Work on a copy"])
def test_closing_never_saves_over_the_record(
    opened: Page, recorded: Desk, pictures: Path, button: str
) -> None:
    edit_second_cell(opened, f"closed = '{button}'")
    opened.evaluate("() => window.jupyterapp.shell.currentWidget.close()")
    expect(dialog(opened)).to_contain_text("take them into a copy, or discard them")
    opened.screenshot(path=pictures / "close.png")
    dialog(opened).get_by_role("button", name=button).click()
    expect(dialog(opened)).to_have_count(0)
    expect(opened.locator(".nbreduce-Record")).to_have_count(1 if button == "Cancel" else 0)
    if button == "Work on a copy":
        copies = recorded.site.path.glob(f"copies/*/{GOOD}-copy*.ipynb")
        assert any(f"closed = '{button}'" in path.read_text() for path in copies)


def test_a_clean_record_closes_at_once(opened: Page) -> None:
    opened.evaluate("() => window.jupyterapp.commands.execute('application:close')")
    expect(opened.locator(".nbreduce-Record")).to_have_count(0)
    expect(dialog(opened)).to_have_count(0)


def test_a_failed_record_leads_to_its_cell(
    shared_page: Page, recorded: Desk, pictures: Path
) -> None:
    page = show(shared_page, recorded, BAD)
    banner = page.locator(".nbreduce-Banner")
    expect(banner).to_contain_text("failed after")
    expect(banner).to_contain_text("A cell ended with an error.")
    expect(banner).to_contain_text("ZeroDivisionError")
    banner.get_by_role("button", name="Show the cell").click()
    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel"
        ".getSource() === '1 / size'"
    )
    page.screenshot(path=pictures / "failed.png")


def test_a_newer_version_is_told_by_itself(opened: Page, recorded: Desk, pictures: Path) -> None:
    told = recorded.site.cli("rerun", GOOD, "-p", "scale=2")
    assert told.code == 0, told.words
    banner = opened.locator(".nbreduce-Banner")
    expect(banner).to_contain_text("v2 is newer (succeeded).", timeout=PATIENCE)
    expect(banner).to_contain_text("v1 of 2")
    opened.screenshot(path=pictures / "newer.png")
