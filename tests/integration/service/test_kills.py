"""SIGKILL of the service, of a worker, of a kernel: nothing is lost, and nothing is done twice."""

import signal
from pathlib import Path

import psutil
import pytest

from nbreduce.domain.reduction import Reduction
from nbreduce.domain.states import State
from support.services import Service, kernels_in
from support.sites import DEMO, Site


def name(number: int) -> str:
    return f"{DEMO}{number}-work-v1"


def hold(site: Site, *numbers: int) -> Path:
    """Submit runs whose reductions wait for the returned gate."""
    gate = site.path / "gate"
    files = [site.measure(number, site.aside()) for number in numbers]
    assert site.cli("submit", DEMO, *files, "-p", f"gate={gate}").code == 0
    return gate


def worker_of(service: Service, reduction: Reduction) -> psutil.Process:
    """Return the process that has a reduction, as its attempt names it."""
    pid = int(reduction.attempts[-1].worker.rpartition(":")[2])
    assert pid in {one.pid for one in service.workers()}
    return psutil.Process(pid)


def kill_while(site: Site, moment: str) -> None:
    """Kill the service when it has come to a moment, with whatever it has at work."""
    with site.serving() as service:
        if moment == "queued":
            for number in range(1, 7):
                site.measure(number)
            site.wait_until(site.reductions, "something is queued")
        elif moment == "starting":
            for number in range(1, 7):
                site.measure(number)
            site.wait_until(
                lambda: site.reductions(State.STARTING) or site.reductions(State.RUNNING),
                "something starts",
            )
        elif moment == "running":
            hold(site, 1, 2, 3, 4, 5, 6)
            site.wait_for_state(name(1), State.RUNNING)
            site.wait_for_state(name(2), State.RUNNING)
        else:
            for number in range(1, 7):
                site.measure(number)
            notebook = site.path / "archive" / DEMO / "1510111" / "1" / "work" / "v1"
            site.wait_until(notebook.exists, "the first is published")
        service.kill()
        service.check_nothing_left(patience=20)


@pytest.mark.parametrize("moment", ["queued", "starting", "running", "published"])
def test_a_killed_service_goes_on_where_it_was(tmp_path: Path, moment: str) -> None:
    site = Site(tmp_path / "ws")
    kill_while(site, moment)
    (site.path / "gate").touch()
    with site.serving():
        for number in range(1, 7):
            site.wait_for_state(name(number), State.SUCCEEDED)
        site.check_good_run(7)
    found = site.reductions()
    assert sorted(one.name for one in found) == [name(number) for number in range(1, 8)]
    assert len(site.runs()) == 7
    for one in found:
        assert [attempt.outcome for attempt in one.attempts][-1] == "succeeded"
        assert {attempt.outcome for attempt in one.attempts[:-1]} <= {"queued"}
    if moment == "running":
        lost = site.reduction(name(1))
        assert lost is not None
        assert lost.attempts[0].failure == "worker_lost"
        assert lost.attempts[0].reason == "the service ended while it ran"
    site.check_archive()


def test_a_killed_worker_costs_an_attempt_three_a_reduction_and_a_killed_kernel_says_so(
    tmp_path: Path,
) -> None:
    site = Site(tmp_path / "ws")
    with site.serving() as service:
        gate = hold(site, 1)
        worker_of(service, site.wait_for_state(name(1), State.RUNNING)).kill()
        again = site.wait_until(lambda: attempt(site, 1, 2), "the second attempt runs")
        assert again.attempts[0].failure == "worker_lost"
        assert "died" in again.attempts[0].reason
        gate.touch()
        ended = site.wait_for_state(name(1), State.SUCCEEDED)
        assert [one.outcome for one in ended.attempts] == ["queued", "succeeded"]
        assert ended.failure is None
        gate.unlink()

        hold(site, 2)
        for number in (1, 2, 3):
            running = site.wait_until(
                lambda number=number: attempt(site, 2, number), f"attempt {number} runs"
            )
            worker_of(service, running).kill()
        lost = site.wait_for_state(name(2), State.FAILED)
        assert lost.failure == "worker_lost"
        assert "given up after 3 attempts" in lost.reason
        assert len(lost.attempts) == 3
        assert site.record(lost)["reduction"]["failure"] == "worker_lost"
        log = site.folder_of(lost) / "execution.log"
        assert "not executed: given up after 3 attempts" in log.read_text()

        hold(site, 3)
        site.wait_for_state(name(3), State.RUNNING)
        kernel = site.wait_until(lambda: kernels_in(site.path), "the kernel works")[0]
        kernel.send_signal(signal.SIGKILL)
        dead = site.wait_for_state(name(3), State.FAILED)
        assert dead.failure == "kernel_died"
        assert "killed by SIGKILL" in dead.reason
        assert len(dead.attempts) == 1
        gate.touch()
        site.check_good_run(4)
    site.check_archive()


def attempt(site: Site, number: int, count: int) -> Reduction | None:
    """Return a reduction once its attempt of that count runs."""
    found = site.reduction(name(number))
    if found and found.state is State.RUNNING and len(found.attempts) == count:
        return found
    return None
