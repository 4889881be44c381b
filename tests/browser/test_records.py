"""Executed notebooks in JupyterLab: what they say of themselves, and that they are never saved."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Desk
from support.browsing import open_notebook, wait_for_plots
from support.lab import running_lab
from support.records import GOOD, notebook_of, reduce_one, unserved_site

pytestmark = pytest.mark.browser

PATIENCE = 60_000
WORDS = "This is the record of a reduction and never changes."


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    site = unserved_site(tmp_path_factory.mktemp("records") / "site")
    folder = tmp_path_factory.mktemp("lab")
    with site.serving() as service, running_lab(folder, site.path) as lab:
        reduce_one(site)
        yield Desk(site, service, lab)


@pytest.fixture(autouse=True)
def untouched(desk: Desk) -> Iterator[None]:
    """Whatever a person does, the record and its folder stay."""
    folder = (desk.site.path / notebook_of(desk.site, GOOD)).parent
    before = {path: path.is_file() and path.read_bytes() for path in folder.rglob("*")}
    yield
    assert {path: path.is_file() and path.read_bytes() for path in folder.rglob("*")} == before


@pytest.fixture
def opened(page: Page, desk: Desk) -> Page:
    page.set_default_timeout(PATIENCE)
    open_notebook(page, desk.lab, notebook_of(desk.site, GOOD))
    page.wait_for_selector(".nbreduce-Banner-actions button, .nbreduce-Banner-actions jp-button")
    wait_for_plots(page, 1)
    return page


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
    opened.screenshot(path=pictures / "record.png")
    print(pictures)
