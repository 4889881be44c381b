"""Threads in which blocking work waits, so that the server's loop does not."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

from nbreduce.domain.errors import Unavailable

P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """A few threads for one kind of work. What is slow there keeps no other kind waiting.

    Parameters
    ----------
    most:
        How many there are at most; what comes then waits for one of them.
    """

    def __init__(self, most: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(most, f"nbreduce-{name}")
        self._closed = False

    async def run(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Do work in one of the threads; return its result.

        Raises
        ------
        Unavailable
            The threads are closed.
        """
        if self._closed:
            raise Unavailable("this Jupyter server is about to stop", "Start it again")
        told = partial(copy_context().run, work, *arguments, **named)
        return await asyncio.get_running_loop().run_in_executor(self._pool, told)

    def close(self) -> None:
        """Begin nothing more. What is at work is not waited for, except by Python when the process ends."""
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)
