import math

import hifi_fits as fits
import numpy as np
import pytest
from hifi_steps import ReductionError

from support.hifi_samples import T, groups, signal


@pytest.mark.parametrize("lifetime", [2.197, 1.8])
def test_a_known_lifetime_comes_out_although_the_spins_precess(lifetime: float) -> None:
    alpha, envelope = 1.4, 8000 * np.exp(-T / lifetime)
    turn = 0.2 * np.cos(2 * np.pi * 0.5 * T)
    fit = fits.fit_lifetime(groups(alpha * envelope * (1 + turn), envelope * (1 - turn)), alpha)
    value, error, unit = fit.parameters["lifetime"]
    assert abs(value - lifetime) < 4 * error
    assert error < 0.01
    assert unit == "µs"
    assert fit.chi_square / fit.freedom == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize("seed", range(8))
def test_counts_that_do_not_decay_are_an_error_in_words(seed: int) -> None:
    flat = np.full(T.size, 40.0)
    with pytest.raises(ReductionError, match="do not decay as muons do"):
        fits.fit_lifetime(groups(flat, flat, seed), 1.0)


@pytest.mark.parametrize("model", ["relaxation", "auto"])
def test_a_known_relaxation_comes_out(model: str) -> None:
    fit = fits.fit_asymmetry(signal(fits.relaxation(T, 0.2, 0.4, 0.03)), model)
    assert fit.model == "relaxation"
    for name, truth in (("amplitude", 0.2), ("rate", 0.4), ("baseline", 0.03)):
        value, error, _ = fit.parameters[name]
        assert abs(value - truth) < 4 * error


@pytest.mark.parametrize("field", [math.nan, 50.0])
@pytest.mark.parametrize("model", ["precession", "auto"])
def test_a_known_precession_comes_out(model: str, field: float) -> None:
    frequency = 50 * fits.GYROMAGNETIC_RATIO
    turning = fits.precession(T, 0.2, 0.15, -0.01, frequency, 0.5)
    fit = fits.fit_asymmetry(signal(turning), model, field)
    assert fit.model == "precession"
    truths = {
        "amplitude": 0.2,
        "rate": 0.15,
        "baseline": -0.01,
        "frequency": frequency,
        "phase": 0.5,
    }
    for name, truth in truths.items():
        value, error, _ = fit.parameters[name]
        assert abs(value - truth) < 4 * error, name


def test_too_small_a_window_is_an_error_that_names_the_parameters() -> None:
    with pytest.raises(ReductionError, match="widen the window, or make bunch smaller"):
        fits.fit_asymmetry(signal(np.zeros(T.size)), t_min=1.0, t_max=1.1)


def test_a_fit_reads_as_text_and_html() -> None:
    fit = fits.fit_asymmetry(signal(fits.relaxation(T, 0.2, 0.4, 0.03)), "relaxation")
    assert repr(fit).startswith("relaxation, χ²/ν = ")
    assert "rate: 0.4" in repr(fit)
    assert fit._repr_html_().count("<tr>") == 3
