"""SIGTERM: short reductions end, long ones are handed back and succeed once at the next start."""

import signal
import time
from pathlib import Path

import psutil
import pytest

from nbreduce.domain.states import State
from support.services import kernels_in
from support.sites import DEMO, Site


def name(number: int, version: int = 1) -> str:
    return f"{DEMO}{number}-work-v{version}"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_running_reductions_end_within_the_grace_or_go_back_to_the_queue(
    tmp_path: Path, number: int
) -> None:
    site = Site(tmp_path / "ws", settings={"execution": {"grace": 2.0}})
    short, long = site.path / "short-gate", site.path / "long-gate"
    with site.serving() as service:
        for run, gate in ((1, short), (2, long)):
            file = site.measure(run, site.aside())
            assert site.cli("submit", DEMO, file, "-p", f"gate={gate}").code == 0
        site.measure(3)
        for run in (1, 2):
            site.wait_for_state(name(run), State.RUNNING)
        site.wait_for_state(name(3), State.QUEUED)
        service.remember()
        service.process.send_signal(number)
        site.wait_until(lambda: "Stopping" in service.output, "the service stops")
        short.touch()
        service.process.wait(30)
        assert service.process.returncode == 0
        assert "Traceback" not in service.output
        service.check_nothing_left()
    assert site.reduction(name(1)).state is State.SUCCEEDED  # type: ignore[union-attr]
    assert site.reduction(name(3)).attempts == ()  # type: ignore[union-attr]
    handed_back = site.reduction(name(2))
    assert handed_back is not None
    assert handed_back.state is State.QUEUED
    assert handed_back.failure is None
    assert handed_back.attempts[0].outcome == "queued"
    assert handed_back.attempts[0].reason == "the service was stopped"
    long.touch()
    with site.serving():
        ended = site.wait_for_state(name(2), State.SUCCEEDED)
        site.wait_for_state(name(3), State.SUCCEEDED)
    assert [attempt.outcome for attempt in ended.attempts] == ["queued", "succeeded"]
    assert len(site.reductions()) == 3
    site.check_archive()


def test_a_second_service_is_refused_with_the_pid_of_the_first(tmp_path: Path) -> None:
    site = Site(tmp_path / "ws")
    with site.serving() as service:
        told = site.cli("up")
        assert told.code in (1, 2)
        assert "is running already" in told.err
        assert f"process {service.process.pid} " in told.err
        rebuild = site.cli("catalogue", "rebuild", "--replace")
        assert rebuild.code in (1, 2)
        assert "is running already" in rebuild.err
        site.check_good_run(1)
    with site.serving():
        site.check_good_run(2)


def test_cancel_ends_queued_and_running_reductions_at_once(tmp_path: Path) -> None:
    site = Site(tmp_path / "ws", settings={"execution": {"workers": 1}})
    with site.serving():
        gate = site.path / "gate"
        for run in (1, 2):
            site.cli("submit", DEMO, site.measure(run, site.aside()), "-p", f"gate={gate}")
        site.wait_for_state(name(1), State.RUNNING)
        site.wait_for_state(name(2), State.QUEUED)
        site.wait_until(lambda: kernels_in(site.path), "the kernel works")
        kernel = kernels_in(site.path)[0]
        for run, state in ((2, State.CANCELLED), (1, State.CANCELLED)):
            told = site.cli("cancel", name(run))
            assert told.code == 0, told.words
            begun = time.monotonic()
            ended = site.wait_for_state(name(run), state)
            assert time.monotonic() - begun < 2
            assert "cancelled" in ended.reason
            assert site.record(ended)["reduction"]["state"] == "cancelled"
        assert not psutil.pid_exists(kernel.pid) or kernel.status() == psutil.STATUS_ZOMBIE
        assert site.reduction(name(2)).attempts == ()  # type: ignore[union-attr]
        again = site.cli("cancel", name(1))
        assert again.code == 2
        assert f"{name(1)} has ended already: cancelled" in again.err
        site.check_good_run(3)
    site.check_archive()


def test_sixty_reductions_at_once_all_end_once(tmp_path: Path) -> None:
    site = Site(tmp_path / "ws")
    for number in range(1, 61):
        site.measure(number)
    with site.serving():
        site.wait_until(
            lambda: len(site.reductions(State.SUCCEEDED)) == 60, "all succeed", patience=150
        )
    found = site.reductions()
    assert sorted(one.name for one in found) == sorted(name(number) for number in range(1, 61))
    assert {len(one.attempts) for one in found} == {1}
    site.check_archive()
