"""Lists of a catalogue with 100,000 reductions, over HTTP: p95 of each, and its work against the first page's."""

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psutil
import pytest

from support.api import Api, running_api
from support.many import fill
from support.numbers import Show
from support.sites import Site

REDUCTIONS = 100_000
ROUNDS = 40
# Of the work of the plain first page. What reads a whole table into the server takes a hundred times as much.
MOST = 4.0


@dataclass(frozen=True)
class Full:
    """A server on a workspace that has lived for years."""

    api: Api
    runs: int


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Full]:
    site = Site(tmp_path_factory.mktemp("full") / "ws")
    assert site.cli("catalogue", "upgrade").code == 0
    catalogue = site.workspace().catalogue
    runs = fill(catalogue, REDUCTIONS)
    catalogue.close()
    with running_api(tmp_path_factory.mktemp("api"), site.path) as api:
        yield Full(api, runs)


def lists(full: Full) -> dict[str, str]:
    """What is asked, by what it is called."""
    latest = full.api.get("/events", limit=1).json["latest"]
    newest = full.api.get("/runs", instrument="ENGINX", limit=50).json["runs"]
    name = next(one["reductions"][0]["name"] for one in newest if one["reductions"])
    state = "/runs?limit=100&state="
    return {
        "runs, first page": "/runs?limit=100",
        "runs, last page": f"/runs?limit=100&offset={full.runs - 100}",
        "search, frequent": "/runs?limit=100&search=ceo2",
        "search, number": f"/runs?limit=100&search={200_000 + full.runs // 2}",
        "search, nothing": "/runs?limit=100&search=nothing-like-it",
        "by instrument": "/runs?limit=100&instrument=HIFI",
        "by experiment": "/runs?limit=100&instrument=HIFI&experiment=RB1510300",
        "by template": "/runs?limit=100&template=powder",
        "by template and state": "/runs?limit=100&template=powder&state=failed",
        "since": "/runs?limit=100&since=2026-06-01T00:00:00Z",
        "until": "/runs?limit=100&until=2026-03-10T00:00:00Z",
        **{f"state {one}": state + one for one in ("succeeded", "failed", "running", "skipped")},
        "two states, last page": f"{state}succeeded&state=failed&offset={full.runs * 9 // 10}",
        "all filters": f"{state}failed&instrument=HIFI&template=lifetime&search=steel"
        "&since=2026-03-02T00:00:00Z&until=2026-07-01T00:00:00Z",
        "experiments": "/experiments",
        "experiments, searched": "/experiments?search=ceo2&state=failed",
        "one reduction": f"/reductions/{name}",
        "events, none": f"/events?after={latest}",
        "events, oldest": "/events?after=0&limit=500",
        "events, newest": f"/events?after={latest - 500}&limit=500",
    }


@dataclass(frozen=True)
class Took:
    """How long an answer takes, in ms: for who asks, and of the server's processor."""

    p95: float
    processor: float


def measure(api: Api, path: str) -> Took:
    """Ask often."""
    assert api.ask("GET", path).status == 200
    server, took = psutil.Process(api.pid), []
    before = sum(server.cpu_times()[:2])
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = api.ask("GET", path)
        took.append(1e3 * (time.perf_counter() - began))
        assert answer.status == 200, answer.body
    used = 1e3 * (sum(server.cpu_times()[:2]) - before) / ROUNDS
    return Took(statistics.quantiles(took, n=20)[-1], used)


@pytest.mark.timeout(900)
def test_lists_of_a_hundred_thousand_reductions(full: Full, show: Show) -> None:
    asked = lists(full)
    show("scale", f"{REDUCTIONS} reductions of {full.runs} runs, {ROUNDS} answers each")
    found = {what: measure(full.api, path) for what, path in asked.items()}
    first = found["runs, first page"].processor
    for what, one in found.items():
        ratio = f"{one.processor / first:.1f} x the first page"
        show(what, f"p95 {one.p95:.1f} ms", f"processor {one.processor:.1f} ms", ratio)
    # Of the processor, which other programs on a busy machine leave as it is.
    assert {what for what, one in found.items() if one.processor > MOST * first} == set()
