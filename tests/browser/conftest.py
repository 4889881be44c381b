"""A JupyterLab and a Chromium that reaches nothing but this machine."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from support.browsing import CHROMIUM_ARGUMENTS, Traffic
from support.desks import Desk
from support.lab import Lab, running_lab
from support.records import reduce_one, unserved_site
from support.sites import Site

OUTSIDE = re.compile(r"^https?://(?!127\.0\.0\.1:)")


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with running_lab(tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A workspace of its own, served."""
    site = Site(tmp_path / "site")
    (tmp_path / "lab").mkdir()
    with site.serving() as service, running_lab(tmp_path / "lab", site.path) as lab:
        yield Desk(site, service, lab)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def traffic() -> Traffic:
    return Traffic()


@contextmanager
def new_page(browser: Browser, traffic: Traffic) -> Iterator[Page]:
    """Open a page on which no error may go unhandled, and whose every request is recorded; outside is refused."""
    unhandled: list[str] = []
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.on("request", lambda request: traffic.urls.append(request.url))
    page.on("pageerror", lambda error: unhandled.append(error.stack or str(error)))
    context.route(OUTSIDE, lambda route: route.abort())
    yield page
    context.close()
    assert traffic.outside() == []
    assert unhandled == []


@pytest.fixture
def page(browser: Browser, traffic: Traffic) -> Iterator[Page]:
    """A page of JupyterLab of its own."""
    with new_page(browser, traffic) as page:
        yield page


@pytest.fixture(scope="module")
def shared_page(browser: Browser) -> Iterator[Page]:
    """A page for all tests of a file."""
    with new_page(browser, Traffic()) as page:
        yield page


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A served workspace with a reduction that succeeded and one that failed."""
    site = unserved_site(tmp_path_factory.mktemp("recorded") / "site")
    folder = tmp_path_factory.mktemp("recorded-lab")
    with site.serving() as service, running_lab(folder, site.path) as lab:
        reduce_one(site)
        yield Desk(site, service, lab)


@pytest.fixture
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go."""
    return tmp_path_factory.mktemp("pictures")
