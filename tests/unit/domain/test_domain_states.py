"""The state machine: which changes of state there are, and that nothing else gets through."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbreduce.domain.states import (
    ACTIVE,
    ENDED,
    FailureKind,
    IllegalTransition,
    State,
    allowed,
    check_transition,
)

S = State
LEGAL = {
    (S.QUEUED, S.STARTING),
    (S.QUEUED, S.FAILED),
    (S.QUEUED, S.CANCELLED),
    (S.QUEUED, S.SKIPPED),
    (S.STARTING, S.RUNNING),
    (S.STARTING, S.QUEUED),
    (S.STARTING, S.FAILED),
    (S.STARTING, S.CANCELLED),
    (S.RUNNING, S.SUCCEEDED),
    (S.RUNNING, S.FAILED),
    (S.RUNNING, S.CANCELLED),
    (S.RUNNING, S.QUEUED),
}


@pytest.mark.parametrize(("current", "new"), list(product(State, State)))
def test_every_pair(current: State, new: State) -> None:
    assert allowed(current, new) == ((current, new) in LEGAL)
    if (current, new) in LEGAL:
        check_transition(current, new)
        return
    with pytest.raises(IllegalTransition, match=f"a {current} reduction cannot become {new}"):
        check_transition(current, new)


@given(st.lists(st.sampled_from(State), max_size=30))
def test_a_walk_never_leaves_an_ended_state_and_succeeds_only_from_running(
    wishes: list[State],
) -> None:
    path = [State.QUEUED]
    for wish in wishes:
        if allowed(path[-1], wish):
            path.append(wish)
    assert not ENDED.intersection(path[:-1])
    if path[-1] is State.SUCCEEDED:
        assert path[-3:] == [State.STARTING, State.RUNNING, State.SUCCEEDED]


def test_words_are_those_of_the_contract() -> None:
    assert [str(state) for state in State] == (
        ["queued", "starting", "running", "succeeded", "failed", "cancelled", "skipped"]
    )
    assert {str(kind) for kind in FailureKind} == {
        "input_error",
        "environment_error",
        "cell_error",
        "timeout",
        "out_of_memory",
        "kernel_died",
        "worker_lost",
    }
    assert {*ENDED, *ACTIVE, State.QUEUED} == set(State)
