from pathlib import Path

import enginx_steps as steps
import h5py
import numpy as np
import pytest
import scipp as sc
from enginx_reference import ReductionError
from hypothesis import given
from hypothesis import strategies as st
from scipy.constants import h as planck
from scipy.constants import neutron_mass

from support.enginx_samples import make_run

TOF = np.geomspace(12_000, 72_000, 9001)


def time_of_flight(d: float, two_theta: float, flight_path: float) -> float:
    """Bragg and de Broglie, in SI units and by hand: what the steps take from scippneutron."""
    wavelength = 2 * d * 1e-10 * np.sin(two_theta / 2)
    return float(neutron_mass * wavelength * flight_path / planck * 1e6)


@given(
    d=st.floats(1.0, 2.5),
    two_theta=st.floats(np.deg2rad(75), np.deg2rad(105)),
    flight_path=st.floats(51.0, 52.0),
    side=st.sampled_from([1, -1]),
)
def test_a_known_d_spacing_comes_out_where_it_belongs(
    d: float, two_theta: float, flight_path: float, side: int
) -> None:
    values = np.zeros((1, TOF.size - 1))
    channel = np.searchsorted(TOF, time_of_flight(d, two_theta, flight_path)) - 1
    values[0, channel] = 100
    counts = sc.DataArray(
        sc.array(dims=["spectrum_index", "tof"], values=values, unit="counts"),
        coords={"tof": sc.array(dims=["tof"], values=TOF, unit="us")},
    )
    axis = steps.d_axis(0.8, 3.0, 5e-4)
    out = steps.focus_block(
        counts,
        sc.array(dims=["spectrum_index"], values=[side * two_theta], unit="rad"),
        sc.array(dims=["spectrum_index"], values=[flight_path], unit="m"),
        axis,
    )
    centres = (axis.values[1:] + axis.values[:-1]) / 2
    assert out.sum().value == pytest.approx(100)
    assert np.average(centres, weights=out.values) == pytest.approx(d, rel=6e-4)


def test_counts_outside_the_axis_are_dropped() -> None:
    counts = sc.DataArray(
        sc.ones(dims=["spectrum_index", "tof"], shape=[2, TOF.size - 1], unit="counts"),
        coords={"tof": sc.array(dims=["tof"], values=TOF, unit="us")},
    )
    run = make_run([90.0, -90.0])
    out = steps.focus_block(counts, run.two_theta, run.flight_path, steps.d_axis(1.0, 1.1, 1e-3))
    assert 0 < out.sum().value < 2 * (TOF.size - 1)


def test_axis_has_bins_of_the_relative_width_asked_for() -> None:
    axis = steps.d_axis(0.7, 3.4, 5e-4).values
    assert (axis[0], axis[-1]) == pytest.approx((0.7, 3.4))
    assert np.all(np.diff(axis) / axis[:-1] <= 5e-4 * 1.0005)


def test_axis_of_nothing_is_refused() -> None:
    with pytest.raises(ReductionError, match=r"d_max \(0\.7\) must be larger"):
        steps.d_axis(0.7, 0.7, 5e-4)


@pytest.mark.parametrize(
    ("bank", "skip", "chosen"),
    [
        ("both", [], [True, True, False, False]),
        ("north", [], [True, False, False, False]),
        ("south", [], [False, True, False, False]),
        ("both", [2], [True, False, False, False]),
    ],
)
def test_banks_are_told_by_angle(bank: str, skip: list[int], chosen: list[bool]) -> None:
    run = make_run([90.0, -90.0, 180.0, 20.0])
    assert steps.select(run, bank, skip).tolist() == chosen


def test_a_bank_without_detectors_is_an_error_that_names_the_parameters() -> None:
    with pytest.raises(ReductionError, match=r"'south'.*bank and skip_spectra"):
        steps.select(make_run([90.0]), "south")


def test_normalising_divides_values_and_errors() -> None:
    data = sc.array(dims=["dspacing"], values=[40.0], variances=[40.0], unit="counts")
    out = steps.normalise(sc.DataArray(data), make_run([90.0], charge=10.0))
    assert out.values[0] == pytest.approx(4.0)
    assert out.variances[0] == pytest.approx(0.4)
    assert out.unit == sc.Unit("counts/(uA*hour)")


def test_a_run_without_beam_cannot_be_normalised() -> None:
    with pytest.raises(ReductionError, match="normalise_to_beam"):
        steps.normalise(sc.DataArray(sc.scalar(1.0)), make_run([90.0], charge=0.0))


def test_another_instruments_file_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "other.nxs"
    with h5py.File(path, "w") as file:
        file.create_group("entry")
    with pytest.raises(ReductionError, match="ENGIN-X histogram file: no 'raw_data_1'"):
        steps.read_run(path)


def test_title_is_escaped_in_html() -> None:
    assert "sample &lt;1&gt;" in make_run([90.0])._repr_html_()
