"""Watching a reduction in JupyterLab while it runs: it fills, it can be cancelled, it comes back after every break."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from nbreduce.domain.states import State
from support.benches import Bench
from support.browsing import wait_for_plots
from support.looks import check_both_themes
from support.waiting import wait_for
from support.watchview import (
    at_gate,
    expect_notebook,
    header,
    is_remembered,
    layout_is_saved,
    open_watched,
    running_cell,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

expect.set_options(timeout=60_000)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with Bench(tmp_path_factory.mktemp("watching")) as bench:
        yield bench


def test_it_fills_while_it_runs_and_becomes_the_executed_notebook(
    page: Page, bench: Bench, pictures: Path
) -> None:
    watched = bench.submit()
    bench.site.wait_for_state(watched.name, State.RUNNING)
    open_watched(page, bench.lab, watched)
    at_gate(page, 1)
    (plot,) = wait_for_plots(page, 1)
    assert plot
    line = header(page)
    expect(line).to_contain_text(f"DEMO {watched.number} · watched v1")
    expect(line.get_by_role("status")).to_contain_text(re.compile(r"running · cell 4 of 6"))
    expect(page.locator(".nbreduce-mod-waiting")).to_have_count(3)
    editor = running_cell(page).locator(".cm-content")
    editor.click()
    page.keyboard.type("raise SystemExit")
    page.keyboard.press("Shift+Enter")
    expect(editor).not_to_contain_text("SystemExit")
    check_both_themes(page, line, pictures / "watch-running")

    watched.open(1)
    at_gate(page, 2)
    expect(line.get_by_role("status")).to_contain_text("cell 6 of 6")
    assert len(wait_for_plots(page, 2)) == 2
    page.screenshot(path=pictures / "watch-second-plot.png")

    watched.open(2)
    expect_notebook(page, watched)
    wait_for_plots(page, 1)
    assert page.locator(".jp-Dialog").count() == 0
    assert bench.lab.kernels() == []
    page.screenshot(path=pictures / "watch-ended.png")


def test_it_is_cancelled_after_a_question(page: Page, bench: Bench, pictures: Path) -> None:
    watched = bench.submit()
    bench.site.wait_for_state(watched.name, State.RUNNING)
    open_watched(page, bench.lab, watched)
    at_gate(page, 1)
    header(page).get_by_role("button", name="Cancel").click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text(f"Cancel {watched.name}?")
    page.screenshot(path=pictures / "watch-cancel.png")
    dialog.get_by_role("button", name="Let it run").click()
    expect(dialog).to_have_count(0)
    expect(running_cell(page)).to_be_visible()

    header(page).get_by_role("button", name="Cancel").click()
    dialog.get_by_role("button", name="Cancel the reduction").click()
    expect(page.get_by_text(f"{watched.name} was cancelled.")).to_be_visible()
    expect_notebook(page, watched)
    page.screenshot(path=pictures / "watch-cancelled.png")
    ended = bench.site.reduction(watched.name)
    assert ended is not None
    assert ended.state is State.CANCELLED


def test_one_that_waits_shows_what_it_will_do(page: Page, bench: Bench, pictures: Path) -> None:
    busy = [bench.submit() for _ in range(2)]
    for one in busy:
        bench.site.wait_for_state(one.name, State.RUNNING)
    first, waiting = bench.submit(), bench.submit()
    bench.site.wait_for_state(waiting.name, State.QUEUED)
    open_watched(page, bench.lab, waiting)
    status = header(page).get_by_role("status")
    expect(status).to_contain_text("queued · 1 reduction is ahead of it")
    expect(
        page.locator(".nbreduce-Watch-notebook .jp-CodeCell.nbreduce-mod-waiting")
    ).to_have_count(6)
    expect(page.locator(".nbreduce-Watch-notebook")).to_contain_text("run_number = ")
    expect(page.locator(".nbreduce-Watch-beside", has_text="waiting")).to_have_count(6)
    expect(page.locator(".nbreduce-Watch-notebook .jp-MarkdownCell").first).to_have_css(
        "opacity", "1"
    )
    check_both_themes(page, header(page), pictures / "watch-queued")
    for one in (*busy, first):
        one.finish()
    at_gate(page, 1)
    expect(status).to_contain_text("running · cell 4 of 6")
    waiting.finish()
    expect_notebook(page, waiting)


def test_reload_and_a_killed_server_lose_nothing_and_two_watch_the_same(
    page: Page, browser: Browser, bench: Bench, pictures: Path
) -> None:
    watched = bench.submit()
    bench.site.wait_for_state(watched.name, State.RUNNING)
    open_watched(page, bench.lab, watched)
    at_gate(page, 1)
    layout_is_saved(page, watched)
    page.reload()
    at_gate(page, 1)
    expect(page.locator(".nbreduce-Watch")).to_have_count(1)

    with browser.new_context() as context:
        other = context.new_page()
        open_watched(other, bench.lab, watched)
        at_gate(other, 1)
        for one in (page, other):
            wait_for_plots(one, 1)
        bench.lab.kill()
        for one in (page, other):
            expect(one.locator(".nbreduce-Watch-header .nbreduce-Notice")).to_contain_text(
                "connection to the Jupyter server is lost"
            )
        page.screenshot(path=pictures / "watch-lost.png")
        watched.open(1)
        bench.lab = bench.start_lab(bench.lab)
        for one in (page, other):
            at_gate(one, 2)
            assert len(wait_for_plots(one, 2)) == 2
            expect(one.locator(".nbreduce-Watch-header .nbreduce-Notice")).to_have_count(0)
            status = header(one).get_by_role("status")
            expect(status).to_contain_text("cell 6 of 6")
        page.screenshot(path=pictures / "watch-back.png")
        watched.open(2)
        for one in (page, other):
            expect_notebook(one, watched)


def test_one_that_ended_while_nobody_looked_opens_once(page: Page, bench: Bench) -> None:
    watched = bench.submit()
    bench.site.wait_for_state(watched.name, State.RUNNING)
    open_watched(page, bench.lab, watched)
    at_gate(page, 1)
    layout_is_saved(page, watched)
    address = page.url
    page.goto("about:blank")
    watched.finish()
    page.goto(address)
    expect_notebook(page, watched)
    page.evaluate("() => window.jupyterapp.shell.currentWidget.close()")
    expect(page.locator(".jp-NotebookPanel")).to_have_count(0)
    wait_for(lambda: not is_remembered(page, watched), "nothing is left to be opened again")
    assert page.locator(".jp-Dialog").count() == 0
