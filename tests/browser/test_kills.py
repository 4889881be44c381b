"""Whatever is killed while a reduction runs and is watched, it comes back by itself, and nothing is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from nbreduce.domain.states import State
from support.benches import Bench
from support.browsing import CHROMIUM_ARGUMENTS, wait_for_plots
from support.services import processes_in
from support.watchview import at_gate, expect_notebook, header, layout_is_saved, open_watched

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

expect.set_options(timeout=60_000)

NOTE = ".nbreduce-Watch-header .nbreduce-Notice"


class OwnChromium:
    """A Chromium that can be killed; its profile is that of somebody who was never here."""

    def __init__(self, browser: Browser, chromium: str, profile: Path) -> None:
        self._profile = profile
        self._killed = False
        self._context = browser.browser_type.launch_persistent_context(
            profile,
            executable_path=chromium,
            args=CHROMIUM_ARGUMENTS,
            viewport={"width": 1400, "height": 1000},
        )
        self.page: Page = self._context.new_page()

    def kill(self) -> None:
        """Kill all of its processes, without a warning."""
        killed = processes_in(self._profile)
        assert killed
        for process in killed:
            process.kill()
        self._killed = True

    def close(self) -> None:
        """Close it, unless it was killed."""
        if not self._killed:
            self._context.close()


@contextmanager
def own_chromium(browser: Browser, chromium: str, profile: Path) -> Iterator[OwnChromium]:
    own = OwnChromium(browser, chromium, profile)
    try:
        yield own
    finally:
        own.close()


def test_service_server_and_browser_are_killed_in_turn(
    browser: Browser, chromium: str, tmp_path: Path, pictures: Path
) -> None:
    with Bench(tmp_path / "bench") as bench:
        watched = bench.submit()
        bench.site.wait_for_state(watched.name, State.RUNNING)
        with own_chromium(browser, chromium, tmp_path / "first-profile") as first:
            page = first.page
            open_watched(page, bench.lab, watched)
            address = page.url
            at_gate(page, 1)
            note = page.locator(NOTE)

            bench.service.kill()
            expect(note).to_contain_text("The service is not running")
            expect(page.locator(".nbreduce-Runs")).to_contain_text("The service is not running.")
            page.screenshot(path=pictures / "killed-service.png")
            bench.service = bench.start_service()
            expect(note).to_have_count(0)
            at_gate(page, 1)

            bench.lab.kill()
            expect(note).to_contain_text("connection to the Jupyter server is lost")
            page.screenshot(path=pictures / "killed-server.png")
            watched.open(1)
            bench.lab = bench.start_lab(bench.lab)
            expect(note).to_have_count(0)
            at_gate(page, 2)
            assert len(wait_for_plots(page, 2)) == 2
            layout_is_saved(page, watched)
            first.kill()

        with own_chromium(browser, chromium, tmp_path / "second-profile") as second:
            page = second.page
            page.goto(f"{address}?token={bench.lab.token}")
            at_gate(page, 2)
            assert len(wait_for_plots(page, 2)) == 2
            page.screenshot(path=pictures / "killed-browser.png")
            watched.open(2)
            expect_notebook(page, watched)
            expect(header(page)).to_have_count(0)

        ended = bench.site.reduction(watched.name)
        assert ended is not None
        assert ended.state is State.SUCCEEDED
        # Killed with its service once; the deaths of the server and the browser were none of its business.
        assert len(ended.attempts) == 2
        bench.site.check_archive()
