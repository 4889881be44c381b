"""Giving up root's power over permissions for a while, so that tests mean the same for every user."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

_VERSION_3 = 0x20080522
_DAC_OVERRIDE_AND_READ_SEARCH = (1 << 1) | (1 << 2)


@contextmanager
def bound_by_permissions() -> Iterator[None]:
    """Make this thread heed file permissions, whoever runs it.

    Processes that it starts regain their user's powers; `bound_command` is for them.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)()
    _check(libc.capget(header, sets))
    effective = sets[0]
    sets[0] = effective & ~_DAC_OVERRIDE_AND_READ_SEARCH
    _check(libc.capset(header, sets))
    try:
        yield
    finally:
        sets[0] = effective
        _check(libc.capset(header, sets))


def bound_command(command: list[str]) -> list[str]:
    """Return a command that runs another one so that it heeds file permissions (util-linux's setpriv, for root)."""
    if os.geteuid() != 0:
        return command
    without = "-dac_override,-dac_read_search"
    return ["setpriv", "--bounding-set", without, "--inh-caps", without, *command]


def _check(outcome: int) -> None:
    if outcome != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
