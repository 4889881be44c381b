"""The files that tell which kernels are kept."""

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from nbreduce.domain.model import now
from nbreduce.kernels.processes import start_of
from nbreduce.kernels.registry import KeptKernel, Registry


@pytest.fixture
def process() -> Iterator["subprocess.Popen[bytes]"]:
    """A process that stands for a kernel."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as started:
        yield started
        started.kill()


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "kernels")


def kernel(pid: int, **changes: object) -> KeptKernel:
    started = start_of(pid)
    assert started is not None
    return KeptKernel(
        reduction="DEMO1-work-v1",
        host=socket.gethostname(),
        pid=pid,
        started=started,
        lease=Path("lease"),
        kernelspec="python3",
        since=now(),
        until=now() + timedelta(seconds=60),
    ).model_copy(update=changes)


def test_a_kernel_is_found_by_its_reduction(
    registry: Registry, process: "subprocess.Popen[bytes]"
) -> None:
    assert registry.find("DEMO1-work-v1") is None and registry.all() == []
    added = kernel(process.pid)
    registry.add(added)
    assert registry.find("DEMO1-work-v1") == added
    assert registry.all() == [added]
    registry.remove("DEMO1-work-v1")
    assert registry.find("DEMO1-work-v1") is None


def test_only_its_owner_can_read_it(registry: Registry, process: "subprocess.Popen[bytes]") -> None:
    registry.add(kernel(process.pid))
    (path,) = registry.folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(registry.folder.stat().st_mode) == 0o700
    assert "key" not in path.read_text()


def test_one_that_ended_is_forgotten(
    registry: Registry, process: "subprocess.Popen[bytes]"
) -> None:
    registry.add(kernel(process.pid))
    process.kill()
    process.wait()
    assert registry.find("DEMO1-work-v1") is None
    assert registry.all() == []
    assert list(registry.folder.iterdir()) == []


def test_another_process_with_its_number_is_not_taken_for_it(
    registry: Registry, process: "subprocess.Popen[bytes]"
) -> None:
    registry.add(kernel(process.pid, started=1))
    assert registry.find("DEMO1-work-v1") is None


def test_one_on_another_machine_is_left_alone(
    registry: Registry, process: "subprocess.Popen[bytes]"
) -> None:
    registry.add(kernel(process.pid, host="elsewhere"))
    assert registry.find("DEMO1-work-v1") is None
    assert registry.all() == []
    assert len(list(registry.folder.iterdir())) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", '{"reduction": "DEMO1-work-v1"}', "\0" * 100])
def test_a_damaged_file_is_no_kernel(registry: Registry, text: str) -> None:
    registry.folder.mkdir()
    (registry.folder / "DEMO1-work-v1.json").write_text(text)
    assert registry.find("DEMO1-work-v1") is None
    assert registry.all() == []


def test_another_persons_file_is_no_kernel(
    registry: Registry, process: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.add(kernel(process.pid))
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    assert registry.find("DEMO1-work-v1") is None
