import math

import numpy as np
import pytest
from scipy.constants import h as planck
from scipy.constants import neutron_mass

from nbreduce.simulation import diffraction, muons
from nbreduce.simulation.enginx_file import CHANNELS, time_of_flight


def test_the_diffractometer_constant_is_that_of_the_neutron() -> None:
    assert pytest.approx(2 * neutron_mass / planck * 1e-4, rel=1e-6) == diffraction.DIFC_PER_METRE


def test_ceria_is_strongest_at_220() -> None:
    d, weight = diffraction.reflections()
    assert weight.sum() == pytest.approx(1)
    assert d[weight.argmax()] == pytest.approx(5.4113 / math.sqrt(8))


def test_structure_factor_of_fluorite() -> None:
    cerium, oxygen = 4.84, 5.803
    for indices, amplitude in (
        ((1, 1, 1), 4 * cerium),
        ((2, 2, 0), 4 * (cerium + 2 * oxygen)),
        ((2, 0, 0), 4 * (cerium - 2 * oxygen)),
    ):
        assert diffraction._structure(*indices) == pytest.approx(amplitude)


def test_neutrons_without_delay_lie_on_the_reflections() -> None:
    pixel, tof = diffraction.events(np.random.default_rng(1), 50_000, strain=1e-3)
    d = tof / diffraction.bank().difc[pixel]
    near = d[np.abs(d / (5.4113 / math.sqrt(8)) - 1) < 0.01]
    assert near.size > 10_000
    assert 1e-3 < np.median(near) / (5.4113 / math.sqrt(8)) - 1 < 3e-3


def test_a_sample_without_peaks_is_smooth() -> None:
    pixel, tof = diffraction.events(np.random.default_rng(1), 200_000, peaks=False)
    d = tof / diffraction.bank().difc[pixel]
    bins, _ = np.histogram(d, np.geomspace(1.5, 2.5, 101))
    smooth = np.convolve(bins, np.ones(9) / 9, "valid")
    assert np.abs((bins[4:-4] - smooth) / np.sqrt(smooth)).max() < 5


def test_both_banks_face_the_sample_at_right_angles() -> None:
    layout = diffraction.bank()
    assert np.abs(layout.two_theta).min() == 75
    assert np.abs(layout.two_theta).max() == 105
    assert (layout.two_theta > 0).sum() == (layout.two_theta < 0).sum() == 1200


def test_time_channels_are_of_constant_relative_width() -> None:
    tof = time_of_flight().astype("float64")
    assert tof.size == CHANNELS + 1
    assert np.diff(tof) / tof[:-1] == pytest.approx(2e-4, rel=0.01)


def test_muons_decay_with_their_lifetime_in_the_sum_of_both_sides() -> None:
    efficiency = np.ones(64)
    expected = muons.expected_counts(efficiency, 1e6, 0.2, 50.0, 0.3)
    t = muons.bin_edges()[:-1] + muons.BIN_WIDTH / 2
    total = expected.sum(axis=0)
    late = (t > 0.5) & (t < 5)
    slope = np.polyfit(t[late], np.log(total[late]), 1)[0]
    assert expected.sum() == pytest.approx(1e6)
    assert -1 / slope == pytest.approx(muons.LIFETIME, rel=5e-3)


def test_dead_time_takes_more_where_there_is_more() -> None:
    expected = np.array([[10.0, 1000.0]])
    seen = muons.seen(expected, np.array([0.005]), 20_000)
    lost = 1 - seen / expected
    assert lost[0] == pytest.approx([10 * 0.005 / 320, 1000 * 0.005 / 320], rel=0.02)
