import subprocess
import sys
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbreduce.domain.errors import NbreduceError
from nbreduce.simulation.plan import BAD_KINDS, FIRST_RUNS, plan_day


@given(seed=st.integers(0, 2**32), runs=st.integers(0, 40))
def test_a_plan_is_the_same_each_time_and_a_longer_day_begins_alike(seed: int, runs: int) -> None:
    assert plan_day(seed, runs) == plan_day(seed, runs)
    assert plan_day(seed, runs + 3)[:runs] == plan_day(seed, runs)


def test_another_seed_gives_another_day() -> None:
    assert [run.title for run in plan_day(1, 20)] != [run.title for run in plan_day(2, 20)]


@given(runs=st.integers(0, 60), bad_every=st.integers(0, 9))
def test_every_instruments_runs_are_numbered_without_a_gap_and_follow_in_time(
    runs: int, bad_every: int
) -> None:
    day = plan_day(1, runs, bad_every=bad_every)
    for instrument, first in FIRST_RUNS.items():
        own = [run for run in day if run.instrument == instrument]
        assert [run.run_number for run in own] == list(range(first, first + len(own)))
        for before, after in pairwise(own):
            assert before.start + timedelta(seconds=before.duration) < after.start


@given(groups=st.integers(0, 12), bad_every=st.integers(1, 9))
def test_one_run_in_so_many_is_bad(groups: int, bad_every: int) -> None:
    day = plan_day(1, groups * bad_every, bad_every=bad_every)
    assert sum(run.kind != "good" for run in day) == groups


def test_no_run_is_bad_where_none_shall_be() -> None:
    assert all(run.expected_state == "succeeded" for run in plan_day(1, 40, bad_every=0))


def test_every_instrument_gets_every_kind() -> None:
    kinds = {(run.instrument, run.kind) for run in plan_day(1, 64)}
    assert kinds == {(i, k) for i in FIRST_RUNS for k in (*BAD_KINDS, "good")}


def test_a_bad_run_is_expected_to_end_with_a_reason_and_a_good_one_without() -> None:
    for run in plan_day(3, 64):
        assert (run.expected_state == "succeeded") == (run.kind == "good")
        assert bool(run.expected_reason) == (run.kind != "good")


def test_titles_vary() -> None:
    assert len({run.title for run in plan_day(1, 40)}) > 15


@pytest.mark.parametrize("instruments", [("LOQ",), ("ENGINX", "LOQ"), ()])
def test_an_instrument_that_is_not_simulated_is_refused(instruments: tuple[str, ...]) -> None:
    with pytest.raises(NbreduceError, match="It has ENGINX, HIFI"):
        plan_day(1, 3, instruments)


@pytest.mark.parametrize(("runs", "bad_every"), [(-1, 4), (3, -1)])
def test_negative_numbers_are_refused(runs: int, bad_every: int) -> None:
    with pytest.raises(NbreduceError, match="negative"):
        plan_day(1, runs, bad_every=bad_every)


def test_importing_and_planning_load_no_science_package() -> None:
    code = (
        "import sys, nbreduce.simulation, nbreduce.simulation.facility as f\n"
        "f.plan_day(1, 20)\n"
        "print(sorted({'numpy', 'h5py', 'scipp', 'scipy'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
