"""Watching over the server: to the end, from where one was, through kills of whatever is between."""

import time
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from tornado.httpclient import HTTPClientError
from tornado.websocket import websocket_connect

from nbreduce.domain.states import State
from support.benches import Bench
from support.loops import run
from support.notebooks import notebook, save
from support.sites import DEMO
from support.transcripts import outputs_of
from support.watched import Watched
from support.watchers import Watcher

STUBBORN = {
    "sleeps in C": "import ctypes\nctypes.PyDLL(None).sleep(300)",
    "ignores interrupts": "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: time.sleep(1)",
    "waits for a process": "import subprocess\nsubprocess.run(['sleep', '300'])",
}


class WatchedBench(Bench):
    """A bench with those who watch."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.watchers: list[Watcher] = []

    def watcher(self, watched: Watched) -> Watcher:
        watcher = Watcher(self.lab, watched.name)
        self.watchers.append(watcher)
        return watcher

    def tidy(self) -> None:
        """Leave nothing that waits, and nobody who watches, to the next test, whatever failed."""
        self.open_gates()
        for watcher in self.watchers:
            watcher.leave()

    def notebook(self, watched: Watched) -> Any:
        reduction = self.site.reduction(watched.name)
        assert reduction is not None
        return nbformat.read(self.site.folder_of(reduction) / f"{watched.name}.ipynb", 4)

    def transcripts(self) -> list[str]:
        return [path.name for path in (self.site.path / "archive/.store/watch").iterdir()]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WatchedBench]:
    with WatchedBench(tmp_path_factory.mktemp("watching")) as bench:
        yield bench
    bench.site.check_archive()


def watching(
    story: Callable[[WatchedBench], Coroutine[Any, Any, None]],
) -> Callable[[WatchedBench], None]:
    """Make a test of a story that is told as a coroutine."""

    async def tell(bench: WatchedBench) -> None:
        try:
            await story(bench)
        finally:
            bench.tidy()

    def test(bench: WatchedBench) -> None:
        run(tell(bench))

    test.__name__ = story.__name__
    return test


def at_gate(number: int) -> Callable[[Watcher], bool]:
    return lambda watcher: f"waiting for gate {number}" in watcher.text


@watching
async def test_two_follow_to_the_end_and_know_what_the_notebook_has(bench: WatchedBench) -> None:
    watched = bench.submit()
    bench.site.wait_for_state(watched.name, State.RUNNING)
    first = await bench.watcher(watched).connect()
    await first.until(at_gate(1))
    assert bench.transcripts() == [f"{watched.name}.1.jsonl"]
    late = await bench.watcher(watched).connect()
    await late.until(at_gate(1))
    assert late.lines == first.lines
    watched.open(1)
    await first.until(at_gate(2))
    watched.open(2)
    for watcher in (first, late):
        await watcher.to_its_end()
        assert watcher.states[-1] == "succeeded"
        path = bench.site.path / watcher.standings[-1]["notebook"]
        assert path.name == f"{watched.name}.ipynb"
        told, has = outputs_of(watcher.notebook), outputs_of(bench.notebook(watched))
        # The transcript may be gone before its last lines were read: the notebook has them.
        assert told[:-1] == has[:-1]
        assert told[-1] == has[-1][: len(told[-1])]
    assert bench.transcripts() == []
    again = await bench.watcher(watched).connect()
    await again.to_its_end()
    assert (again.states, again.lines) == (["succeeded"], [])


@watching
async def test_one_who_comes_back_is_told_what_was_missed_once(bench: WatchedBench) -> None:
    watched = bench.submit()
    bench.site.wait_for_state(watched.name, State.RUNNING)
    watcher = await bench.watcher(watched).connect()
    await watcher.until(at_gate(1))
    watcher.leave()
    watched.open(1)
    await watcher.connect()
    await watcher.until(at_gate(2))
    bench.lab.kill()
    assert not await watcher.take(60)
    bench.lab = watcher.lab = bench.start_lab(bench.lab)
    begun = len(watcher.lines)
    await watcher.connect()
    watched.open(2)
    await watcher.to_its_end()
    assert watcher.kinds.count("notebook") == 1
    assert "notebook" not in watcher.kinds[begun:]
    assert outputs_of(watcher.notebook)[:-1] == outputs_of(bench.notebook(watched))[:-1]


@watching
async def test_another_attempt_is_told_from_its_begin(bench: WatchedBench) -> None:
    watched = bench.submit()
    running = bench.site.wait_for_state(watched.name, State.RUNNING)
    watcher = await bench.watcher(watched).connect()
    await watcher.until(at_gate(1))
    psutil.Process(int(running.attempts[-1].worker.rpartition(":")[2])).kill()
    await watcher.until(lambda one: one.attempt == 2 and at_gate(1)(one))
    assert watcher.kinds[0] == "notebook"
    assert watcher.kinds.count("notebook") == 1

    bench.service.kill()
    bench.service = bench.start_service()
    await watcher.until(lambda one: one.attempt == 3 and at_gate(1)(one))
    assert bench.transcripts() == [f"{watched.name}.3.jsonl"]
    watched.open(1)
    watched.open(2)
    await watcher.to_its_end()
    assert watcher.states[-1] == "succeeded"


@watching
async def test_what_waits_shows_its_notebook_and_its_place(bench: WatchedBench) -> None:
    busy = [bench.submit() for _ in range(2)]
    for one in busy:
        bench.site.wait_for_state(one.name, State.RUNNING)
    waiting = bench.submit()
    bench.site.wait_for_state(waiting.name, State.QUEUED)
    watcher = await bench.watcher(waiting).connect()
    await watcher.until(lambda one: one.lines)
    assert (watcher.attempt, watcher.kinds) == (0, ["notebook"])
    assert watcher.standings[-1] == {
        "state": "queued",
        "reason": "",
        "ahead": 0,
        "served": True,
        "notebook": None,
    }
    sources = ["".join(cell["source"]) for cell in watcher.notebook["cells"]]
    assert any(f"run_number = {waiting.number}" in source for source in sources)
    for one in busy:
        one.open(1)
        one.open(2)
    await watcher.until(at_gate(1))
    assert watcher.attempt == 1
    waiting.open(1)
    waiting.open(2)
    await watcher.to_its_end()
    assert watcher.states[-1] == "succeeded"


@watching
async def test_who_may_not_and_what_is_not_there(bench: WatchedBench) -> None:
    address = f"{bench.lab.url}/nbreduce/api/reductions/nobody/watch".replace("http:", "ws:")
    for query, status in (("", 403), (f"?token={bench.lab.token}&after=-1", 400)):
        with pytest.raises(HTTPClientError) as told:
            await websocket_connect(address + query)
        assert told.value.code == status
    watcher = await Watcher(bench.lab, "nobody").connect()
    await watcher.to_its_end()
    assert "there is no reduction 'nobody'" in watcher.troubles[0]


@pytest.mark.parametrize("name", STUBBORN)
def test_a_cancel_ends_a_kernel_that_does_not_listen(
    bench: WatchedBench, name: str, record_property: Callable[[str, object], None]
) -> None:
    site, number = bench.site, next(bench.numbers)
    template = f"stubborn{number}"
    save(
        notebook("print('here', flush=True)", STUBBORN[name]),
        site.templates / DEMO / f"{template}.ipynb",
    )
    file = site.measure(number, site.aside())
    assert site.cli("submit", DEMO, file, "-t", template).code == 0
    reduction = f"{DEMO}{number}-{template}-v1"
    site.wait_for_state(reduction, State.RUNNING)

    async def in_its_last_cell() -> None:
        watcher = await Watcher(bench.lab, reduction).connect()
        await watcher.until(lambda one: one.kinds.count("start") == 4)
        watcher.leave()

    run(in_its_last_cell())
    begun = time.monotonic()
    request = urllib.request.Request(
        f"{bench.lab.url}/nbreduce/api/reductions/{reduction}/cancel",
        data=b"{}",
        headers={"Authorization": f"token {bench.lab.token}"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 202
    site.wait_for_state(reduction, State.CANCELLED)
    took = time.monotonic() - begun
    print(f"{name}: cancelled within {took:.2f} s")
    record_property("seconds", took)
    # Two on a machine that has nothing else to do; see the benchmark.
    assert took < 20
