"""200 reductions queued at once on two workers."""

import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

from nbreduce.domain.states import ENDED, State
from support.numbers import Show
from support.services import Service
from support.sites import Site

RUNS = 200
PATIENCE = 400.0


@pytest.mark.timeout(900)
def test_throughput(tmp_path: Path, show: Show) -> None:
    site = Site(tmp_path / "site")
    with site.serving() as service:
        site.check_good_run(1)
        before = _memory(service)
        for number in range(2, RUNS + 2):
            site.measure(number, site.aside())
        files = sorted(site.aside().iterdir())
        began = time.perf_counter()
        told = site.cli("submit", "DEMO", *files)
        assert told.code == 0, told.words
        site.wait_until(lambda: len(site.reductions()) == RUNS + 1, "all are queued", PATIENCE)
        site.wait_until(
            lambda: all(one.state in ENDED for one in site.reductions()), "all end", PATIENCE
        )
        took = time.perf_counter() - began
        after = _memory(service)
    ended = site.reductions()
    assert Counter(one.state for one in ended) == {State.SUCCEEDED: RUNS + 1}
    assert all(len(one.attempts) == 1 for one in ended)
    site.check_archive()
    show("throughput", f"{RUNS} reductions in {took:.1f} s: {RUNS / took:.2f} per s on 2 workers")
    show(
        "service's memory", f"{before:.0f} MB before, {after:.0f} MB after ({after / before:.2f} x)"
    )


def _memory(service: Service) -> float:
    """Return the private memory of the service's own process in MB."""
    return float(psutil.Process(service.process.pid).memory_full_info().uss) / 1e6
