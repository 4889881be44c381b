"""What Linux tells of a process that may be nobody's child any more."""

import os
import re
import select
import signal
from pathlib import Path
from subprocess import TimeoutExpired
from time import monotonic, sleep

_PROC = Path("/proc")
_UNKNOWN_EXIT = 1
_AVAILABLE = re.compile(r"^MemAvailable:\s+(\d+) kB$", re.MULTILINE)


class StrangerProcess:
    """A process that is not a child of this one, by what `subprocess.Popen` offers of its children.

    Held by a descriptor of its own, so that the number of one that has ended is never taken for it.

    Parameters
    ----------
    pid, started:
        Number of the process, and when it was started, in ticks since this machine was.

    Raises
    ------
    ProcessLookupError
        It has ended.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, started: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._descriptor = os.pidfd_open(pid)
        if start_of(pid) != started:
            os.close(self._descriptor)
            raise ProcessLookupError(f"process {pid} has ended")

    def poll(self) -> int | None:
        """Return None while it runs; how it ended is told to its parent only."""
        if self.returncode is None:
            waiter = select.poll()
            waiter.register(self._descriptor, select.POLLIN)
            if waiter.poll(0):
                self.returncode = _UNKNOWN_EXIT
                os.close(self._descriptor)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it ends."""
        deadline = None if timeout is None else monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and monotonic() > deadline:
                raise TimeoutExpired(f"process {self.pid}", timeout or 0.0)
            sleep(0.02)
        return code

    def let_go(self) -> None:
        """Hold it no more, and leave it as it is."""
        if self.returncode is None:
            os.close(self._descriptor)

    def send_signal(self, number: int) -> None:
        """Send a signal to it, with all that it started; nothing is done once it has ended."""
        if self.poll() is None:
            os.killpg(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def start_of(pid: int) -> int | None:
    """Return when a process was started, in ticks since this machine was; None where it has ended."""
    fields = _fields_of(_PROC / str(pid))
    return None if fields is None or fields[0] in "ZX" else int(fields[19])


def companions_of(pid: int) -> list[int]:
    """Return the other living processes of the session that a process leads: what it has started."""
    found = []
    for folder in _PROC.glob("[0-9]*"):
        fields = _fields_of(folder)
        if fields and int(fields[3]) == pid and fields[0] not in "ZX" and folder.name != str(pid):
            found.append(int(folder.name))
    return found


def files_in_writing(pid: int, folder: Path) -> list[Path]:
    """Return the files in a folder that a process still writes: open for writing, or mapped so.

    Raises
    ------
    OSError
        The process has ended, or is another user's.
    """
    own = _PROC / str(pid)
    found = {path for path in map(_opened_for_writing, (own / "fd").iterdir()) if path is not None}
    for line in (own / "maps").read_text(errors="replace").splitlines():
        parts = line.split(maxsplit=5)
        if len(parts) == 6 and parts[1].startswith("rw") and parts[1].endswith("s"):
            found.add(Path(parts[5]))
    root = folder.resolve()
    return sorted(path for path in found if path.is_relative_to(root))


def available_memory() -> float:
    """Return the memory in bytes that this machine can give to new processes without swapping."""
    found = _AVAILABLE.search((_PROC / "meminfo").read_text())
    return float("inf") if found is None else int(found[1]) * 1024.0


def _fields_of(folder: Path) -> list[str] | None:
    """Return what stands in a process's `stat` after its name."""
    try:
        return (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _opened_for_writing(descriptor: Path) -> Path | None:
    try:
        target = descriptor.readlink()
        info = (descriptor.parents[1] / "fdinfo" / descriptor.name).read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    flags = int(info.split("flags:")[1].split()[0], 8)
    return None if flags & os.O_ACCMODE == os.O_RDONLY else target
