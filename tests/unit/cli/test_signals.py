"""A command that is asked to end at the worst moment."""

import os
import signal
from collections.abc import Iterator
from threading import Event

import pytest

from nbreduce.cli.signals import on_request_to_end


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_also_where_the_main_thread_holds_the_lock_that_the_deed_wants(
    number: signal.Signals,
) -> None:
    stop = Event()
    on_request_to_end(stop.set)
    # Where `Event.wait` stands for a moment when it begins.
    with stop._cond:
        os.kill(os.getpid(), number)
    assert stop.wait(10)
