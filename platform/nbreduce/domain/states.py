"""The state machine of a reduction, and the kinds of failure."""

from enum import StrEnum


class State(StrEnum):
    """Where a reduction stands."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


class FailureKind(StrEnum):
    """Why a reduction failed."""

    INPUT_ERROR = "input_error"
    ENVIRONMENT_ERROR = "environment_error"
    CELL_ERROR = "cell_error"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    KERNEL_DIED = "kernel_died"
    WORKER_LOST = "worker_lost"


ENDED = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED, State.SKIPPED})
ACTIVE = frozenset({State.STARTING, State.RUNNING})

_ALLOWED: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.STARTING, State.FAILED, State.CANCELLED, State.SKIPPED}),
    State.STARTING: frozenset({State.RUNNING, State.QUEUED, State.FAILED, State.CANCELLED}),
    State.RUNNING: frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED, State.QUEUED}),
    **{state: frozenset() for state in ENDED},
}


class IllegalTransition(Exception):
    """A change of state that the state machine does not have: a defect of the platform, never of a run."""

    def __init__(self, current: State, new: State) -> None:
        super().__init__(f"a {current} reduction cannot become {new}")


def allowed(current: State, new: State) -> bool:
    """Say whether a reduction may go from one state to the other."""
    return new in _ALLOWED[current]


def check_transition(current: State, new: State) -> None:
    """Raise `IllegalTransition` unless a reduction may go from one state to the other."""
    if not allowed(current, new):
        raise IllegalTransition(current, new)
