"""Runs by how they stand."""

from nbreduce.catalogue import reductions, runs
from nbreduce.catalogue.core import Catalogue
from nbreduce.catalogue.listing import RunFilter, count_runs, list_runs
from nbreduce.catalogue.restore import restore_reduction, restore_run
from nbreduce.domain.states import State
from support.making import at, make_reduction, make_run, submitted


def test_runs_are_kept_by_the_newest_reduction_of_each_template(catalogue: Catalogue) -> None:
    rerun, mixed, skipped, bare = (
        make_run(id=number, name=str(number), skipped="no run" if number == 3 else None)
        for number in (1, 2, 3, 4)
    )
    made = (
        (rerun, "work", 1, State.FAILED),
        (rerun, "work", 2, State.SUCCEEDED),
        (mixed, "work", 1, State.SUCCEEDED),
        (mixed, "more", 1, State.FAILED),
        (skipped, "work", 1, State.SUCCEEDED),
    )
    with catalogue.write() as session:
        for run in (rerun, mixed, skipped, bare):
            runs.save_run(session, run, at(0))
        for number, (run, template, version, state) in enumerate(made, 1):
            ended = make_reduction(
                run, id=number, template=template, version=version, state=state, ended=at(1)
            )
            reductions.add_reduction(session, ended)
    with catalogue.read() as session:
        found = {
            state: [run.name for run in list_runs(session, RunFilter(state=(state,)))]
            for state in State
        }
        limited = list_runs(session, RunFilter(state=(State.SUCCEEDED,)), limit=1)
    assert found[State.SUCCEEDED] == ["2", "1"]
    assert found[State.FAILED] == ["2"]
    assert found[State.SKIPPED] == ["3"]
    assert found[State.QUEUED] == []
    assert [run.name for run in limited] == ["2"]


def test_versions_that_come_in_any_order_leave_the_highest_as_the_newest(
    catalogue: Catalogue,
) -> None:
    """As a rebuild finds them."""
    states = {3: State.SUCCEEDED, 1: State.CANCELLED, 4: State.FAILED, 2: State.CANCELLED}
    run = make_run()
    with catalogue.write() as session:
        restore_run(session, run, ())
        for number, (version, state) in enumerate(states.items(), 1):
            made = make_reduction(run, id=number, version=version, state=state, ended=at(1))
            restore_reduction(session, made)
    with catalogue.read() as session:
        found = {state for state in State if list_runs(session, RunFilter(state=(state,))) == [run]}
    assert found == {State.FAILED}


def test_a_state_and_a_template_are_asked_of_the_same_reduction(catalogue: Catalogue) -> None:
    run = make_run()
    with catalogue.write() as session:
        runs.save_run(session, run, at(0))
        for number, template, state in (
            (1, "work", State.SUCCEEDED),
            (2, "more", State.FAILED),
        ):
            made = make_reduction(run, id=number, template=template, state=state, ended=at(1))
            reductions.add_reduction(session, made)

    def found(**given: object) -> bool:
        with catalogue.read() as session:
            asked = RunFilter.model_validate(given)
            listed = list_runs(session, asked)
            assert count_runs(session, asked) == len(listed)
            return listed == [run]

    assert found(template="work")
    assert found(template="more", state=("failed",))
    assert found(template="more", state=("failed", "skipped"))
    assert found(state=("failed",))
    assert not found(template="work", state=("failed",))
    assert not found(template="other")
    assert not found(template="more", state=("skipped",))


def test_a_change_of_state_is_found_at_once(catalogue: Catalogue) -> None:
    reduction = make_reduction()
    with catalogue.write() as session:
        runs.save_run(session, make_run(), at(0))
        reductions.add_reduction(session, reduction)
    with catalogue.write() as session:
        reductions.change_reduction(session, submitted(reduction, at(1)))
    with catalogue.read() as session:
        assert list_runs(session, RunFilter(state=(State.QUEUED,))) == []
        assert [one.id for one in list_runs(session, RunFilter(state=(State.STARTING,)))] == [1]
