"""The ledger: how changes of reductions are written down, in the archive first and then in the catalogue."""

import logging
from contextlib import suppress
from datetime import timedelta

from nbreduce.archive.records import RecordError
from nbreduce.archive.store import Archive
from nbreduce.catalogue import events, reductions
from nbreduce.catalogue.core import Catalogue, CatalogueUnavailable
from nbreduce.config import ExecutionConfig
from nbreduce.domain.errors import NbreduceError, Unavailable
from nbreduce.domain.events import EventKind
from nbreduce.domain.model import Values, now
from nbreduce.domain.reduction import (
    Outcome,
    Reduction,
    Run,
    ended_by,
    ended_unexecuted,
    handed_back,
)
from nbreduce.domain.states import FailureKind, State
from nbreduce.execution.order import CellProgress, Started, WorkOrder
from nbreduce.execution.orders import Orders

log = logging.getLogger(__name__)

STOPPED = "the service was stopped"

_MAX_DELAY = 60.0
_MAX_DOUBLINGS = 16
# Attempts after which a result that cannot be kept, by an archive that can be written, is not tried again.
_MAX_BLOCKED = 10


class Ledger:
    """Writes down how reductions go.

    What the catalogue says has ended is in the archive before. Each method can be called again after `Unavailable`.
    """

    def __init__(
        self, catalogue: Catalogue, archive: Archive, orders: Orders, config: ExecutionConfig
    ) -> None:
        self.catalogue = catalogue
        self.archive = archive
        self.orders = orders
        self.config = config

    def change(self, reduction: Reduction) -> None:
        """Bring a reduction to its new state in the catalogue."""
        with self.catalogue.write() as session:
            reductions.change_reduction(session, reduction)

    def started(self, reduction: Reduction, word: Started) -> Reduction:
        """Write down that a worker began."""
        last = reduction.attempts[-1].model_copy(
            update={"started": word.time, "worker": word.worker}
        )
        attempts = (*reduction.attempts[:-1], last)
        changes = {"state": State.RUNNING, "started": word.time, "attempts": attempts}
        running = reduction.model_copy(update=changes)
        self.change(running)
        return running

    def progress(self, order: WorkOrder, word: CellProgress) -> None:
        """Write down where an attempt stands."""
        data = word.model_dump(mode="json", exclude={"key"})
        with self.catalogue.write() as session:
            events.add_event(
                session, EventKind.PROGRESS, now(), data, order.run.id, order.reduction.id
            )

    def ended(self, run: Run, reduction: Reduction) -> None:
        """Write down the end of a reduction that is in the archive."""
        if reduction.state is State.SUCCEEDED:
            self.archive.point_latest(run, reduction)
        self.change(reduction)
        log.info("%s %s %s", reduction.name, reduction.state, reduction.reason)

    def end_unexecuted(self, run: Run, reduction: Reduction) -> None:
        """Put a reduction that ended without a kernel into the archive, and write its end down."""
        self.orders.record_unexecuted(run, reduction)
        self.ended(run, reduction)

    def give_up(
        self,
        run: Run,
        reduction: Reduction,
        reason: str,
        failure: FailureKind | None,
        cancelled: str | None = None,
    ) -> None:
        """Give up a reduction's newest attempt, unless its result is in the archive already.

        Parameters
        ----------
        failure:
            Whose fault it was; None where it was not the attempt's.
        cancelled:
            Why the reduction shall end now, where someone asked for that.
        """
        try:
            record = self.archive.withdraw(run, reduction)
            if record is not None:
                self.ended(run, record.reduction)
            else:
                self._hand_back(run, reduction, reason, failure, cancelled)
        except Unavailable:
            raise
        except Exception as error:
            self.end_unrecorded(reduction, error)

    def end_unrecorded(self, reduction: Reduction, error: Exception) -> None:
        """Fail a reduction of which the archive can hold no record: its template is gone, or its place is taken.

        Whatever the error is: one reduction that nothing can be done with keeps no other one waiting.
        """
        expected = isinstance(error, NbreduceError)
        told = str(error) if expected else f"{type(error).__name__}: {error}"
        words, kind, time = f"cannot be recorded: {told}", FailureKind.ENVIRONMENT_ERROR, now()
        if reduction.state is State.QUEUED:
            ended = ended_unexecuted(reduction, State.FAILED, time, words, kind)
        else:
            last = reduction.attempts[-1]
            outcome = Outcome(
                state=State.FAILED,
                failure=kind,
                reason=words,
                worker=last.worker,
                started=last.started or time,
                ended=time,
            )
            ended = ended_by(reduction, outcome)
        self.change(ended)
        log.error("%s failed: %s", reduction.name, words, exc_info=None if expected else error)

    def warn(self, words: str) -> None:
        """Tell people of something that is about no run."""
        log.warning(words)
        data: Values = {"source": "storage", "message": words}
        # Where it is the catalogue that is away, the log has the words.
        with suppress(CatalogueUnavailable), self.catalogue.write() as session:
            events.add_event(session, EventKind.WARNING, now(), data)

    def _hand_back(
        self,
        run: Run,
        reduction: Reduction,
        reason: str,
        failure: FailureKind | None,
        cancelled: str | None,
    ) -> None:
        """Queue a reduction again; end it where it was cancelled meanwhile, or failed too often."""
        not_before = now() + self._delay(len(reduction.attempts))
        back = handed_back(reduction, now(), reason, failure, not_before)
        failures = sum(attempt.failure is not None for attempt in back.attempts)
        if cancelled is not None:
            self.end_unexecuted(run, ended_unexecuted(back, State.CANCELLED, now(), cancelled))
        elif failure is not None and failures >= self.config.max_attempts:
            words = f"given up after {failures} attempts; the last: {reason}"
            self.end_unexecuted(run, ended_unexecuted(back, State.FAILED, now(), words, failure))
        elif reason != STOPPED and _times(back, reason) >= _MAX_BLOCKED:
            raise RecordError(f"given up after {_MAX_BLOCKED} attempts; the last: {reason}")
        else:
            self.change(back)
            log.warning("%s: %s; back in the queue", reduction.name, reason)

    def _delay(self, attempts: int) -> timedelta:
        """Return how long to wait before the next attempt, after so many."""
        doublings = min(attempts - 1, _MAX_DOUBLINGS)
        return timedelta(seconds=min(self.config.retry_delay * 2.0**doublings, _MAX_DELAY))


def _times(reduction: Reduction, reason: str) -> int:
    """Count the attempts that were given up for one reason."""
    return sum(attempt.reason == reason for attempt in reduction.attempts)
