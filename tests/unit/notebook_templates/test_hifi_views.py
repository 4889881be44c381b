import hifi_fits as fits
import hifi_views as views
import numpy as np
import pytest

from support.hifi_samples import FIT, SIGNAL, T, groups, run


def test_decay_is_shown_over_the_fitted_times() -> None:
    decay = 5000 * np.exp(-T / 2.197)
    both = groups(decay, decay)
    lifetime = fits.fit_lifetime(both, 1.0)
    curves = views.count_curves(both, lifetime, 1.0)
    t, total = curves["F + αB"]
    assert t == pytest.approx(lifetime.time)
    assert total.sum() == pytest.approx(lifetime.curve.sum(), rel=0.01)


def test_asymmetry_is_shown_up_to_t_max_and_without_empty_bins() -> None:
    holes = SIGNAL.copy()
    holes.values[5] = np.nan
    t, values, errors = views.asymmetry_curves(holes, t_max=4.0)["asymmetry"]
    assert t.max() < 4.0
    assert np.isfinite(values).all()
    assert t.size == values.size == errors.size == np.sum(T < 4.0) - 1
    assert "fit" in views.asymmetry_curves(holes, FIT)


def test_figures_say_what_they_show() -> None:
    decay = 5000 * np.exp(-T / 2.197)
    both = groups(decay, decay)
    figure = views.decay_figure(run(), both, fits.fit_lifetime(both, 1.0), 1.0)
    assert figure.title.text == "Cu (run 9)"
    assert views.asymmetry_figure(both, FIT, 1.25, 8.0).title.text == "asymmetry, α = 1.250"


def test_the_slider_begins_at_alpha_and_shows_another() -> None:
    shown: list[float] = []
    slider = views.alpha_slider(1.4, shown.append)
    assert slider.value == 1.4
    slider.value = 1.1
    assert shown == [1.1]
