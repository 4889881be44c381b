"""Waiting for the service, and for the demonstration: both end when there is nothing to wait for any more."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from nbreduce.attendance import Attendance, ServiceGone, require_service
from nbreduce.cli.demo import _follow
from nbreduce.cli.output import poll
from nbreduce.config import Config
from nbreduce.demonstration import Demonstration, Line
from nbreduce.presence import ServiceError, ServiceLock
from nbreduce.service import Service
from nbreduce.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(Config(workspace=tmp_path))


def test_nothing_is_waited_for_without_a_service(workspace: Workspace) -> None:
    with pytest.raises(ServiceGone, match=r"is not running.*is kept.*nbreduce up") as caught:
        require_service(workspace)
    assert caught.value.exit_code == 1
    with ServiceLock(workspace.config):
        require_service(workspace)


def test_waiting_ends_soon_after_the_service(workspace: Workspace) -> None:
    attendance = Attendance(workspace, patience=0.3)
    looks = 0

    def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 20:
            lock.__exit__()

    lock = ServiceLock(workspace.config)
    lock.__enter__()
    begun = monotonic()
    with pytest.raises(ServiceGone, match="is not running any more") as caught:
        poll(look, "Waiting…", attendance.check, interval=0.05)
    assert caught.value.exit_code == 1
    assert looks > 20, "it was given up while the service ran"
    assert 0.9 < monotonic() - begun < 5


def test_a_service_that_is_started_again_is_waited_for(workspace: Workspace) -> None:
    attendance = Attendance(workspace, patience=0.5)
    attendance.check()
    with ServiceLock(workspace.config):
        attendance.check()
    answers: Iterator[str | None] = iter([None, None, "done"])
    assert poll(lambda: next(answers), "Waiting…", attendance.check, 0.01) == "done"


class Demo(Demonstration):
    """A demonstration of which nothing comes."""

    def __init__(self) -> None:
        self.failure = None

    def lines(self) -> list[Line]:
        return []

    def finished(self, lines: list[Line]) -> bool:
        return False


class Failing(Service):
    """A service of which a part fails before the environments are recorded."""

    def __init__(self, failure: BaseException | None) -> None:
        self.stop, self.recorded = Event(), Event()
        self.failure = failure
        self.stop.set()


def test_the_demonstration_ends_when_the_service_fails() -> None:
    with pytest.raises(ServiceError, match="No space left"):
        _follow(Demo(), Failing(OSError("No space left")), quiet=True)


def test_the_demonstration_ends_when_it_is_stopped() -> None:
    assert _follow(Demo(), Failing(None), quiet=True) == []
