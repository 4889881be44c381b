from pathlib import Path

import h5py
import hifi_steps as steps
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.hifi_samples import WIDTH, make_counts


@given(true=st.floats(0, 400), dead_time=st.floats(0, 0.02), frames=st.integers(2_000, 200_000))
def test_dead_time_correction_undoes_what_dead_time_did(
    true: float, dead_time: float, frames: int
) -> None:
    seen = true / (1 + true * dead_time / (WIDTH * frames))
    out = steps.correct_dead_time(make_counts(np.full((2, 4), seen), dead_time), frames)
    assert out.values == pytest.approx(np.full((2, 4), true), rel=1e-9, abs=1e-12)
    assert np.all(out.variances >= seen * (1 - 1e-12))


def test_impossible_dead_times_are_refused() -> None:
    with pytest.raises(steps.ReductionError, match="set dead_time_correction to False"):
        steps.correct_dead_time(make_counts(np.full((2, 4), 100.0), dead_time=1.0), 10)


def test_groups_follow_the_file_or_the_halves() -> None:
    values = np.arange(1, 65)[:, None] * np.ones((64, 3))
    swapped = make_counts(values, grouping=[2] * 32 + [1] * 32)
    low, high = float(np.arange(1, 33).sum()), float(np.arange(33, 65).sum())
    assert steps.group(swapped, "file").forward.values[0] == high
    assert steps.group(swapped, "halves").forward.values[0] == low
    assert steps.group(swapped, "halves").backward.values[0] == high


def test_skipped_detectors_do_not_count() -> None:
    groups = steps.group(make_counts(np.ones((4, 3))), skip_detectors=[2, 3])
    assert groups.forward.values.tolist() == groups.backward.values.tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("values", "skip", "words"),
    [
        (np.ones((4, 3)), [1, 2], "No forward detectors"),
        (np.array([[1.0], [1.0], [0.0], [0.0]]), [], "backward detectors counted nothing"),
    ],
)
def test_an_empty_group_is_an_error(values: np.ndarray, skip: list[int], words: str) -> None:
    with pytest.raises(steps.ReductionError, match=words):
        steps.group(make_counts(values), skip_detectors=skip)


def test_balance_is_the_ratio_after_t_min() -> None:
    values = np.array([[900.0, 30.0, 30.0], [1.0, 10.0, 10.0]])
    assert steps.balance(steps.group(make_counts(values)), t_min=WIDTH) == pytest.approx(3.0)


def test_balance_of_nothing_is_an_error() -> None:
    values = np.array([[900.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    with pytest.raises(steps.ReductionError, match="after t_min"):
        steps.balance(steps.group(make_counts(values)), t_min=WIDTH)


@given(asymmetry=st.floats(-0.3, 0.3), alpha=st.floats(0.5, 2.0), backward=st.floats(10, 1e5))
def test_a_known_asymmetry_comes_out(asymmetry: float, alpha: float, backward: float) -> None:
    b = backward * (1 - asymmetry)
    f = backward * alpha * (1 + asymmetry)
    out = steps.asymmetry(steps.group(make_counts(np.array([[f], [b]]))), alpha)
    assert out.values[0] == pytest.approx(asymmetry, abs=1e-9)


def test_error_of_the_asymmetry_is_that_of_repeated_measurements() -> None:
    random_numbers = np.random.default_rng(3)
    f, b, alpha, times = 1500.0, 800.0, 1.6, 20_000
    drawn = np.stack([random_numbers.poisson(f, times), random_numbers.poisson(b, times)])
    scattered = steps.asymmetry(steps.group(make_counts(drawn)), alpha)
    single = steps.asymmetry(steps.group(make_counts(np.array([[f], [b]]))), alpha)
    assert np.sqrt(single.variances[0]) == pytest.approx(scattered.values.std(), rel=0.03)


def test_a_bin_without_counts_has_no_asymmetry() -> None:
    values = np.array([[4.0, 0.0], [4.0, 0.0]])
    out = steps.asymmetry(steps.group(make_counts(values)), 1.0)
    assert out.values[0] == 0
    assert np.isnan(out.values[1])


@given(bins=st.integers(1, 12), length=st.integers(12, 60))
def test_bunching_keeps_counts_variances_and_times(bins: int, length: int) -> None:
    values = np.random.default_rng(length).integers(1, 50, (2, length))
    whole = length // bins * bins
    bunched = steps.group(make_counts(values)).bunched(bins)
    assert bunched.forward.sum().value == values[0, :whole].sum()
    assert bunched.backward.variances.sum() == values[1, :whole].sum()
    edges = bunched.forward.coords["time"].values
    assert edges.size == whole // bins + 1
    assert np.diff(edges) == pytest.approx(WIDTH * bins)


def test_another_instruments_file_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "other.nxs"
    with h5py.File(path, "w") as file:
        file.create_group("raw_data_1")
    with pytest.raises(steps.ReductionError, match=r"other\.nxs is not laid out as a HIFI"):
        steps.read_run(path)
