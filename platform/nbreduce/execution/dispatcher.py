"""The dispatcher: the only writer of reduction states once they are queued."""

import logging
import queue
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from threading import Event
from time import monotonic
from typing import Protocol

from nbreduce.archive.store import Archive
from nbreduce.catalogue import events, reductions, runs
from nbreduce.catalogue.core import Catalogue, CatalogueUnavailable
from nbreduce.config import Config
from nbreduce.domain.errors import NbreduceError, Unavailable
from nbreduce.domain.events import EventKind
from nbreduce.domain.model import Values, now
from nbreduce.domain.reduction import (
    Attempt,
    Outcome,
    Reduction,
    Run,
    ended_by,
    ended_unexecuted,
    handed_back,
)
from nbreduce.domain.states import FailureKind, State
from nbreduce.execution.executor import Blocked, Finished, Lost, Message
from nbreduce.execution.order import CellProgress, Started, WorkOrder
from nbreduce.execution.orders import Orders
from nbreduce.execution.watch import StorageWatch

log = logging.getLogger(__name__)

_TICK = 0.2
_MAX_DELAY = 60.0


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
        self.config = config
        self.orders = orders
        self.executor = executor
        self.inbox = inbox
        self.active: dict[str, WorkOrder] = {}
        self.watch = StorageWatch((archive.probe, catalogue.probe), self._warn)
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
            self._give_up(run, reduction, "the service ended while it ran", FailureKind.WORKER_LOST)
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
                self._give_up(order.run, order.reduction, "the service was stopped", None)
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
            self._end_unexecuted(run, ended_unexecuted(reduction, State.CANCELLED, now(), reason))
            return
        for order in self.active.values():
            if order.reduction.id == reduction.id:
                self._cancelled[order.key] = reason
                self._end_attempt(order)

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
                self._started(order, message)
            case CellProgress():
                self._progress(order, message)
            case Finished():
                self._finished(order, message)
            case Blocked():
                self.watch.met(message.reason)
                self._give_up(order.run, order.reduction, message.reason, None)
            case Lost():
                self._give_up(order.run, order.reduction, message.reason, FailureKind.WORKER_LOST)

    def _started(self, order: WorkOrder, message: Started) -> None:
        reduction = order.reduction
        last = reduction.attempts[-1].model_copy(
            update={"started": message.time, "worker": message.worker}
        )
        running = reduction.model_copy(
            update={
                "state": State.RUNNING,
                "started": message.time,
                "attempts": (*reduction.attempts[:-1], last),
            }
        )
        self._change(running)
        self.active[order.key] = order.model_copy(update={"reduction": running})

    def _progress(self, order: WorkOrder, message: CellProgress) -> None:
        data = message.model_dump(mode="json", exclude={"key"})
        with self.catalogue.write() as session:
            events.add_event(
                session, EventKind.PROGRESS, now(), data, order.run.id, order.reduction.id
            )

    def _finished(self, order: WorkOrder, message: Finished) -> None:
        self._publish(order.run, ended_by(order.reduction, message.outcome))
        del self.active[order.key]
        self._cancelled.pop(order.key, None)

    def _publish(self, run: Run, ended: Reduction) -> None:
        if ended.state is State.SUCCEEDED:
            self.archive.point_latest(run, ended)
        self._change(ended)
        log.info("%s %s %s", ended.name, ended.state, ended.reason)

    def _give_up(
        self, run: Run, reduction: Reduction, reason: str, failure: FailureKind | None
    ) -> None:
        """Give up an attempt, unless its result is in the archive already; queue the reduction again, or fail it."""
        try:
            record = self.archive.withdraw(run, reduction)
            if record is not None:
                self._publish(run, record.reduction)
            else:
                self._hand_back(run, reduction, reason, failure)
        except Unavailable:
            raise
        except NbreduceError as error:
            self._end_unrecorded(reduction, error)
        # Only now: where the archive was away, the same message is taken once more.
        self.active.pop(_key(reduction), None)
        self._cancelled.pop(_key(reduction), None)

    def _end_unrecorded(self, reduction: Reduction, error: NbreduceError) -> None:
        """Fail a reduction of which the archive can hold no record: its template is gone, or its place is taken."""
        words, kind, time = f"cannot be recorded: {error}", FailureKind.ENVIRONMENT_ERROR, now()
        if reduction.state is State.QUEUED:
            ended = ended_unexecuted(reduction, State.FAILED, time, words, kind)
        else:
            last = reduction.attempts[-1]
            started = last.started or time
            outcome = Outcome(
                state=State.FAILED,
                failure=kind,
                reason=words,
                worker=last.worker,
                started=started,
                ended=time,
            )
            ended = ended_by(reduction, outcome)
        self._change(ended)
        log.error("%s failed: %s", reduction.name, words)

    def _hand_back(
        self, run: Run, reduction: Reduction, reason: str, failure: FailureKind | None
    ) -> None:
        """Queue a reduction again; end it where it was cancelled meanwhile, or failed too often."""
        attempts = reduction.attempts
        not_before = now() + self._delay(len(attempts))
        back = handed_back(reduction, now(), reason, failure, not_before)
        failures = sum(attempt.failure is not None for attempt in back.attempts)
        cancelled = self._cancelled.get(_key(reduction))
        if cancelled is not None:
            ended = ended_unexecuted(back, State.CANCELLED, now(), cancelled)
            self._end_unexecuted(run, ended)
        elif failure is not None and failures >= self.config.execution.max_attempts:
            words = f"given up after {failures} attempts; the last: {reason}"
            ended = ended_unexecuted(back, State.FAILED, now(), words, failure)
            self._end_unexecuted(run, ended)
        else:
            self._change(back)
            log.warning("%s: %s; back in the queue", reduction.name, reason)

    def _delay(self, attempts: int) -> timedelta:
        seconds = self.config.execution.retry_delay * 2 ** min(attempts - 1, 60)
        return timedelta(seconds=min(seconds, _MAX_DELAY))

    def _end_unexecuted(self, run: Run, ended: Reduction) -> None:
        self.orders.record_unexecuted(run, ended)
        self._publish(run, ended)

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
        except NbreduceError as error:
            self._end_unrecorded(reduction, error)

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
        self._change(starting)
        self.active[order.key] = order
        self.executor.submit(order)

    def _change(self, reduction: Reduction) -> None:
        with self.catalogue.write() as session:
            reductions.change_reduction(session, reduction)

    def _warn(self, words: str) -> None:
        log.warning(words)
        data: Values = {"source": "storage", "message": words}
        # Where it is the catalogue that is away, the log has the words.
        with suppress(CatalogueUnavailable), self.catalogue.write() as session:
            events.add_event(session, EventKind.WARNING, now(), data)


def _key(reduction: Reduction) -> str:
    """Return the name of a reduction's newest attempt, as `WorkOrder.key`."""
    return f"{reduction.name}.{reduction.attempts[-1].number}"
