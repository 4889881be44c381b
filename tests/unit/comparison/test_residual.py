"""Residuals: what must hold for any two curves."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbreduce.comparison.curves import Curve
from nbreduce.comparison.residual import NotComparable, Residual, subtract


def curve(x: Any, y: Any, error: Any = None, **more: Any) -> Curve:
    columns = [
        None if column is None else np.asarray(column, dtype=float) for column in (x, y, error)
    ]
    assert columns[0] is not None and columns[1] is not None
    return Curve("I", columns[0], columns[1], columns[2], **more)


def random_curve(seed: int, size: int, start: float) -> Curve:
    random = np.random.default_rng(seed)
    x = start + np.cumsum(random.uniform(1e-3, 10, size))
    return curve(x, random.normal(0, 1e3, size), random.uniform(0.1, 100, size))


def curves() -> st.SearchStrategy[Curve]:
    return st.builds(random_curve, st.integers(0, 2**32), st.integers(2, 30), st.floats(-50, 50))


@given(curves())
def test_a_curve_does_not_differ_from_itself(one: Curve) -> None:
    found = subtract(one, one)
    assert not found.y.any()
    assert found.greatest[0] == 0
    assert found.chi2 == (0.0, one.x.size)
    assert found.relative in (0.0, None)


@given(curves(), st.floats(-1e3, 1e3))
def test_a_constant_is_found_at_every_point(one: Curve, shift: float) -> None:
    other = curve(one.x, one.y + shift, one.error)
    found = subtract(one, other)
    assert found.y == pytest.approx(np.full(one.x.size, shift), abs=1e-9 * 1e6)
    back = subtract(other, one)
    assert back.y == pytest.approx(-found.y)


@given(curves(), curves())
def test_nothing_is_extrapolated_and_the_grid_is_that_of_the_reference(
    one: Curve, other: Curve
) -> None:
    inside = one.x[(one.x >= other.x.min()) & (one.x <= other.x.max())]
    if inside.size == 0:
        with pytest.raises(NotComparable, match="no point in common"):
            subtract(one, other)
        return
    found = subtract(one, other)
    assert found.x.tolist() == inside.tolist()
    low, high = other.y.min(), other.y.max()
    interpolated = found.y + one.y[np.isin(one.x, inside)]
    assert np.all(interpolated >= low - 1e-6) and np.all(interpolated <= high + 1e-6)


@given(curves(), st.floats(-10, 10), st.floats(-10, 10))
def test_a_straight_line_is_the_same_on_any_grid(one: Curve, slope: float, offset: float) -> None:
    low, high = float(one.x.min()), float(one.x.max())
    grid = np.linspace(low - 1, high + 1, 37)
    line = curve(one.x, slope * one.x + offset)
    found = subtract(line, curve(grid, slope * grid + offset))
    assert found.x.size == one.x.size
    assert np.abs(found.y).max() < 1e-9


def test_errors_of_interpolated_values_are_those_of_a_weighted_mean() -> None:
    reference = curve([0.25], [0.0], [0.3])
    found = subtract(reference, curve([0, 1], [1, 1], [0.4, 0.8]))
    assert found.error is not None
    expected = np.sqrt(0.3**2 + (0.75 * 0.4) ** 2 + (0.25 * 0.8) ** 2)
    assert found.error[0] == pytest.approx(expected)


def test_chi2_is_one_for_the_same_thing_measured_twice() -> None:
    random = np.random.default_rng(5)
    x, error = np.arange(20_000.0), np.full(20_000, 3.0)
    first, second = (curve(x, random.normal(100, error), error) for _ in range(2))
    chi2 = subtract(first, second).chi2
    assert chi2 is not None
    assert chi2[0] == pytest.approx(1, abs=0.03)


def test_points_without_an_error_do_not_count_in_chi2() -> None:
    found = subtract(
        curve([1, 2, 3], [1, 1, 1], [0, 1, np.nan]), curve([1, 2, 3], [9, 3, 9], [0, 0, 0])
    )
    assert found.chi2 == (4.0, 1)
    without = subtract(curve([1], [1]), curve([1], [2], [1]))
    assert without.error is None and without.chi2 is None


def test_gaps_are_not_bridged() -> None:
    other = curve([0, 1, 2, 3], [0, 0, np.nan, 0])
    found = subtract(curve([0.5, 1.0, 1.5, 2.5, 3.0], np.ones(5)), other)
    assert found.x.tolist() == [0.5, 1.0, 3.0]


def test_x_may_fall_or_be_missing() -> None:
    found = subtract(curve([1, np.nan, 2], [1, 5, 2]), curve([3, 2, 1, 0], [0, 0, 0, 0]))
    assert found.x.tolist() == [1, 2] and found.y.tolist() == [-1, -2]


def test_grids_that_single_precision_does_not_tell_apart_are_one() -> None:
    x = np.linspace(0.7, 3.4, 100)
    stored = x.astype(np.float32).astype(float)
    eps = float(np.finfo(np.float32).eps)
    one, other = curve(x, x), curve(stored, x, resolution=eps)
    assert not subtract(one, other).y.any()
    # Without that precision known, they are two grids, of which the ends need not overlap.
    assert subtract(one, curve(stored, x)).y.any()


class TestHistograms:
    edges = np.linspace(0, 10, 11)
    centres = (edges[1:] + edges[:-1]) / 2

    def test_on_the_same_bins_they_are_subtracted(self) -> None:
        one = curve(self.centres, np.ones(10), first_edge=0.0)
        found = subtract(one, curve(self.centres, np.full(10, 3.0), first_edge=0.0))
        assert found.y.tolist() == [2.0] * 10

    @pytest.mark.parametrize(("centres", "first"), [(centres + 0.1, 0.1), (centres, 0.2)])
    def test_on_other_bins_they_are_not(self, centres: Any, first: float) -> None:
        one = curve(self.centres, np.ones(10), first_edge=0.0)
        with pytest.raises(NotComparable, match="their bins differ"):
            subtract(one, curve(centres, np.ones(10), first_edge=first))

    def test_nor_are_a_histogram_and_points(self) -> None:
        with pytest.raises(NotComparable, match="one is a histogram"):
            subtract(curve(self.centres, np.ones(10), first_edge=0.0), curve([1, 2], [1, 2]))


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (curve([], []), curve([1], [1]), "no points"),
        (curve([1], [1]), curve([], []), "no points"),
        (curve([1, 2], [np.nan, np.nan]), curve([1, 2], [1, 1]), "no point in common"),
        (curve([1, 2], [1, 1]), curve([5, 6], [1, 1]), "no point in common"),
        (curve([1, 2, 1], [1, 1, 1]), curve([1, 2], [1, 1]), "do not rise steadily"),
        (curve([1, 2], [1, 1]), curve([np.nan], [1]), "no points"),
        (curve([1, 2], [np.inf, -np.inf]), curve([1, 2], [1, 1]), "no point in common"),
    ],
)
def test_what_cannot_be_subtracted_is_said_in_words(one: Curve, other: Curve, why: str) -> None:
    with pytest.raises(NotComparable, match=why):
        subtract(one, other)


def test_numbers_of_a_residual() -> None:
    found = Residual(np.array([1.0, 2.0]), np.array([0.5, -2.0]), None, 8.0)
    assert found.greatest == (2.0, 2.0)
    assert found.relative == 0.25
    assert Residual(np.array([1.0]), np.array([1.0]), None, 0.0).relative is None
