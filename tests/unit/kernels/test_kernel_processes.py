"""What Linux tells of processes."""

import mmap
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nbreduce.kernels.processes import (
    StrangerProcess,
    available_memory,
    companions_of,
    files_in_writing,
    start_of,
)

Child = subprocess.Popen  # type: ignore[type-arg]


@pytest.fixture
def child() -> Iterator[Child]:
    command = [sys.executable, "-c", "import sys; print('up', flush=True); sys.stdin.read()"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as started:
        assert started.stdout is not None and started.stdout.readline() == b"up\n"
        yield started
        started.kill()


def stranger(child: Child) -> StrangerProcess:
    started = start_of(child.pid)
    assert started is not None
    return StrangerProcess(child.pid, started)


def test_a_stranger_is_followed_to_its_end(child: Child) -> None:
    process = stranger(child)
    assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.05)
    process.kill()
    assert process.wait(20) != 0
    assert process.poll() == process.returncode
    assert child.wait() == -signal.SIGKILL
    process.kill()


def test_one_that_nobody_waited_for_has_ended_all_the_same(child: Child) -> None:
    process = stranger(child)
    process.send_signal(signal.SIGTERM)
    process.wait(20)
    assert start_of(child.pid) is None
    with pytest.raises(ProcessLookupError):
        StrangerProcess(child.pid, 1)


def test_what_a_process_started_is_seen_and_gets_its_signals(child: Child) -> None:
    assert companions_of(child.pid) == []
    code = "import os, time\nif os.fork():\n    print('up', flush=True)\ntime.sleep(300)"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True
    ) as leader:
        assert leader.stdout is not None and leader.stdout.readline() == b"up\n"
        (companion,) = companions_of(leader.pid)
        stranger(leader).kill()
        leader.wait()
    deadline = time.monotonic() + 20
    while start_of(companion) is not None:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_files_that_are_still_written_are_seen(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    for name in ("read", "mapped"):
        (inside / name).write_bytes(b"x" * 4096)
    with (
        (inside / "read").open("rb"),
        (inside / "log").open("a"),
        (outside / "other").open("w"),
        (inside / "mapped").open("r+b") as stream,
    ):
        mapped = mmap.mmap(stream.fileno(), 4096)
        stream.close()
        assert files_in_writing(os.getpid(), inside) == [inside / "log", inside / "mapped"]
        mapped.close()
    assert files_in_writing(os.getpid(), inside) == []


def test_memory_is_a_number_of_bytes() -> None:
    assert 1e7 < available_memory() < 1e14
