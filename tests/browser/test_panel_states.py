"""The runs panel where something is missing: runs, the service, the connection, the workspace."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from support.desks import Desk
from support.lab import Lab, running_lab
from support.panel import gate_of, open_panel, poor_contrasts, submit_gated, wait_for_row
from support.services import Service
from support.sites import Site

pytestmark = pytest.mark.browser

BANNER = "The service is not running."


@pytest.fixture(scope="module")
def unserved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Lab]]:
    """A workspace that nobody serves, with a JupyterLab on it."""
    folder = tmp_path_factory.mktemp("panel-states")
    site = Site(folder / "site")
    with running_lab(folder, site.path) as lab:
        yield site, lab


def test_without_a_catalogue_it_says_how_to_get_one(
    unserved: tuple[Site, Lab], page: Page, pictures: Path
) -> None:
    panel = open_and_show(page, unserved[1])
    told = panel.get_by_role("alert")
    expect(told).to_contain_text("The runs cannot be read: there is no catalogue")
    expect(told).to_contain_text("nbreduce catalogue upgrade")
    page.screenshot(path=pictures / "panel-no-catalogue.png")

    assert unserved[0].cli("catalogue", "upgrade").code == 0
    expect(panel.get_by_text("No runs yet. nbreduce is watching")).to_be_visible()


def test_an_empty_workspace_says_what_to_do(
    unserved: tuple[Site, Lab], page: Page, pictures: Path
) -> None:
    assert unserved[0].cli("catalogue", "upgrade").code == 0
    panel = open_panel(page, unserved[1])
    empty = panel.get_by_text(f"No runs yet. nbreduce is watching {unserved[0].data}.")
    expect(empty).to_be_visible()
    expect(panel.get_by_text("nbreduce submit INSTRUMENT FILE")).to_be_visible()
    expect(panel.get_by_role("alert")).to_contain_text(BANNER)
    assert poor_contrasts(panel) == []
    page.screenshot(path=pictures / "panel-empty.png")


def test_without_a_workspace_it_says_how_to_make_one(lab: Lab, page: Page, pictures: Path) -> None:
    panel = open_and_show(page, lab)
    expect(panel.get_by_role("alert").first).to_contain_text("nbreduce init")
    page.screenshot(path=pictures / "panel-no-workspace.png")


def test_without_the_server_extension_it_says_so(
    unserved: tuple[Site, Lab], page: Page, pictures: Path
) -> None:
    page.route(re.compile("/nbreduce/api/"), lambda route: route.fulfill(status=404, body="{}"))
    page.route_web_socket(re.compile("/nbreduce/api/"), lambda socket: socket.close())
    panel = open_and_show(page, unserved[1])
    expect(panel.get_by_role("alert")).to_contain_text(
        "the server extension of nbreduce is not loaded"
    )
    expect(panel.get_by_role("status")).to_contain_text("not connected since")
    page.screenshot(path=pictures / "panel-no-extension.png")


def test_service_is_killed_and_comes_back(desk: Desk, page: Page, pictures: Path) -> None:
    panel = open_panel(page, desk.lab)
    submit_gated(desk.site, 21)
    wait_for_row(panel, "Run 21, a run, running")
    desk.service.kill()
    told = panel.get_by_role("alert").filter(has_text=BANNER)
    expect(told).to_contain_text("Runs are kept and will be reduced when it is back.")
    expect(told).to_contain_text("nbreduce up")
    page.screenshot(path=pictures / "panel-service-down.png")

    again = Service(desk.site.path)
    try:
        again.wait_until_serving()
        expect(told).to_have_count(0)
        gate_of(desk.site, 21).touch()
        wait_for_row(panel, "Run 21, a run, succeeded")
        again.process.terminate()
        ended = panel.get_by_role("alert")
        expect(ended).to_contain_text(re.compile(r"The service is not running since \d\d:\d\d\."))
    finally:
        again.kill()


def test_a_lost_connection_is_told_and_catches_up(desk: Desk, page: Page, pictures: Path) -> None:
    wire = Wire()
    page.route_web_socket(re.compile("/nbreduce/api/events/stream"), wire.connect)
    panel = open_panel(page, desk.lab)
    state = panel.locator(".nbreduce-Runs-connection")
    expect(state).to_have_text("live")
    wire.cut()
    expect(state).to_have_text(re.compile(r"^not connected since \d\d:\d\d; trying again$"))
    page.screenshot(path=pictures / "panel-not-connected.png")
    desk.site.check_good_run(22)
    assert panel.get_by_role("row", name="Run 22,").count() == 0
    wire.mend()
    expect(state).to_have_text("live")
    wait_for_row(panel, "Run 22, a run, succeeded")


class Wire:
    """The stream's way to the server, which can be cut."""

    def __init__(self) -> None:
        self._is_whole = True
        self._sockets: list[WebSocketRoute] = []

    def connect(self, socket: WebSocketRoute) -> None:
        if self._is_whole:
            socket.connect_to_server()
            self._sockets.append(socket)
        else:
            socket.close()

    def cut(self) -> None:
        self._is_whole = False
        for socket in self._sockets:
            socket.close()

    def mend(self) -> None:
        self._is_whole = True


def open_and_show(page: Page, lab: Lab) -> Locator:
    """Show the panel where it does not show itself, since there is nothing to show."""
    page.goto(f"{lab.url}/lab?reset&token={lab.token}")
    page.wait_for_selector(".jp-Launcher", timeout=60_000)
    page.evaluate("() => window.jupyterapp.commands.execute('nbreduce:show-runs')")
    panel = page.locator(".nbreduce-Runs")
    panel.get_by_role("alert").first.wait_for(timeout=60_000)
    return panel
