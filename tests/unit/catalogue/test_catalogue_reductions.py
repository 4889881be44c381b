"""Reductions in the catalogue: states change through one function, which writes events or nothing."""

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import IntegrityError

from nbreduce.catalogue import events, reductions, runs
from nbreduce.catalogue.core import Catalogue
from nbreduce.catalogue.listing import ReductionFilter, count_reductions, list_reductions
from nbreduce.domain.events import EventKind, timeline
from nbreduce.domain.parameters import Source, Value
from nbreduce.domain.reduction import (
    CellTiming,
    Difference,
    Input,
    Manifest,
    Output,
    OutputKind,
    Reduction,
    ended_by,
    ended_unexecuted,
    handed_back,
)
from nbreduce.domain.states import FailureKind, IllegalTransition, State
from support.making import at, make_outcome, make_reduction, make_run, started, submitted


def add(catalogue: Catalogue, *found: Reduction) -> None:
    with catalogue.write() as session:
        if runs.find_run(session, "DEMO", "42") is None:
            runs.save_run(session, make_run(), at(0))
        for reduction in found:
            reductions.add_reduction(session, reduction)


def change(catalogue: Catalogue, changed: Reduction) -> Reduction:
    with catalogue.write() as session:
        reductions.change_reduction(session, changed)
    with catalogue.read() as session:
        return reductions.get_reduction(session, changed.id)


def states(catalogue: Catalogue) -> list[object]:
    with catalogue.read() as session:
        found = events.events_after(session, 0)
    return [one.data["state"] for one in found if one.kind is EventKind.STATE]


FULL = make_reduction(
    parameters={
        "a": Value(value=[1, [2.5, None, "ü"]], source=Source.REQUEST),
        "b": Value(value=None, source=Source.EXPERIMENT),
    },
    rerun_of="DEMO42-work-v0",
    requested_by="ada",
    not_before=at(5),
    cells=3,
    inputs=(Input(path="/a", size=2**40, mtime_ns=2**62, sha256="x"),),
    outputs=(Output(path="a.nxs", kind=OutputKind.KEEP, title=None, size=1, sha256="y"),),
    timings=(CellTiming(cell=1, seconds=0.1, status="completed"),),
    manifest=Manifest(sha256="m", packages=3, hashes_missing=1, warnings=("w",)),
    warnings=("odd",),
    differs=(Difference(what="parameter a", before=None, after=[1]),),
)


def test_every_field_comes_back(catalogue: Catalogue) -> None:
    add(catalogue, FULL)
    with catalogue.read() as session:
        assert reductions.find_reduction(session, FULL.name) == FULL
        assert reductions.find_reduction(session, "DEMO42-work-v9") is None


def test_moments_of_any_zone_come_back_as_the_same_moment(catalogue: Catalogue) -> None:
    zone = timezone(timedelta(hours=5, minutes=30))
    moment = datetime(2026, 3, 1, 23, 59, 59, 999999, zone)
    add(catalogue, make_reduction(queued=moment))
    with catalogue.read() as session:
        assert reductions.get_reduction(session, 1).queued == moment


def test_a_whole_life_is_written_step_by_step(catalogue: Catalogue) -> None:
    reduction = make_reduction()
    add(catalogue, reduction)
    for step in (
        lambda one: submitted(one, at(1)),
        lambda one: handed_back(one, at(2), "stopped", None, at(2)),
        lambda one: submitted(one, at(3)),
        lambda one: started(one, at(4)),
        lambda one: ended_by(one, make_outcome(begin=at(4), end=at(5), cells=2)),
    ):
        reduction = step(reduction)
        assert change(catalogue, reduction) == reduction
    assert states(catalogue) == [
        "queued",
        "starting",
        "queued",
        "starting",
        "running",
        "succeeded",
    ]
    with catalogue.read() as session:
        written = [e for e in events.events_after(session, 0) if e.kind is EventKind.STATE]
    assert [(e.time, e.data) for e in written] == [(c.time, c.data()) for c in timeline(reduction)]
    assert {(e.run_id, e.reduction_id) for e in written} == {(1, 1)}


ILLEGAL = {
    "succeeded from starting": lambda one: one.model_copy(
        update={"state": State.SUCCEEDED, "ended": at(9)}
    ),
    "succeeded twice": lambda one: ended_unexecuted(one, State.SKIPPED, at(9), "no"),
}


@pytest.mark.parametrize("name", ILLEGAL)
def test_an_illegal_change_raises_and_writes_nothing(catalogue: Catalogue, name: str) -> None:
    reduction = submitted(make_reduction(), at(1))
    add(catalogue, reduction)
    before = states(catalogue)
    with pytest.raises(IllegalTransition):
        change(catalogue, ILLEGAL[name](reduction))
    assert states(catalogue) == before
    with catalogue.read() as session:
        assert reductions.get_reduction(session, 1) == reduction


def test_an_ended_reduction_never_changes_its_state(catalogue: Catalogue) -> None:
    ended = ended_unexecuted(make_reduction(), State.CANCELLED, at(1), "cancelled by ada")
    add(catalogue, ended)
    with pytest.raises(IllegalTransition):
        change(catalogue, submitted(ended, at(2)))
    with catalogue.read() as session:
        assert reductions.get_reduction(session, 1) == ended


def test_a_state_that_goes_back_without_a_word_in_the_timeline_is_refused(
    catalogue: Catalogue,
) -> None:
    running = started(submitted(make_reduction(), at(1)), at(2))
    add(catalogue, running)
    with pytest.raises(IllegalTransition):
        change(catalogue, running.model_copy(update={"state": State.SUCCEEDED}))


def test_versions_and_names_are_unique(catalogue: Catalogue) -> None:
    add(catalogue, make_reduction())
    for clash in (make_reduction(id=2), make_reduction(id=2, name="other")):
        with pytest.raises(IntegrityError):
            add(catalogue, clash)
    with catalogue.read() as session:
        assert reductions.next_reduction_id(session) == 2
        assert reductions.next_version(session, 1, "work") == 2
        assert reductions.next_version(session, 1, "other") == 1


def test_a_reduction_of_no_run_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(IntegrityError):
        add(catalogue, make_reduction(run_id=99))


def test_the_queue_is_in_order_and_heeds_delays(catalogue: Catalogue) -> None:
    add(
        catalogue,
        make_reduction(),
        make_reduction(id=2, version=2, not_before=at(10)),
        make_reduction(id=3, version=3),
        submitted(make_reduction(id=4, version=4), at(1)),
    )
    with catalogue.read() as session:
        assert [one.id for one in reductions.queued_reductions(session, at(9), 5)] == [1, 3]
        assert [one.id for one in reductions.queued_reductions(session, at(10), 5)] == [1, 2, 3]
        assert [one.id for one in reductions.queued_reductions(session, at(10), 2)] == [1, 2]
        assert [one.id for one in reductions.active_reductions(session)] == [4]
        assert reductions.count_states(session) == {State.QUEUED: 3, State.STARTING: 1}


def test_listing_is_filtered_and_newest_first(catalogue: Catalogue) -> None:
    add(catalogue, make_reduction(), make_reduction(id=2, template="other"))

    def listed(limit: int | None = None, offset: int = 0, **given: object) -> list[int]:
        wanted = ReductionFilter.model_validate(given)
        with catalogue.read() as session:
            return [one.id for one in list_reductions(session, wanted, limit, offset)]

    assert listed() == [2, 1]
    assert listed(limit=1) == [2]
    assert listed(limit=1, offset=1) == listed(offset=1) == [1]
    assert listed(since=at(0)) == listed(until=at(1)) == [2, 1]
    assert listed(since=at(1)) == listed(until=at(0)) == []
    assert listed(template="work") == [1]
    queued = (State.QUEUED,)
    assert listed(instrument="DEMO", run="42", state=queued) == [2, 1]
    assert listed(state=(*queued, State.FAILED)) == listed(search="rb1") == [2, 1]
    assert listed(run="4") == listed(state=(State.FAILED,)) == listed(instrument="X") == []
    assert listed(search="A%N") == []
    with catalogue.read() as session:
        assert count_reductions(session, ReductionFilter()) == 2
        assert count_reductions(session, ReductionFilter(template="work", search="42")) == 1
    with catalogue.read() as session:
        assert [one.id for one in reductions.reductions_of(session, [1, 5])[1]] == [1, 2]
        assert reductions.reductions_of(session, [5]) == {5: []}


def test_progress_is_forgotten_at_the_end(catalogue: Catalogue) -> None:
    running = started(submitted(make_reduction(), at(1)), at(2))
    add(catalogue, running)
    with catalogue.write() as session:
        for cell in (1, 2):
            events.add_event(session, EventKind.PROGRESS, at(3), {"cell": cell}, 1, 1)
    with catalogue.read() as session:
        assert events.latest_progress(session, [1, 2])[1].data == {"cell": 2}
    failed = make_outcome(State.FAILED, FailureKind.TIMEOUT, at(2), at(4))
    change(catalogue, ended_by(running, failed))
    with catalogue.read() as session:
        assert events.latest_progress(session, [1]) == {}
        kinds = [one.kind for one in events.events_after(session, 0)]
        assert EventKind.PROGRESS not in kinds


def test_ids_of_events_are_never_used_again(catalogue: Catalogue) -> None:
    add(catalogue, make_reduction())
    with catalogue.write() as session:
        events.add_event(session, EventKind.PROGRESS, at(3), {}, 1, 1)
        session.flush()
        last = events.latest_event_id(session)
        events.forget_progress(session, 1)
        events.add_event(session, EventKind.WARNING, at(4), {})
        session.flush()
        assert events.latest_event_id(session) == last + 1
        assert [one.id for one in events.events_after(session, last)] == [last + 1]
