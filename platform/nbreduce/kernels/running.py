"""A kernel that runs, apart from whoever started it."""

import json
import os
import signal
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from subprocess import TimeoutExpired
from time import monotonic
from typing import Any, Protocol

from nbreduce.kernels.lease import Lease

_POLITE = 2.0


class Process(Protocol):
    """What is asked of a kernel's process: that of `subprocess.Popen`."""

    pid: int

    def poll(self) -> int | None:
        """Return its exit status, None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended."""


@dataclass(frozen=True)
class RunningKernel:
    """A kernel's process, its lease, and the kernelspec that it was started by."""

    process: Process
    lease: Lease
    kernelspec: str

    def write_connection(self, info: dict[str, Any]) -> None:
        """Write how the kernel is reached into its lease, for its owner only."""
        told = {**info, "key": info["key"].decode()}
        self.lease.connection_file.touch(mode=0o600)
        self.lease.connection_file.write_text(json.dumps(told), encoding="utf-8")


def read_connection(lease: Lease) -> dict[str, Any]:
    """Read how a kernel is reached."""
    info: dict[str, Any] = json.loads(lease.connection_file.read_bytes())
    return {**info, "key": info["key"].encode()}


def end(kernels: Iterable[RunningKernel]) -> None:
    """Ask kernels to end, so that what they do at their exit is done, and kill those that do not."""
    todo = list(kernels)
    with ExitStack() as asked:
        for kernel in todo:
            if kernel.process.poll() is None:
                _request_shutdown(kernel.lease, asked)
        deadline = monotonic() + _POLITE
        for kernel in todo:
            try:
                kernel.process.wait(max(deadline - monotonic(), 0.0))
            except TimeoutExpired:
                os.killpg(kernel.process.pid, signal.SIGKILL)
                kernel.process.wait()
            kernel.lease.remove()


def _request_shutdown(lease: Lease, asked: ExitStack) -> None:
    from jupyter_client.blocking.client import BlockingKernelClient

    try:
        info: Any = read_connection(lease)
    except FileNotFoundError:  # it has just ended by itself
        return
    client = BlockingKernelClient()
    client.load_connection_info(info)
    asked.callback(client.stop_channels)
    client.shutdown()
