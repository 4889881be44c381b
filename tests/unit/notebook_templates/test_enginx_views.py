import enginx_views as views
import numpy as np
import pytest
import scipp as sc
from enginx_peaks import Peak, PeakTable, fit_peaks
from enginx_reference import MATERIALS, reflections

from support.enginx_samples import make_run, pattern

CERIA = MATERIALS["CeO2"]


@pytest.fixture(scope="module")
def counts() -> sc.DataArray:
    return pattern("tailed", 20_000)


@pytest.fixture(scope="module")
def table(counts: sc.DataArray) -> PeakTable:
    return fit_peaks(counts, CERIA, reflections(CERIA, 0.9, 3.4))


def test_the_strongest_peak_is_shown_with_points_around_its_fit(
    counts: sc.DataArray, table: PeakTable
) -> None:
    peak = views.strongest(table)
    curves = views.peak_curves(counts, peak)
    d, fitted = curves["measured"][0], curves["fit"][0]
    assert peak.area == max(other.area for other in table.peaks)
    assert d.min() < fitted.min() < peak.d_spacing < fitted.max() < d.max()


def test_reference_ticks_hang_below_the_pattern(counts: sc.DataArray) -> None:
    expected = reflections(CERIA, 0.9, 3.4)
    ticks, heights = views.pattern_curves(counts, expected, "CeO2")["CeO2 reference"]
    assert np.isnan(heights[2::3]).all()
    assert np.nanmax(heights) == 0
    assert ticks[::3] == pytest.approx([reflection.d_spacing for reflection in expected])


def test_figures_say_what_they_show(counts: sc.DataArray, table: PeakTable) -> None:
    whole = views.pattern_figure(make_run([90.0]), counts, reflections(CERIA, 0.9, 3.4), "CeO2")
    peak = views.peak_figure(counts, table.peaks[1])
    assert whole.title.text == "sample <1> (run 7)"
    assert whole.yaxis[0].axis_label == "intensity / counts"
    assert peak.title.text.startswith("200: 2.70")


def test_the_menu_begins_at_the_strongest_and_shows_what_is_chosen(table: PeakTable) -> None:
    shown: list[Peak] = []
    menu = views.peak_chooser(table, shown.append)
    assert table.peaks[menu.value] is views.strongest(table)
    menu.value = 1 if menu.value != 1 else 2
    assert shown == [table.peaks[menu.value]]
