"""Work that blocks keeps work of its own kind waiting, and no other."""

import asyncio
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from threading import Event

import pytest

from nbreduce.domain.errors import NotFound, Unavailable
from nbreduce.server.context import ServerContext
from nbreduce.server.threads import Threads
from support.loops import run

PATIENCE = 30.0


@pytest.fixture
def hung() -> Iterator[Event]:
    """What a slow file system waits for."""
    event = Event()
    yield event
    event.set()


def test_results_errors_and_variables_come_through() -> None:
    variable: ContextVar[str] = ContextVar("variable", default="")

    async def live() -> None:
        threads = Threads(1, "test")
        variable.set("told")
        assert await threads.run(divmod, 7, 2) == (3, 1)
        assert await threads.run(variable.get) == "told"
        with pytest.raises(ZeroDivisionError):
            await threads.run(divmod, 7, 0)
        threads.close()

    run(live())


def test_operations_that_hang_keep_nobody_from_watching(tmp_path: Path, hung: Event) -> None:
    async def live() -> None:
        context = ServerContext(tmp_path, NotFound("none"))
        asked = [asyncio.create_task(context.operations.run(hung.wait)) for _ in range(100)]
        await asyncio.sleep(0)
        async with asyncio.timeout(PATIENCE):
            assert await context.watches.run(str, 7) == "7"
            told: list[object] = []
            context.feed.follow(told.append, None)
            while not told:
                await asyncio.sleep(0.01)
            # What hangs is not waited for, and what waits is given up.
            await context.close()
            hung.set()
            ended = await asyncio.gather(*asked, return_exceptions=True)
        assert {type(one) for one in ended} == {bool, asyncio.CancelledError}

    run(live())


def test_once_closed_nothing_begins() -> None:
    async def live() -> None:
        threads = Threads(1, "test")
        threads.close()
        with pytest.raises(Unavailable, match="about to stop"):
            await threads.run(str, 7)

    run(live())
