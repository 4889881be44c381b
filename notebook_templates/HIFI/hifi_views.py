"""What is shown of a reduced HIFI run: the decay, the asymmetry, and the control that balances it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipp as sc
from hifi_fits import Fit
from hifi_steps import Groups, Run, asymmetry

from nbreduce_kernel import plots

Curves = dict[str, tuple[np.ndarray, ...]]


def decay_figure(run: Run, groups: Groups, lifetime: Fit, alpha: float) -> Any:
    """Plot the decay of the counts and its fit, logarithmically."""
    return plots.curves(
        count_curves(groups, lifetime, alpha),
        title=f"{run.title} (run {run.number})",
        x_label="time / µs",
        y_label="counts",
        style={"F + αB": "markers"},
        y_log=True,
    )


def asymmetry_figure(groups: Groups, fit: Fit, alpha: float, t_max: float) -> Any:
    """Plot the asymmetry for a value of alpha, and the fit."""
    return plots.curves(
        asymmetry_curves(asymmetry(groups, alpha), fit, t_max),
        title=f"asymmetry, α = {alpha:.3f}",
        x_label="time / µs",
        y_label="asymmetry",
        style={"asymmetry": "markers"},
        errors="whiskers",
    )


def alpha_slider(alpha: float, show: Callable[[float], None]) -> Any:
    """Make a slider around a value of alpha that shows the asymmetry for another."""
    from ipywidgets import FloatSlider

    slider = FloatSlider(alpha, min=alpha / 2, max=alpha * 2, step=0.005, description="α")
    slider.observe(lambda change: show(change.new), "value")
    return slider


def count_curves(groups: Groups, lifetime: Fit, alpha: float) -> Curves:
    """Return F + alpha·B and the decay fitted to it, over the fitted times."""
    edges = groups.forward.coords["time"].values
    total = groups.forward.values + alpha * groups.backward.values
    centres = (edges[1:] + edges[:-1]) / 2
    shown = np.isin(centres, lifetime.time)
    return {"F + αB": (centres[shown], total[shown]), "fit": (lifetime.time, lifetime.curve)}


def asymmetry_curves(signal: sc.DataArray, fit: Fit | None = None, t_max: float = 10.0) -> Curves:
    """Return the asymmetry's points up to `t_max` microseconds and, where given, its fit."""
    edges = signal.coords["time"].values
    centres = (edges[1:] + edges[:-1]) / 2
    shown = (centres > 0) & (centres < t_max) & np.isfinite(signal.values)
    errors = np.sqrt(signal.variances[shown])
    curves: Curves = {"asymmetry": (centres[shown], signal.values[shown], errors)}
    if fit is not None:
        curves["fit"] = (fit.time, fit.curve)
    return curves
