"""A reduction's timeline: whatever happens to it, what was told stays as it was told."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbreduce.domain.events import StateChange, timeline
from nbreduce.domain.reduction import Reduction, ended_by, ended_unexecuted, handed_back
from nbreduce.domain.states import FailureKind, State, check_transition
from support.making import at, make_outcome, make_reduction, started, submitted

FAILED, LOST = State.FAILED, FailureKind.WORKER_LOST


def states(reduction: Reduction) -> list[State]:
    return [change.state for change in timeline(reduction)]


def step(reduction: Reduction, choice: int, time: datetime) -> Reduction:
    """Do one of the things that the dispatcher does with a reduction in its state; nothing where it has ended."""
    match reduction.state, choice % 4:
        case State.QUEUED, 0 | 1:
            return submitted(reduction, time)
        case State.QUEUED, 2:
            return ended_unexecuted(reduction, State.CANCELLED, time, "cancelled by ada")
        case State.QUEUED, 3:
            return ended_unexecuted(reduction, FAILED, time, "given up", LOST)
        case State.STARTING, 0 | 1:
            return started(reduction, time)
        case State.STARTING, 2:
            return handed_back(reduction, time, "the service was stopped", None, time)
        case State.STARTING, 3:
            return ended_by(reduction, make_outcome(begin=time, end=time))
        case State.RUNNING, 0:
            begin = reduction.attempts[-1].started or time
            return ended_by(reduction, make_outcome(begin=begin, end=time))
        case State.RUNNING, 1:
            begin = reduction.attempts[-1].started or time
            return ended_by(reduction, make_outcome(FAILED, FailureKind.TIMEOUT, begin, time))
        case State.RUNNING, 2:
            begin = reduction.attempts[-1].started or time
            return ended_by(reduction, make_outcome(State.CANCELLED, None, begin, time))
        case State.RUNNING, 3:
            return handed_back(reduction, time, "the worker died", LOST, time)
    return reduction


@given(st.lists(st.integers(0, 3), max_size=25))
def test_the_timeline_only_grows_and_keeps_to_the_state_machine(choices: list[int]) -> None:
    reduction = make_reduction()
    told = list(timeline(reduction))
    for seconds, choice in enumerate(choices, 1):
        reduction = step(reduction, choice, at(seconds))
        now = list(timeline(reduction))
        assert now[: len(told)] == told
        for change in now[len(told) :]:
            check_transition(told[-1].state, change.state)
            told.append(change)
        assert told == now
        assert told[-1].state is reduction.state
    assert sorted(change.time for change in told) == [change.time for change in told]


def test_one_that_was_cancelled_in_the_queue_after_it_was_handed_back() -> None:
    reduction = handed_back(submitted(make_reduction(), at(1)), at(2), "stopped", None, at(2))
    ended = ended_unexecuted(reduction, State.CANCELLED, at(3), "cancelled by ada")
    assert states(ended) == [State.QUEUED, State.STARTING, State.QUEUED, State.CANCELLED]
    assert list(timeline(ended))[-1] == StateChange(
        time=at(3), state=State.CANCELLED, reason="cancelled by ada"
    )


def test_a_failure_after_the_last_attempt_tells_the_attempt_and_the_end() -> None:
    reduction = started(submitted(make_reduction(), at(1)), at(2))
    back = handed_back(reduction, at(3), "the worker died", LOST, at(3))
    ended = ended_unexecuted(back, FAILED, at(4), "given up after 1 attempts", LOST)
    assert states(ended)[-2:] == [State.QUEUED, FAILED]
    assert [change.failure for change in timeline(ended)][-2:] == [LOST, LOST]


@pytest.mark.parametrize("state", [State.SUCCEEDED, FAILED, State.CANCELLED])
def test_an_end_told_by_the_worker_is_told_once(state: State) -> None:
    reduction = started(submitted(make_reduction(), at(1)), at(2))
    ended = ended_by(reduction, make_outcome(state, None, at(2), at(3)))
    assert states(ended) == [State.QUEUED, State.STARTING, State.RUNNING, state]


def test_data_of_a_change_has_no_time() -> None:
    change = StateChange(time=at(0), state=FAILED, attempt=2, failure="timeout", reason="late")
    assert change.data() == {
        "state": "failed",
        "attempt": 2,
        "failure": "timeout",
        "reason": "late",
    }
