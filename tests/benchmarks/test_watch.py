"""Watching: how long from a cell's end until its output stands in the browser; how long a cancel takes."""

import json
import statistics
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from nbreduce.domain.states import State
from support.browsing import CHROMIUM_ARGUMENTS, enter_lab, execute_command
from support.lab import running_lab
from support.notebooks import PARAMETERS, notebook, save
from support.numbers import Show
from support.sites import DEMO, Site
from support.watched import PLOT

CELLS = 20
CANCELS = 5
CELL = """\
import time
time.sleep(0.4)
{plot}
print("cell {number} ended at", time.time())"""
# Holds the interpreter's lock: no signal handler and no thread of the kernel has a turn.
STUBBORN = "import ctypes\nctypes.PyDLL(None).sleep(300)"
# Notes when each cell's words came to stand in the page.
OBSERVE = """
() => {
  window.seen = {};
  const look = () => {
    const text = document.querySelector('.nbreduce-Watch-notebook')?.textContent ?? '';
    for (const [, cell, time] of text.matchAll(/cell (\\d+) ended at (\\d+\\.\\d+)/g)) {
      window.seen[cell] ??= Date.now() / 1000 - Number(time);
    }
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
}
"""


@contextmanager
def chromium_page(chromium: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        yield browser.new_page(viewport={"width": 1400, "height": 1000})
        browser.close()


@pytest.mark.timeout(600)
def test_watch(tmp_path: Path, chromium: str, show: Show) -> None:
    site = Site(tmp_path / "site")
    gate = 'while gate and not Path(gate).exists():\n    __import__("time").sleep(0.01)'
    cells = [CELL.format(number=n, plot=PLOT if n % 5 == 0 else "") for n in range(1, CELLS + 1)]
    template = notebook(gate, *cells, parameters=PARAMETERS, metadata={"timeout": 300})
    save(template, site.templates / DEMO / "twenty.ipynb")
    save(notebook(STUBBORN), site.templates / DEMO / "stubborn.ipynb")
    (tmp_path / "lab").mkdir()
    with site.serving(), running_lab(tmp_path / "lab", site.path) as lab:
        opened = site.path / "gate"
        _submit(site, 1, "twenty", "-p", f"gate={opened}")
        name = f"{DEMO}1-twenty-v1"
        site.wait_for_state(name, State.RUNNING)
        with chromium_page(chromium) as page:
            enter_lab(page, lab)
            page.evaluate(OBSERVE)
            execute_command(page, "nbreduce:open", name=name)
            page.wait_for_selector(".nbreduce-Watch-notebook [aria-busy=true]", timeout=60_000)
            opened.touch()
            last = f"() => Object.keys(window.seen).length >= {CELLS}"
            page.wait_for_function(last, timeout=120_000)
            delays = sorted(page.evaluate("() => Object.values(window.seen)"))
        assert len(delays) == CELLS
        show(
            "cell's end to its output in the browser",
            f"{CELLS} cells",
            f"median {statistics.median(delays) * 1000:.0f} ms",
            f"maximum {delays[-1] * 1000:.0f} ms",
        )
        seconds = []
        for number in range(2, 2 + CANCELS):
            _submit(site, number, "stubborn")
            seconds.append(_cancel(site, lab.url, lab.token, f"{DEMO}{number}-stubborn-v1"))
        show(
            "cancel of a kernel that sleeps in C",
            f"{CANCELS} times",
            f"median {statistics.median(seconds):.2f} s",
            f"maximum {max(seconds):.2f} s",
        )


def _submit(site: Site, number: int, template: str, *more: str) -> None:
    file = site.measure(number, site.aside())
    assert site.cli("submit", DEMO, file, "-t", template, *more).code == 0


def _cancel(site: Site, url: str, token: str, name: str) -> float:
    """Cancel a reduction over REST once its last cell runs; return how long until it has ended, in s."""
    transcript = site.path / "archive/.store/watch" / f"{name}.1.jsonl"
    last = '"kind":"start","index":2'
    site.wait_until(lambda: transcript.exists() and last in transcript.read_text(), "its cell runs")
    begun = time.monotonic()
    request = urllib.request.Request(
        f"{url}/nbreduce/api/reductions/{name}/cancel",
        data=json.dumps({}).encode(),
        headers={"Authorization": f"token {token}"},
    )
    urllib.request.urlopen(request, timeout=60).close()
    site.wait_for_state(name, State.CANCELLED)
    return time.monotonic() - begun
