"""Runs by how they stand."""

from nbreduce.catalogue import reductions, runs
from nbreduce.catalogue.core import Catalogue
from nbreduce.catalogue.listing import RunFilter, list_runs
from nbreduce.domain.states import State
from support.making import at, make_reduction, make_run


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
