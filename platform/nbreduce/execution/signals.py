"""Work that signals cancel."""

import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Thread
from types import FrameType
from typing import TypeVar

Result = TypeVar("Result")


def cancelled_by_signals(
    work: Callable[[], Result],
    cancel: Callable[[], None],
    signals: Sequence[signal.Signals] = (signal.SIGINT, signal.SIGTERM),
) -> Result:
    """Do work, and let signals to this process cancel it; return what it returns, raise what it raises.

    It is done in a thread, where nbclient leaves the handlers of signals alone, and where no lock is held by what
    cancels. Only the main thread can ask for it.

    Parameters
    ----------
    cancel:
        Makes the work end soon; it may be called more than once.
    """
    future: Future[Result] = Future()

    def perform() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        cancel()

    before = {each: signal.signal(each, on_signal) for each in signals}
    try:
        worker = Thread(target=perform, name="work")
        worker.start()
        worker.join()
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    return future.result()
