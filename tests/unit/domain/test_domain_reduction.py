"""Reductions: how they end, how they differ, what may be declared as an output."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from nbreduce.domain.parameters import Source, Value
from nbreduce.domain.reduction import (
    Input,
    Manifest,
    OutputDeclaration,
    OutputKind,
    differences,
    ended_by,
    ended_unexecuted,
    handed_back,
)
from nbreduce.domain.states import FailureKind, State
from support.making import at, make_outcome, make_reduction, make_run, started, submitted


def test_an_outcome_ends_the_reduction_and_its_newest_attempt() -> None:
    first = handed_back(submitted(make_reduction(), at(1)), at(2), "stopped", None, at(5))
    running = started(submitted(first, at(6)), at(7))
    outcome = make_outcome(
        State.FAILED, FailureKind.CELL_ERROR, at(7), at(9), cells=4, warnings=("odd",)
    )
    ended = ended_by(running, outcome)
    assert (ended.state, ended.failure, ended.reason) == (
        State.FAILED,
        FailureKind.CELL_ERROR,
        outcome.reason,
    )
    assert (ended.started, ended.ended, ended.not_before) == (at(7), at(9), None)
    assert (ended.cells, ended.warnings) == (4, ("odd",))
    assert ended.attempts[0] == first.attempts[0]
    last = ended.attempts[1]
    assert (last.number, last.submitted, last.started, last.ended) == (2, at(6), at(7), at(9))
    assert (last.outcome, last.failure, last.worker) == ("failed", FailureKind.CELL_ERROR, "host:1")


def test_one_handed_back_waits_and_has_not_failed() -> None:
    back = handed_back(
        started(submitted(make_reduction(), at(1)), at(2)),
        at(3),
        "the worker died",
        FailureKind.WORKER_LOST,
        at(8),
    )
    assert (back.state, back.failure, back.not_before) == (State.QUEUED, None, at(8))
    assert back.attempts[-1].outcome == "queued"
    assert back.attempts[-1].failure is FailureKind.WORKER_LOST


def test_one_that_ended_unexecuted_has_no_attempt() -> None:
    ended = ended_unexecuted(make_reduction(), State.CANCELLED, at(3), "cancelled by ada")
    assert (ended.state, ended.ended, ended.reason) == (State.CANCELLED, at(3), "cancelled by ada")
    assert ended.attempts == ()


def values(**given_values: float) -> dict[str, Value]:
    return {name: Value(value=value, source=Source.REQUEST) for name, value in given_values.items()}


def test_differences_name_what_changed_and_nothing_else() -> None:
    def inputs(digest: str) -> tuple[Input, ...]:
        return (Input(path="/a", size=1, mtime_ns=1, sha256=digest),)

    before = make_reduction(parameters=values(a=1, b=2, gone=3), inputs=inputs("x"))
    after = make_reduction(
        parameters=values(a=1, b=5, new=4),
        inputs=inputs("y"),
        template_sha256="b" * 64,
        environment="mantid",
        manifest=Manifest(sha256="m", packages=1, hashes_missing=0),
    )
    found = {one.what: (one.before, one.after) for one in differences(before, after)}
    assert found == {
        "parameter b": (2, 5),
        "parameter gone": (3, None),
        "parameter new": (None, 4),
        "template": ("a" * 64, "b" * 64),
        "environment": ("default", "mantid"),
        "manifest": (None, "m"),
        "inputs": (["x"], ["y"]),
    }
    assert differences(before, before) == ()


def test_a_value_from_another_source_is_no_difference() -> None:
    before = make_reduction(parameters={"a": Value(value=1, source=Source.TEMPLATE)})
    assert differences(before, make_reduction(parameters=values(a=1))) == ()


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../x", "a/../../x", "a/..", "a\0b"])
def test_an_output_outside_the_folder_cannot_be_declared(path: str) -> None:
    with pytest.raises(ValidationError):
        OutputDeclaration(path=path, kind=OutputKind.KEEP)


@given(st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=4).map("/".join))
def test_a_declared_path_never_leaves_the_folder(path: str) -> None:
    try:
        declared = OutputDeclaration(path=path, kind=OutputKind.KEEP)
    except ValidationError:
        return
    depth = 0
    for part in declared.path.split("/"):
        assert part != ".."
        depth += part not in {"", "."}
    assert depth >= 0
    assert not declared.path.startswith("/")


def test_stamp_of_a_run_whose_file_was_never_seen() -> None:
    assert make_run(size=None).stamp is None
    stamp = make_run().stamp
    assert stamp is not None
    assert (stamp.size, stamp.mtime_ns) == (100, 5)
