"""One execution of a notebook, as those around it see it."""

import os
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, TextIO

from nbreduce.domain.model import now
from nbreduce.execution.transcript import Transcript
from nbreduce.kernels.running import RunningKernel


@dataclass(frozen=True)
class Progress:
    """Where an execution stands. Cells are counted from 1, code cells only."""

    cell: int
    cells: int
    status: str
    heading: str = ""
    seconds: float | None = None


class Cancelled(Exception):
    """The execution was cancelled."""


@dataclass
class Session:
    """What an execution is given, what it tells, and how it is cancelled from another thread.

    Attributes
    ----------
    directory:
        Working directory of the kernel; that of this process where None.
    variables:
        Environment variables of the kernel, on top of this process's.
    timeout, cell_timeout:
        Limits in s of the whole execution and of one cell; None is no limit.
    log:
        Text stream for what the notebook prints and for the course of the execution.
    on_progress:
        Called when a cell starts and when it ended.
    notebook:
        The notebook in execution, whatever happens to it.
    kernel_exit:
        Exit status of a kernel that died, negative for a signal.
    may_keep_kernel:
        Whether the kernel may be left alive, for who set this to keep or to end.
    kernel:
        The kernel that was left alive.
    transcript:
        For those who watch.
    """

    directory: Path | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    timeout: float | None = None
    cell_timeout: float | None = None
    log: TextIO | None = None
    on_progress: Callable[[Progress], None] = lambda _: None
    notebook: Any = None
    kernel_exit: int | None = None
    may_keep_kernel: bool = False
    kernel: RunningKernel | None = None
    transcript: Transcript = field(default_factory=Transcript)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._kernel_pid: int | None = None
        self._deadline: float | None = None

    def start_clock(self) -> None:
        """Begin to count the time of the whole execution."""
        self._deadline = None if self.timeout is None else monotonic() + self.timeout

    def time_for_cell(self) -> float | None:
        """Return how long the next cell may take, in s."""
        left = None if self._deadline is None else max(self._deadline - monotonic(), 0.001)
        limits = [limit for limit in (left, self.cell_timeout) if limit is not None]
        return min(limits, default=None)

    def limit_words(self) -> str:
        """Say which limit was met."""
        if self._deadline is not None and monotonic() >= self._deadline:
            return f"the reduction's time limit of {self.timeout:g} s"
        if self.cell_timeout is None:
            return "the time that the kernel may take to tell of its outputs"
        return f"the time limit of {self.cell_timeout:g} s for one cell"

    def kernel_started(self, pid: int | None) -> None:
        """Take note of the kernel's process; a cancelled execution's kernel is killed at once."""
        with self._lock:
            self._kernel_pid = pid
            if self._cancelled:
                self._kill()

    def kernel_ended(self) -> None:
        """Forget the kernel's process, whose number may soon be another's."""
        with self._lock:
            self._kernel_pid = None

    def cancel(self) -> None:
        """Cancel the execution; its kernel is killed with all that it started."""
        with self._lock:
            self._cancelled = True
            self._kill()

    def kill_kernel(self) -> None:
        """Kill the kernel with all that it started."""
        with self._lock:
            self._kill()

    @property
    def cancelled(self) -> bool:
        """Whether the execution was cancelled."""
        return self._cancelled

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` after a cancel."""
        if self._cancelled:
            raise Cancelled

    def write(self, text: str) -> None:
        """Append what the notebook printed to the log."""
        if self.log is not None:
            self.log.write(text)
            self.log.flush()

    def note(self, text: str) -> None:
        """Append a line of the execution's own to the log."""
        self.write(f"[{now().isoformat(timespec='milliseconds')}] {text}\n")

    def _kill(self) -> None:
        if self._kernel_pid is None:
            return
        try:
            os.killpg(self._kernel_pid, signal.SIGKILL)
        except ProcessLookupError:
            self._kernel_pid = None
