"""Waiting for something, never longer than is said."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 60.0


def wait_for(look: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
    """Look until there is something; fail with words where there is nothing in time."""
    deadline = time.monotonic() + patience
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {patience:g} s: {what}")
        time.sleep(0.03)
    return found
