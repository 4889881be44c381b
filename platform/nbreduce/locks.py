"""Locks on files, which end with the process that holds them."""

import fcntl
from time import monotonic, sleep
from typing import IO, Any

_PATIENCE = 0.5


def take_lock(stream: IO[Any]) -> None:
    """Take the lock of a file; raise `OSError` where another process keeps it.

    Who only looks whether it is held has it for a moment too.
    """
    until = monotonic() + _PATIENCE
    while True:
        try:
            return fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if monotonic() > until:
                raise
        sleep(0.01)
