"""What the extension adds to JupyterLab: its size, and the time that server and page take to be there."""

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import Browser, Response, sync_playwright

from support.browsing import CHROMIUM_ARGUMENTS
from support.lab import running_lab
from support.numbers import Show

pytestmark = pytest.mark.browser

OURS = "/extensions/nbreduce-lab/"
ROUNDS = 3
PAGES = 3
AT_MOST = 2.0
EXTENSION = Path(sys.prefix) / "share" / "jupyter" / "labextensions" / "nbreduce-lab"
IS_THERE = "() => window.jupyterapp !== undefined && window.jupyterapp.restored.then(() => true)"


@dataclass
class Started:
    """Seconds until servers and pages were there, and bytes of the extension that each page fetched."""

    servers: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    fetched: list[int] = field(default_factory=list)


def test_what_the_extension_adds(show: Show, chromium: str, tmp_path: Path) -> None:
    files = [path for path in EXTENSION.rglob("*.js") if path.is_file()]
    show("size", f"{sum(path.stat().st_size for path in files) / 1e6:.1f} MB in {len(files)} files")

    without, ours = Started(), Started()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        for number in range(ROUNDS):
            _start(without, browser, tmp_path / f"without{number}", without_nbreduce=True)
            _start(ours, browser, tmp_path / f"ours{number}", without_nbreduce=False)
        browser.close()

    assert max(without.fetched) == 0 < min(ours.fetched)
    show("fetched by a page without plots", f"{median(ours.fetched) / 1e3:.0f} kB")
    for what in ("servers", "pages"):
        before, now = median(getattr(without, what)), median(getattr(ours, what))
        show(f"{what} are there after", f"{now:.2f} s", f"{now / before:.2f} x without it")
        assert now < AT_MOST * before


def _start(started: Started, browser: Browser, folder: Path, *, without_nbreduce: bool) -> None:
    folder.mkdir()
    began = time.perf_counter()
    with running_lab(folder, without_nbreduce=without_nbreduce) as lab:
        started.servers.append(time.perf_counter() - began)
        for _ in range(PAGES):
            context = browser.new_context()
            page = context.new_page()
            ours: list[Response] = []
            page.on(
                "response", lambda one, ours=ours: ours.append(one) if OURS in one.url else None
            )
            began = time.perf_counter()
            page.goto(f"{lab.url}/lab?token={lab.token}")
            page.wait_for_function(IS_THERE, timeout=60_000)
            started.pages.append(time.perf_counter() - began)
            started.fetched.append(sum(len(one.body()) for one in ours))
            context.close()
