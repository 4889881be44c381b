"""Whether any process has a file open for writing: asked of the kernel by a read lease.

Linux grants a read lease (`F_SETLEASE` with `F_RDLCK`, fcntl(2)) only while nobody has the file open for writing. That
is a proof on filesystems that this machine alone writes to; on network and FUSE mounts it says nothing of other
machines.
"""

import fcntl
import os
import re
import signal
from collections.abc import Iterable
from pathlib import Path

LOCAL_FILESYSTEMS = frozenset({"ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "tmpfs", "ramfs"})
MOUNTINFO = Path("/proc/self/mountinfo")

_OCTAL = re.compile(rb"\\([0-7]{3})")


def has_no_writer(descriptor: int) -> bool:
    """Whether it is certain that no process has a file open for writing.

    False where there is a writer, and wherever it can't be known: no local filesystem, a file of another user, no
    leases here.

    Parameters
    ----------
    descriptor:
        The file, opened for reading only.
    """
    if (
        filesystem(Path(f"/proc/self/fd/{descriptor}").resolve(), _mounts())
        not in LOCAL_FILESYSTEMS
    ):
        return False
    try:
        # Whoever opens the file for writing while the lease is held makes the kernel signal this process; the usual
        # SIGIO would end it, SIGURG is ignored by default.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError:
        return False
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return True


def filesystem(path: Path, mounts: Iterable[tuple[bytes, str]]) -> str:
    """Return the type of the filesystem that holds a path, "" where it is not known.

    Parameters
    ----------
    path:
        Absolute, without symbolic links.
    mounts:
        Mount points and types in the order in which they were mounted.
    """
    parts = os.fsencode(path)
    found, longest = "", -1
    for point, kind in mounts:
        inside = parts == point or parts.startswith(point.rstrip(b"/") + b"/")
        if inside and len(point) >= longest:
            found, longest = kind, len(point)
    return found


def parse_mountinfo(text: bytes) -> list[tuple[bytes, str]]:
    """Read mount points and filesystem types from the text of ``/proc/self/mountinfo`` (proc_pid_mountinfo(5))."""
    mounts = []
    for line in text.splitlines():
        before, dash, after = line.partition(b" - ")
        fields = before.split()
        if dash and len(fields) > 4 and after:
            point = _OCTAL.sub(lambda match: bytes([int(match[1], 8)]), fields[4])
            mounts.append((point, after.split()[0].decode("ascii", "replace")))
    return mounts


def _mounts() -> list[tuple[bytes, str]]:
    try:
        return parse_mountinfo(MOUNTINFO.read_bytes())
    except OSError:
        return []
