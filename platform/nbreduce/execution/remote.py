"""What runs inside a Dask worker's process: orders in, progress out, cancels in between.

Loaded as a Dask preload, so that a worker has its imports done before the first order comes.
"""

import signal
from collections import deque
from threading import Lock
from typing import Any

from distributed import get_worker

from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.model import now
from nbreduce.domain.reduction import Outcome
from nbreduce.domain.states import State
from nbreduce.execution.order import CellProgress, Started, WorkOrder
from nbreduce.execution.session import Progress, Session
from nbreduce.execution.worker import perform, worker_name
from nbreduce.kernels.keeper import Keeper
from nbreduce.kernels.running import end

TOPIC = "nbreduce"

_sessions: dict[str, Session] = {}
# Orders that were cancelled before they came here, or that are another worker's.
_cancelled: deque[str] = deque(maxlen=1000)
_lock = Lock()
_keeper = Keeper()


def dask_setup(_worker: Any) -> None:
    """Leave Ctrl-C in a terminal to the service, which decides what becomes of running reductions."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def dask_teardown(_worker: Any) -> None:
    """Let kept kernels go with the worker that keeps them."""
    _keeper.close()


def run_order(order: WorkOrder) -> Outcome | NbreduceError:
    """Perform an order, telling the service how it goes.

    What keeps the result from being kept is told as a value: of what is raised, Dask prints traceback and order.
    """
    worker = get_worker()

    def tell(word: Started | CellProgress) -> None:
        # As text: Dask adds keys of its own to a dict.
        worker.log_event(TOPIC, word.model_dump_json())

    def progressed(progress: Progress) -> None:
        tell(CellProgress(key=order.key, **vars(progress)))

    session = Session(on_progress=progressed, may_keep_kernel=order.keep is not None)
    with _lock:
        _sessions[order.key] = session
        if order.key in _cancelled:
            session.cancel()
    started = now()
    tell(Started(key=order.key, time=started, worker=worker_name()))
    try:
        outcome = perform(order, session, started)
        _keep_kernel(order, session, outcome)
        return outcome
    except NbreduceError as error:
        return error
    finally:
        with _lock:
            del _sessions[order.key]
        if session.kernel is not None:
            end([session.kernel])


def _keep_kernel(order: WorkOrder, session: Session, outcome: Outcome) -> None:
    """Keep the kernel of a reduction that ended by itself; its result is in the archive already."""
    if session.kernel is None or order.keep is None or outcome.state is State.CANCELLED:
        return
    if _keeper.take(order.reduction.name, session.kernel, order.keep):
        session.kernel = None


async def cancel_order(key: str) -> None:
    """Cancel an order that runs in this process, or will at once.

    A coroutine, since Dask takes nothing else for calls that it does not wait for.
    """
    with _lock:
        session = _sessions.get(key)
        if session is None:
            _cancelled.append(key)
    if session is not None:
        session.cancel()
