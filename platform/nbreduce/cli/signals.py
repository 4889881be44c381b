"""What a command does when it is asked to end."""

import signal
from _thread import start_new_thread
from collections.abc import Callable


def on_request_to_end(deed: Callable[[], object]) -> None:
    """Do something on SIGTERM and on Ctrl-C.

    In a thread of its own: a handler interrupts the main thread anywhere, and so also where that holds the lock which
    the deed wants, as `Event.wait` does for a moment that `Event.set` would then wait for without end.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        # Not `Thread.start`, which takes locks itself.
        signal.signal(number, lambda *_: start_new_thread(deed, ()))
