"""The private folder on whose locks a kernel's life hangs; `nbreduce_kernel._lifeline` is the kernel's side of it."""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from time import monotonic, sleep
from typing import Literal

from nbreduce_kernel import _lifeline

Role = Literal["keeper", "adopter"]

_PATIENCE = 1.0
_LOOK_AGAIN = 0.01


class Lease:
    """A kernel's folder: its sockets, its connection file, and a lock for each role that can hold the kernel.

    The kernel ends, and takes the folder with it, once no process holds any of the locks.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._held: dict[Role, int] = {}

    @classmethod
    def make(cls, role: Role) -> "Lease":
        """Make a lease, held in a role from the start."""
        lease = cls(Path(tempfile.mkdtemp(prefix="nbreduce-")))
        for name in _lifeline.ROLES:
            (lease.folder / name).touch(mode=0o600)
        lease.hold(role)
        return lease

    @property
    def connection_file(self) -> Path:
        """Where the kernel's addresses and key stand."""
        return self.folder / "connection.json"

    @property
    def sockets(self) -> Path:
        """What the names of its sockets begin with."""
        return self.folder / "k"

    def hold(self, role: Role, patience: float = _PATIENCE) -> bool:
        """Take the lock of a role; say whether it could be had.

        The kernel itself may have it for an instant, while it looks whether it is abandoned.
        """
        try:
            descriptor = os.open(self.folder / role, os.O_RDWR)
        except FileNotFoundError:
            return False
        deadline = monotonic() + patience
        while not _lock(descriptor):
            if monotonic() > deadline:
                os.close(descriptor)
                return False
            sleep(_LOOK_AGAIN)
        self._held[role] = descriptor
        return True

    def release(self) -> None:
        """Hold the lease no more."""
        while self._held:
            os.close(self._held.popitem()[1])

    def remove(self) -> None:
        """Take the folder away, once the kernel has ended."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.release()


def _lock(descriptor: int) -> bool:
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
