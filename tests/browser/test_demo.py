"""`nbreduce demo` as a new user meets it: the addresses that it prints, the results there, a plot that answers."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from support.commands import clean_environment
from support.lab import Lab, lab_environment
from support.waiting import wait_for

pytestmark = pytest.mark.browser

ADDRESS = re.compile(r"JupyterLab: (http://127\.0\.0\.1:\d+)/lab\?token=(\S+)")


@dataclass(frozen=True)
class Demo:
    """A running demonstration whose runs are all done."""

    lab: Lab
    output: str


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    said = folder / "said.txt"
    command = [
        sys.executable,
        "-m",
        "nbreduce",
        "demo",
        "results",
        "--runs",
        "3",
        "--interval",
        "0",
        "--no-browser",
    ]
    with said.open("w") as stream:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**lab_environment(folder), **clean_environment(HOME=str(folder))},
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    try:

        def done() -> bool:
            assert process.poll() is None, said.read_text()
            return "Ctrl-C ends" in said.read_text()

        wait_for(done, "the demonstration is done", 240)
        found = ADDRESS.search(said.read_text())
        assert found, said.read_text()
        yield Demo(Lab(folder / "results", found[1], found[2]), said.read_text())
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0, said.read_text()
    finally:
        process.kill()
        process.wait()


def test_says_how_each_run_ended(demo: Demo) -> None:
    assert "3 runs; each ended as it should" in demo.output


def test_address_shows_the_runs(demo: Demo, page: Page, pictures: Path) -> None:
    page.goto(f"{demo.lab.url}/lab?token={demo.lab.token}")
    page.wait_for_selector('.nbreduce-Runs-row:has-text("ENGINX")', timeout=60_000)
    page.wait_for_selector('.nbreduce-Runs-row:has-text("HIFI")')
    page.screenshot(path=pictures / "demo-runs.png")


def test_address_of_a_folder_shows_the_folder(demo: Demo, page: Page) -> None:
    page.goto(f"{demo.lab.url}/lab/workspaces/folder/tree/archive?token={demo.lab.token}")
    page.wait_for_selector('.jp-DirListing-item:has-text("ENGINX")', timeout=60_000)


def test_plot_answers_without_kernel_or_network(demo: Demo, page: Page, pictures: Path) -> None:
    found = re.search(r"ENGINX300001-powder-v1: (http\S+)", demo.output)
    assert found, demo.output
    page.goto(found[1])
    plot = _first_plot(page)
    before = plot.screenshot()
    page.screenshot(path=pictures / "demo-notebook.png")

    plot.hover(position={"x": 300, "y": 150})
    page.keyboard.down("Control")
    for _ in range(4):
        page.mouse.wheel(0, -240)
    page.keyboard.up("Control")
    page.wait_for_timeout(800)
    page.screenshot(path=pictures / "demo-zoomed.png")

    assert plot.screenshot() != before
    assert demo.lab.kernels() == []
    assert demo.lab.sessions() == []
    assert page.locator(".jp-Dialog").count() == 0


def _first_plot(page: Page) -> Locator:
    page.wait_for_selector(".nbreduce-Plot canvas", state="attached", timeout=60_000)
    plot = page.locator(".nbreduce-Plot").first
    plot.scroll_into_view_if_needed()
    page.wait_for_timeout(1500)
    return plot
