"""Work that signals cancel."""

import os
import signal
from threading import Event

import pytest

from nbreduce.execution.signals import cancelled_by_signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels_and_what_handled_it_before_does_so_again(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    cancelled = Event()

    def work() -> str:
        os.kill(os.getpid(), number)
        return "cancelled" if cancelled.wait(10) else "done"

    assert cancelled_by_signals(work, cancelled.set) == "cancelled"
    assert signal.getsignal(number) is before


def test_what_work_raises_is_raised() -> None:
    def work() -> None:
        raise ValueError("no peak")

    with pytest.raises(ValueError, match="no peak"):
        cancelled_by_signals(work, lambda: None)
