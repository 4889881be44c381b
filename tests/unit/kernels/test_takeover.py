"""What a takeover copies, and what becomes of a kept kernel where it fails."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from nbreduce.domain.errors import Unavailable
from nbreduce.domain.model import now
from nbreduce.domain.states import State
from nbreduce.kernels import takeover as takeover_module
from nbreduce.kernels.lease import Lease
from nbreduce.kernels.processes import start_of
from nbreduce.kernels.registry import KeptKernel, Registry
from nbreduce.kernels.running import RunningKernel
from nbreduce.kernels.takeover import Takeover, take_over
from nbreduce.server import reduction_kernels
from nbreduce.server.reduction_kernels import KernelNotStarted, start
from nbreduce.workspace import Workspace
from support.loops import run
from support.making import make_reduction, make_run

RUN = make_run()
REDUCTION = make_reduction(RUN, state=State.SUCCEEDED)
LOCK = "import fcntl, sys; fcntl.lockf(open(sys.argv[1], 'r+'), fcntl.LOCK_EX | fcntl.LOCK_NB)"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace with an ended reduction, whose record is of no matter."""
    record = SimpleNamespace(template=SimpleNamespace(resources=SimpleNamespace(cores=1)))
    monkeypatch.setattr(takeover_module, "read_record", lambda _: record)
    (tmp_path / "nbreduce.toml").write_text("")
    workspace = Workspace.load(tmp_path)
    notebook = workspace.archive.layout.notebook(RUN, REDUCTION)
    (notebook.parent / "outputs" / "empty").mkdir(parents=True)
    notebook.write_text("{}")
    (notebook.parent / "steps.py").write_text("x = 1")
    (notebook.parent / "outputs" / "small").write_bytes(b"1" * 10)
    (notebook.parent / "outputs" / "large").write_bytes(b"1" * 1000)
    return workspace


@pytest.fixture
def kept(workspace: Workspace) -> Iterator[KeptKernel]:
    """A process that stands for the reduction's kernel, kept as a worker keeps one."""
    lease = Lease.make("keeper")
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True
    ) as process:
        RunningKernel(process, lease, "python3").write_connection({"key": b"secret"})
        started = start_of(process.pid)
        assert started is not None
        told = KeptKernel(
            reduction=REDUCTION.name,
            host=socket.gethostname(),
            pid=process.pid,
            started=started,
            lease=lease.folder,
            kernelspec="python3",
            since=now(),
            until=now() + timedelta(seconds=60),
        )
        Registry(workspace.config.kept_kernels_path).add(told)
        yield told
        process.kill()
    lease.remove()


def files_of(taken: Takeover) -> set[str]:
    return {
        path.relative_to(taken.directory).as_posix()
        for path in taken.directory.rglob("*")
        if path.is_file()
    }


def is_kept_on(workspace: Workspace, kept: KeptKernel) -> bool:
    """Whether a kernel is as if nobody had asked for it."""
    inside = {path.name for path in kept.lease.iterdir()}
    found = Registry(workspace.config.kept_kernels_path).find(REDUCTION.name)
    # Of another process: this one has its own locks twice.
    locked = subprocess.run([sys.executable, "-c", LOCK, kept.lease / "adopter"], check=False)
    return (
        locked.returncode == 0
        and found == kept
        and inside == {"keeper", "adopter", "connection.json"}
    )


def test_what_is_too_large_is_left_out_and_named(
    workspace: Workspace, kept: KeptKernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(takeover_module, "MAX_BYTES", 500)
    taken = take_over(workspace, RUN, REDUCTION)
    assert taken.left_out == ("outputs/large",)
    assert files_of(taken) == {"steps.py", "outputs/small"}
    assert (taken.directory / "outputs" / "empty").is_dir()
    taken.settle()
    assert Registry(workspace.config.kept_kernels_path).find(REDUCTION.name) is None


def test_half_of_what_is_free_stays_free(
    workspace: Workspace, kept: KeptKernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = SimpleNamespace(free=200)
    monkeypatch.setattr(takeover_module.shutil, "disk_usage", lambda _: free)
    taken = take_over(workspace, RUN, REDUCTION)
    assert taken.left_out == ("outputs/large",)
    taken.abandon()
    assert is_kept_on(workspace, kept)


def test_a_full_disk_costs_nobody_the_kept_kernel(
    workspace: Workspace, kept: KeptKernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_found: object, folder: Path, _room: float) -> None:
        (folder / "half").write_text("half")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(takeover_module, "copy_files", full)
        with pytest.raises(Unavailable, match=r"No space left.*the kernel is kept until"):
            take_over(workspace, RUN, REDUCTION)
    assert is_kept_on(workspace, kept)
    assert take_over(workspace, RUN, REDUCTION).process is not None


class Manager:
    """Jupyter's manager of kernels, as far as it is asked."""

    def __init__(self, error: BaseException | None = None, later: Exception | None = None) -> None:
        self.error = error
        self.later = later
        self.shut: list[str] = []

    async def start_kernel(self, **_options: Any) -> str:
        if self.error is not None:
            raise self.error
        return "id"

    def get_kernel(self, _id: str) -> Any:
        ready: Future[None] = Future()
        ready.set_exception(self.later) if self.later else ready.set_result(None)
        return SimpleNamespace(ready=ready, provisioner=None)

    async def shutdown_kernel(self, kernel_id: str, now: bool) -> None:
        self.shut.append(kernel_id)


@pytest.mark.parametrize(
    ("manager", "raised"),
    [
        (Manager(RuntimeError("x")), KernelNotStarted),
        (Manager(OSError("x")), KernelNotStarted),
        (Manager(AttributeError("x")), AttributeError),
        (Manager(asyncio.CancelledError()), asyncio.CancelledError),
        (Manager(later=RuntimeError("x")), KernelNotStarted),
    ],
)
def test_a_kernel_that_jupyter_does_not_start_is_kept_on(
    workspace: Workspace,
    kept: KeptKernel,
    monkeypatch: pytest.MonkeyPatch,
    manager: Manager,
    raised: type[BaseException],
) -> None:
    monkeypatch.setattr(reduction_kernels, "_check_provisioner", lambda *_: None)
    taken = take_over(workspace, RUN, REDUCTION)
    with pytest.raises(raised):
        run(start(manager, taken, REDUCTION.name))
    assert is_kept_on(workspace, kept)
    assert manager.shut == (["id"] if manager.later else [])
