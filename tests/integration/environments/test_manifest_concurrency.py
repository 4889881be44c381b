"""Several processes that want the manifest of one environment at once."""

import os
import signal
import subprocess
import sys
import time
import venv
from pathlib import Path

import pytest

from nbreduce.environments import KernelEnvironment, ManifestRef, ManifestStore

SLOW_WORKER = """
import sys, time
from pathlib import Path
from nbreduce.environments import KernelEnvironment, ManifestStore
from nbreduce.environments import capture as module

folder, python, log, seconds, timeout = sys.argv[1:]
original = module.capture

def slow(environment, timeout):
    with open(log, "a") as stream:
        stream.write("captured\\n")
    time.sleep(float(seconds))
    return original(environment, timeout)

module.capture = slow
place = KernelEnvironment("toy", "Toy", Path(python), (python,), {})
ref = ManifestStore(Path(folder)).ensure(place, ask_index=False, timeout=float(timeout))
print(ref.sha256, "|".join(ref.warnings))
"""


class Workers:
    """Starts processes that ask one store for one environment's manifest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "manifests"
        self.log = folder / "log"
        venv.EnvBuilder(symlinks=True).create(folder / "env")
        python = folder / "env" / "bin" / "python"
        self.place = KernelEnvironment("toy", "Toy", python, (str(python),), {})
        self.started: list[subprocess.Popen[str]] = []

    def start(self, *, seconds: float = 0.0, timeout: float = 60.0) -> subprocess.Popen[str]:
        arguments = [self.folder, self.place.interpreter, self.log, seconds, timeout]
        process = subprocess.Popen(
            [sys.executable, "-c", SLOW_WORKER, *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def ensure(self, timeout: float) -> ManifestRef:
        return ManifestStore(self.folder).ensure(self.place, ask_index=False, timeout=timeout)

    def captures(self) -> int:
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0

    def wait_for_capture(self) -> None:
        deadline = time.monotonic() + 30
        while not self.captures():
            assert time.monotonic() < deadline, "no worker began to capture"
            time.sleep(0.02)


@pytest.fixture
def workers(tmp_path: Path):  # type: ignore[no-untyped-def]
    made = Workers(tmp_path)
    yield made
    for process in made.started:
        process.kill()
        process.communicate()


def test_one_captures_and_the_others_reuse(workers: Workers) -> None:
    started = [workers.start(seconds=1.0) for _ in range(4)]
    answers = [process.communicate(timeout=60)[0] for process in started]
    assert [process.returncode for process in started] == [0] * 4
    assert workers.captures() == 1
    assert len(set(answers)) == 1


def test_a_killed_holder_blocks_nobody(workers: Workers) -> None:
    holder = workers.start(seconds=300)
    workers.wait_for_capture()
    holder.send_signal(signal.SIGKILL)
    holder.wait(timeout=10)
    start = time.monotonic()
    ref = workers.ensure(timeout=60)
    assert time.monotonic() - start < 10
    assert ref.warnings == ()


def test_a_holder_that_dies_while_another_waits(workers: Workers) -> None:
    holder = workers.start(seconds=300)
    workers.wait_for_capture()
    waiter = workers.start(timeout=60)
    time.sleep(1.0)
    assert waiter.poll() is None
    holder.kill()
    output, _ = waiter.communicate(timeout=30)
    assert waiter.returncode == 0
    assert len(output.split()[0]) == 64


def test_a_holder_that_hangs_delays_but_does_not_block(workers: Workers) -> None:
    workers.start(seconds=300)
    workers.wait_for_capture()
    start = time.monotonic()
    ref = workers.ensure(timeout=1.0)
    assert 1.0 <= time.monotonic() - start < 10
    assert "another process did not finish this manifest within 1 s" in ref.warnings[0]
    assert ref.path.exists()
