"""SIGTERM: short reductions end, long ones are handed back and succeed once at the next start."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nbreduce.domain.states import State
from support.services import kernels_in, lives, processes_in
from support.sites import DEMO, Site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A service that goes through everything below."""
    site = Site(tmp_path_factory.mktemp("stopping") / "ws")
    with site.serving():
        yield site
    site.check_archive()


def name(number: int) -> str:
    return f"{DEMO}{number}-work-v1"


def test_running_reductions_end_within_the_grace_or_go_back_to_the_queue(tmp_path: Path) -> None:
    site = Site(tmp_path / "ws", settings={"execution": {"grace": 5.0}})
    short, long = site.path / "short-gate", site.path / "long-gate"
    with site.serving() as service:
        for run, gate in ((1, short), (2, long)):
            file = site.measure(run, site.aside())
            assert site.cli("submit", DEMO, file, "-p", f"gate={gate}").code == 0
        for run in (1, 2):
            site.wait_until_at_the_gate(name(run))
        site.measure(3)
        site.wait_for_state(name(3), State.QUEUED)
        short.touch()
        service.stop(signal.SIGTERM)
        assert "Stopping; running reductions get 5 s." in service.output
    assert state_of(site, 1) is State.SUCCEEDED
    handed_back = site.reduction(name(2))
    assert handed_back is not None
    assert handed_back.state is State.QUEUED
    assert handed_back.failure is None
    assert handed_back.attempts[0].outcome == "queued"
    assert handed_back.attempts[0].reason == "the service was stopped"
    long.touch()
    probe = site.path / "archive" / ".store" / "staging" / "..probe.1.1.tmp"
    probe.write_text(
        "left by a service that was killed while it looked whether the archive can be written"
    )
    with site.serving() as service:
        assert not probe.exists()
        ended = site.wait_for_state(name(2), State.SUCCEEDED)
        site.wait_for_state(name(3), State.SUCCEEDED)
        service.stop(signal.SIGINT)
    assert [attempt.outcome for attempt in ended.attempts] == ["queued", "succeeded"]
    assert len(site.reductions()) == 3
    site.check_archive()


def state_of(site: Site, number: int) -> State:
    found = site.reduction(name(number))
    assert found is not None
    return found.state


def test_a_second_service_is_refused_with_the_pid_of_the_first(site: Site) -> None:
    pid = next(one.pid for one in processes_in(site.path) if "up" in one.cmdline())
    for words in (("up",), ("catalogue", "rebuild", "--replace")):
        told = site.cli(*words)
        assert told.code != 0
        assert "is running already" in told.err
        assert f"process {pid} " in told.err
    site.check_good_run(1)


def test_cancel_ends_queued_and_running_reductions_at_once(site: Site) -> None:
    gate = site.path / "gate"
    files = [site.measure(run, site.aside()) for run in (2, 3, 4)]
    site.cli("submit", DEMO, *files, "-p", f"gate={gate}")
    for run in (2, 3):
        site.wait_until_at_the_gate(name(run))
    site.wait_for_state(name(4), State.QUEUED)
    kernels = kernels_in(site.path)
    assert len(kernels) == 2
    for run in (4, 3, 2):
        told = site.cli("cancel", name(run))
        assert told.code == 0, told.words
        begun = time.monotonic()
        ended = site.wait_for_state(name(run), State.CANCELLED)
        assert time.monotonic() - begun < 2
        assert "cancelled" in ended.reason
        assert site.record(ended)["reduction"]["state"] == "cancelled"
        assert len(ended.attempts) == (0 if run == 4 else 1)
    site.wait_until(lambda: not any(map(lives, kernels)), "the kernels are gone", patience=5)
    again = site.cli("cancel", name(2))
    assert again.code == 2
    assert f"{name(2)} has ended already: cancelled" in again.err
    site.check_good_run(5)


def test_sixty_reductions_at_once_all_end_once(site: Site) -> None:
    numbers = range(101, 161)
    for number in numbers:
        site.measure(number)
    wanted = {name(number) for number in numbers}
    site.wait_until(
        lambda: wanted <= {one.name for one in site.reductions(State.SUCCEEDED)},
        "all succeed",
        patience=200,
    )
    found = [one for one in site.reductions() if one.name in wanted]
    assert len(found) == 60
    assert {len(one.attempts) for one in found} == {1}
