"""SIGKILL of the service, of a worker, of a kernel: nothing is lost, and nothing is done twice."""

import signal
from pathlib import Path

import psutil

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


def measure_all(site: Site, first: int) -> list[int]:
    """Measure four runs."""
    numbers = list(range(first, first + 4))
    for number in numbers:
        site.measure(number)
    return numbers


def come_to(site: Site, moment: str) -> list[int]:
    """Bring a service to a moment; return the numbers of the runs that were measured for it."""
    if moment == "queued":
        numbers = measure_all(site, 1)
        site.wait_until(site.reductions, "something is queued")
    elif moment == "starting":
        numbers = measure_all(site, 11)
        site.wait_until(lambda: site.wait_for_run("11") and is_active(site, 11), "it starts")
    elif moment == "running":
        numbers = [21, 22, 23, 24]
        hold(site, *numbers)
        site.wait_for_state(name(21), State.RUNNING)
    else:
        numbers = measure_all(site, 31)
        folder = site.path / "archive" / DEMO / "1510111" / "31" / "work" / "v1"
        site.wait_until(folder.exists, "the first is published")
    return numbers


def is_active(site: Site, number: int) -> bool:
    found = site.reduction(name(number))
    return found is not None and found.state is not State.QUEUED


def test_a_service_that_is_killed_at_any_moment_goes_on_where_it_was(tmp_path: Path) -> None:
    site = Site(tmp_path / "ws")
    numbers: list[int] = []
    for moment in ("queued", "starting", "running", "published"):
        with site.serving() as service:
            numbers += come_to(site, moment)
            service.kill()
            service.check_nothing_left(patience=20)
        (site.path / "gate").touch()
    with site.serving():
        for number in numbers:
            site.wait_for_state(name(number), State.SUCCEEDED)
        site.check_good_run(50)
    found = site.reductions()
    assert sorted(one.name for one in found) == sorted(name(one) for one in [*numbers, 50])
    assert len(site.runs()) == len(numbers) + 1
    for one in found:
        assert [attempt.outcome for attempt in one.attempts][-1] == "succeeded"
        assert {attempt.outcome for attempt in one.attempts[:-1]} <= {"queued"}
    lost = site.reduction(name(21))
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
        site.wait_until_at_the_gate(name(3))
        kernels_in(site.path)[0].send_signal(signal.SIGKILL)
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
