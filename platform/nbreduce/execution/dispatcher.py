"""The dispatcher: the only writer of reduction states once they are queued."""

import logging
import queue
from collections.abc import Iterator
from threading import Event
from time import monotonic
from typing import Protocol

from nbreduce.archive.store import Archive
from nbreduce.catalogue import reductions, runs
from nbreduce.catalogue.core import Catalogue
from nbreduce.config import Config
from nbreduce.domain.errors import Unavailable
from nbreduce.domain.model import now
from nbreduce.domain.reduction import Attempt, Reduction, Run, ended_by, ended_unexecuted
from nbreduce.domain.states import FailureKind, State
from nbreduce.execution.executor import Blocked, Finished, Lost, Message
from nbreduce.execution.ledger import STOPPED, Ledger
from nbreduce.execution.order import CellProgress, Started, WorkOrder
from nbreduce.execution.orders import Orders
from nbreduce.execution.watch import StorageWatch

log = logging.getLogger(__name__)

_TICK = 0.2


class Executor(Protocol):
    """What the dispatcher needs of an executor."""

    slots: int

    def submit(self, order: WorkOrder) -> None:
        """Give an order to a worker."""

    def cancel(self, key: str) -> None:
        """End an attempt that was started."""

    def take_back(self, key: str) -> None:
        """Keep an attempt from being started."""


class Dispatcher:
    """Starts queued reductions, and writes down how they go.

    Parameters
    ----------
    catalogue, archive, config:
        Of the workspace.
    orders:
        Makes work orders.
    inbox:
        Messages of the executor; None only wakes the dispatcher.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        archive: Archive,
        config: Config,
        orders: Orders,
        executor: Executor,
        inbox: "queue.SimpleQueue[Message | None]",
    ) -> None:
        self.catalogue = catalogue
        self.archive = archive
        self.orders = orders
        self.ledger = Ledger(catalogue, archive, orders, config.execution)
        self.executor = executor
        self.inbox = inbox
        self.active: dict[str, WorkOrder] = {}
        self.watch = StorageWatch((archive.probe, catalogue.probe), self.ledger.warn)
        self._deferred: list[Message] = []
        self._cancelled: dict[str, str] = {}

    def wake(self) -> None:
        """Let the dispatcher look at the queue now."""
        self.inbox.put(None)

    def recover(self) -> None:
        """Take over what an earlier service left: adopt what its workers finished, queue the rest again.

        Raises
        ------
        ArchiveUnavailable
            The archive cannot be reached.
        """
        with self.catalogue.read() as session:
            left = [
                (reduction, runs.get_run(session, reduction.run_id))
                for reduction in reductions.active_reductions(session)
            ]
        for reduction, run in left:
            reason = "the service ended while it ran"
            self.ledger.give_up(run, reduction, reason, FailureKind.WORKER_LOST)
        self.archive.clear_stagings()

    def run(self, stop: Event) -> None:
        """Dispatch until `stop` is set."""
        while not stop.is_set():
            self.step()

    def step(self) -> None:
        """Take what messages there are, waiting a little for the first, then start what can be started."""
        for message in [*self._take_deferred(), *self._messages(_TICK)]:
            self._take_safely(message)
        self._fill()

    def drain(self, grace: float) -> None:
        """Let running reductions end within a time, in s; hand back those that do not."""
        deadline = monotonic() + grace
        while self.active and monotonic() < deadline:
            for message in self._messages(min(_TICK, max(deadline - monotonic(), 0))):
                self._take_safely(message)
        for order in list(self.active.values()):
            try:
                self._give_up(order, STOPPED, None)
            except Unavailable as error:
                log.warning("%s is left for the next start: %s", order.key, error)
            self._end_attempt(order)

    def cancel(self, reduction: Reduction, run: Run, reason: str) -> None:
        """Cancel a reduction that has not ended.

        Raises
        ------
        ArchiveUnavailable
            It is queued, and the archive cannot take its record.
        """
        if reduction.state is State.QUEUED:
            ended = ended_unexecuted(reduction, State.CANCELLED, now(), reason)
            self._end_unexecuted(run, reduction, ended)
            return
        for order in self.active.values():
            if order.reduction.id == reduction.id:
                self._cancelled[order.key] = reason
                self._end_attempt(order)

    def _end_unexecuted(self, run: Run, reduction: Reduction, ended: Reduction) -> None:
        try:
            self.ledger.end_unexecuted(run, ended)
        except Unavailable:
            raise
        except Exception as error:
            self.ledger.end_unrecorded(reduction, error)

    def _end_attempt(self, order: WorkOrder) -> None:
        self.executor.cancel(order.key)
        if order.reduction.state is not State.RUNNING:
            self.executor.take_back(order.key)

    def _messages(self, wait: float) -> Iterator[Message]:
        try:
            message = self.inbox.get(timeout=wait)
            while True:
                if message is not None:
                    yield message
                message = self.inbox.get_nowait()
        except queue.Empty:
            return

    def _take_deferred(self) -> list[Message]:
        """Return messages that could not be acted upon, once the archive is back."""
        if not self._deferred or not self.watch.ready():
            return []
        deferred, self._deferred = self._deferred, []
        return deferred

    def _take_safely(self, message: Message) -> None:
        try:
            self._take(message)
        except Unavailable as error:
            self._deferred.append(message)
            self.watch.met(str(error))

    def _take(self, message: Message) -> None:
        order = self.active.get(message.key)
        if order is None:
            log.info(
                "%s: a late word of an attempt that was given up (%s)",
                message.key,
                type(message).__name__,
            )
            return
        match message:
            case Started():
                running = self.ledger.started(order.reduction, message)
                self.active[order.key] = order.model_copy(update={"reduction": running})
            case CellProgress():
                self.ledger.progress(order, message)
            case Finished():
                self.ledger.ended(order.run, ended_by(order.reduction, message.outcome))
                self._forget(order)
            case Blocked():
                self.watch.met(message.reason)
                self._give_up(order, message.reason, None)
            case Lost():
                self._give_up(order, message.reason, FailureKind.WORKER_LOST)

    def _give_up(self, order: WorkOrder, reason: str, failure: FailureKind | None) -> None:
        cancelled = self._cancelled.get(order.key)
        self.ledger.give_up(order.run, order.reduction, reason, failure, cancelled)
        # Only now: where the archive was away, the same message is taken once more.
        self._forget(order)

    def _forget(self, order: WorkOrder) -> None:
        self.active.pop(order.key, None)
        self._cancelled.pop(order.key, None)

    def _fill(self) -> None:
        free = self.executor.slots - len(self.active)
        if free <= 0:
            return
        with self.catalogue.read() as session:
            due = reductions.queued_reductions(session, now(), free)
            found = [(reduction, runs.get_run(session, reduction.run_id)) for reduction in due]
        if found and self.watch.ready():
            try:
                for reduction, run in found:
                    self._start_safely(reduction, run)
            except Unavailable as error:
                self.watch.met(str(error))

    def _start_safely(self, reduction: Reduction, run: Run) -> None:
        try:
            self._start(reduction, run)
        except Unavailable:
            raise
        except Exception as error:
            self.ledger.end_unrecorded(reduction, error)

    def _start(self, reduction: Reduction, run: Run) -> None:
        attempt = Attempt(number=len(reduction.attempts) + 1, submitted=now())
        starting = reduction.model_copy(
            update={
                "state": State.STARTING,
                "reason": "",
                "not_before": None,
                "attempts": (*reduction.attempts, attempt),
            }
        )
        order = self.orders.make(run, starting)
        self.ledger.change(starting)
        self.active[order.key] = order
        self.executor.submit(order)
