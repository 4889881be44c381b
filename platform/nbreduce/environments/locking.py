"""A lock that saves work: several processes that want the same thing let one of them make it.

The operating system holds the lock (``flock``) and drops it when its holder dies, on a network
file system too. Where the file system cannot lock, or the wait is over, the caller goes on all the
same: results are content-addressed and written atomically, so that is wasteful but never wrong.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_POLL = 0.05  # seconds
_CANNOT_LOCK = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL})


@contextmanager
def held(path: Path, wait: float) -> Iterator[bool]:
    """Hold the lock of a file while the block runs.

    Parameters
    ----------
    path : The lock file; it is made if need be and stays.
    wait : Seconds to wait for another holder.

    Yields
    ------
    bool
        False if somebody else still holds the lock. True otherwise, also where the file system
        cannot lock and others cannot be seen.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        yield _acquire(descriptor, time.monotonic() + wait)
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, deadline: float) -> bool:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL)
        except OSError as error:
            if error.errno not in _CANNOT_LOCK:
                raise
            return True
        else:
            return True
