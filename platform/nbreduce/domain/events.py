"""Events: the journal that people and other systems follow."""

from collections.abc import Iterator
from enum import StrEnum

from nbreduce.domain.model import Model, Time, Values
from nbreduce.domain.reduction import Attempt, Reduction
from nbreduce.domain.states import ENDED, State


class EventKind(StrEnum):
    """What an event is about."""

    RUN = "run"
    STATE = "state"
    PROGRESS = "progress"
    WARNING = "warning"
    REQUEST = "request"


class Event(Model):
    """Something that happened. Ids only grow, so a follower goes on from the last one it saw."""

    id: int
    time: Time
    kind: EventKind
    run_id: int | None = None
    reduction_id: int | None = None
    data: Values


class StateChange(Model):
    """A reduction's change of state."""

    time: Time
    state: State
    attempt: int = 0
    failure: str | None = None
    reason: str = ""

    def data(self) -> Values:
        """Return what the event holds beside its time."""
        return self.model_dump(mode="json", exclude={"time"})


def timeline(reduction: Reduction) -> Iterator[StateChange]:
    """Tell a reduction's changes of state from its own fields, oldest first.

    The events of a reduction in the catalogue are these, whether it was followed as it happened or rebuilt from the
    archive.
    """
    yield StateChange(time=reduction.queued, state=State.QUEUED)
    for attempt in reduction.attempts:
        yield from _attempt_changes(attempt)
    last = reduction.attempts[-1].outcome if reduction.attempts else ""
    if reduction.state in ENDED and reduction.ended is not None and last != reduction.state:
        yield StateChange(
            time=reduction.ended,
            state=reduction.state,
            failure=reduction.failure,
            reason=reduction.reason,
        )


def _attempt_changes(attempt: Attempt) -> Iterator[StateChange]:
    yield StateChange(time=attempt.submitted, state=State.STARTING, attempt=attempt.number)
    if attempt.started is not None:
        yield StateChange(time=attempt.started, state=State.RUNNING, attempt=attempt.number)
    if attempt.ended is not None:
        yield StateChange(
            time=attempt.ended,
            state=State(attempt.outcome),
            attempt=attempt.number,
            failure=attempt.failure,
            reason=attempt.reason,
        )
