import numpy as np
import pytest
import scipp as sc
from enginx_peaks import fit_peak, fit_peaks
from enginx_reference import ReductionError, reflections
from enginx_shapes import gaussian, tailed
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from support.enginx_samples import CENTRES, CERIA, STRAIN, pattern


@pytest.mark.parametrize("shape", ["tailed", "gaussian"])
def test_known_positions_areas_and_lattice_come_out_within_their_errors(shape: str) -> None:
    table = fit_peaks(pattern(shape, 20_000), CERIA, reflections(CERIA, 0.9, 3.4), shape=shape)
    assert len(table.peaks) >= 10
    assert table.missing == ()
    for peak in table.peaks:
        truth = peak.reflection.d_spacing * (1 + STRAIN)
        assert abs(peak.d_spacing - truth) < 4 * peak.d_error
        assert abs(peak.area - 20_000) < 4 * peak.area_error
        assert peak.d_error < 2e-4 * truth
        assert peak.deviation == pytest.approx(100 * STRAIN, abs=0.03)
    value, error = table.lattice_parameter
    assert abs(value - CERIA.lattice_parameter * (1 + STRAIN)) < 4 * error


def test_the_wrong_shape_shows_in_chi_square() -> None:
    counts = pattern("tailed", 50_000)
    expected = reflections(CERIA, 0.9, 3.4)
    right = fit_peaks(counts, CERIA, expected, shape="tailed")
    wrong = fit_peaks(counts, CERIA, expected, shape="gaussian")
    assert np.median([p.chi_square for p in right.peaks]) < 1.5
    assert np.median([p.chi_square for p in wrong.peaks]) > 3


def test_a_pattern_without_peaks_is_an_error_in_words() -> None:
    with pytest.raises(
        ReductionError, match=r"No peak of CeO2 stands above the background \(\d+ counts"
    ):
        fit_peaks(pattern("gaussian", 0), CERIA, reflections(CERIA, 0.9, 3.4))


def test_weak_peaks_are_listed_as_missing() -> None:
    counts = pattern("gaussian", 20_000)
    counts.values[CENTRES < 1.3] = 20
    table = fit_peaks(counts, CERIA, reflections(CERIA, 0.9, 3.4))
    assert "420" in table.missing
    assert "not found: " in table.summary()


def test_a_reflection_whose_window_is_cut_by_the_axis_is_not_looked_for() -> None:
    counts = pattern("gaussian", 20_000)["dspacing", sc.scalar(1.90, unit="angstrom") :]
    table = fit_peaks(counts, CERIA, reflections(CERIA, 0.9, 3.4))
    assert [peak.reflection.label for peak in table.peaks] == ["111", "200"]


def test_too_few_bins_are_no_peak() -> None:
    reflection = reflections(CERIA, 0.9, 3.4)[0]
    few = np.linspace(3.12, 3.13, 5)
    assert fit_peak(reflection, few, np.full(5, 0.002), np.full(5, 9.0), "tailed") is None


def test_table_reads_as_text_and_html() -> None:
    table = fit_peaks(pattern("tailed", 20_000), CERIA, reflections(CERIA, 0.9, 3.4))
    assert len(table.rows()) == len(table.peaks) + 1
    assert "peaks of CeO2, a = 5.41" in repr(table)
    assert table._repr_html_().count("<tr>") == len(table.peaks) + 1


@given(
    centre=st.floats(1.0, 3.0),
    width=st.floats(0.0005, 0.003),
    decay=st.floats(0.0002, 0.003),
    area=st.floats(1.0, 1e6),
)
def test_tailed_shape_keeps_its_area_and_its_mean(
    centre: float, width: float, decay: float, area: float
) -> None:
    width, decay = width * centre, decay * centre
    low, high = centre - 8 * width, centre + 8 * width + 40 * decay
    breaks = [centre, centre + decay, centre + 5 * decay]

    def integral(weight: float) -> float:
        return float(
            quad(
                lambda d: d**weight * tailed(np.array([d]), area, centre, width, 0, 0, decay)[0],
                low,
                high,
                points=breaks,
                limit=200,
            )[0]
        )

    assert integral(0) == pytest.approx(area, rel=1e-6)
    assert integral(1) / integral(0) == pytest.approx(centre + decay, rel=1e-6)


@given(decay=st.floats(1e-7, 1e-5))
def test_tailed_shape_becomes_gaussian_where_nothing_is_late(decay: float) -> None:
    d = np.linspace(1.98, 2.02, 201)
    narrow = tailed(d, 100.0, 2.0, 0.004, 1.0, 2.0, decay)
    assert narrow == pytest.approx(gaussian(d, 100.0, 2.0, 0.004, 1.0, 2.0), rel=2e-2)
    assert np.isfinite(narrow).all()
