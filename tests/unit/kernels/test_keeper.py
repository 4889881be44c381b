"""Kernels are let go in time, also while the registry's file system does not do what it is asked."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from nbreduce.domain.model import now
from nbreduce.kernels import keeper as keeper_module
from nbreduce.kernels.keeper import Keeper
from nbreduce.kernels.lease import Lease
from nbreduce.kernels.registry import Registry
from nbreduce.kernels.rules import KeepRules
from nbreduce.kernels.running import RunningKernel
from support.waiting import wait_for


class Clock:
    """The keeper's time."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> object:
        return now() + timedelta(seconds=self.ahead)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(keeper_module, "now", clock)
    monkeypatch.setattr(keeper_module, "_PERIOD", 0.01)
    return clock


@pytest.fixture
def kernel() -> Iterator[RunningKernel]:
    """A process that stands for a kernel, and ends when it is killed."""
    lease = Lease.make("keeper")
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True
    ) as process:
        yield RunningKernel(process, lease, "python3")
        process.kill()
    lease.remove()


@pytest.fixture
def keeper() -> Iterator[Keeper]:
    keeper = Keeper()
    yield keeper
    keeper.close()


def rules(folder: Path) -> KeepRules:
    return KeepRules(folder=folder, seconds=60, at_most=4, memory=0)


def fail(*_: object) -> None:
    raise OSError(116, "Stale file handle")


@pytest.mark.parametrize("broken", [["all"], ["remove"], ["all", "remove"]])
def test_one_goes_in_time_whatever_the_registry_does(
    keeper: Keeper,
    kernel: RunningKernel,
    clock: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    broken: list[str],
) -> None:
    assert keeper.take("a", kernel, rules(tmp_path))
    for name in broken:
        monkeypatch.setattr(Registry, name, fail)
    keeper.look()
    assert kernel.process.poll() is None
    clock.ahead = 61
    wait_for(lambda: kernel.process.poll() is not None, "it ends")
    wait_for(lambda: not kernel.lease.folder.exists(), "its folder goes")


def test_a_defect_is_logged_once_and_kernels_go_when_it_is_over(
    keeper: Keeper,
    kernel: RunningKernel,
    clock: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    met = []
    with monkeypatch.context() as patched:
        patched.setattr(keeper_module, "overdue", lambda *_: met.append(1) or 1 / 0)
        clock.ahead = 0
        assert keeper.take("a", kernel, rules(tmp_path))
        wait_for(lambda: len(met) > 3, "it is met again and again")
    clock.ahead = 61
    wait_for(lambda: kernel.process.poll() is not None, "it ends")
    assert caplog.text.count("kept kernels cannot be looked after") == 1
