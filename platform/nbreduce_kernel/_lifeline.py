"""Ends a kernel that nobody holds any more.

Loaded as an IPython extension by kernels that may outlive the process that started them. Such a kernel has a lease: a
private folder with a lock file for each role that can hold it. The locks go with the processes that have them, however
these end, so nothing has to be renewed and nothing can be forgotten. Once all are free the kernel takes them itself, so
that nobody can adopt it while it ends.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import sys
import threading
import time
from typing import Any

VARIABLE = "NBREDUCE_LEASE"
# The keeper first: while it holds the lease, nobody else's lock is touched.
ROLES = ("keeper", "adopter")
PERIOD = 1.0


def load_ipython_extension(_shell: Any) -> None:
    """Begin to watch the lease that the environment names."""
    folder = os.environ.pop(VARIABLE, None)
    if folder is not None:
        threading.Thread(target=_watch, args=(folder,), name="lifeline", daemon=True).start()


def abandoned(folder: str) -> bool:
    """Say whether nobody holds a lease; if so, nobody can take it as long as this process lives.

    Record locks, since those of `flock` would be shared with whatever this process forks.
    """
    taken: list[int] = []
    for role in ROLES:
        try:
            descriptor = os.open(os.path.join(folder, role), os.O_RDWR)  # noqa: PTH118
        except FileNotFoundError:
            continue
        taken.append(descriptor)
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            for one in taken:
                os.close(one)
            return False
    return True


def leave(path: str) -> None:
    """Let go of a file that this process's output goes to: what it says from now on goes nowhere."""
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            stream.flush()
    wanted = os.stat(path)  # noqa: PTH116
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        for name in os.listdir("/proc/self/fd"):  # noqa: PTH208
            descriptor = int(name)
            try:
                found = os.fstat(descriptor)
            except OSError:  # that of the listing itself
                continue
            if (found.st_dev, found.st_ino) == (wanted.st_dev, wanted.st_ino):
                os.dup2(nowhere.fileno(), descriptor, os.get_inheritable(descriptor))


def _watch(folder: str) -> None:
    while not abandoned(folder):
        time.sleep(PERIOD)
    shutil.rmtree(folder, ignore_errors=True)
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
