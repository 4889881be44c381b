"""What is shown of a reduced ENGIN-X run: the pattern, one peak, and the control that chooses it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipp as sc
from enginx_peaks import Peak, PeakTable
from enginx_reference import Reflection
from enginx_steps import Run

from nbreduce_kernel import plots

Curves = dict[str, tuple[np.ndarray, ...]]

MARGIN = 1.5
"""How much wider than the fitted window a peak is shown."""


def pattern_figure(
    run: Run, pattern: sc.DataArray, expected: list[Reflection], material: str
) -> Any:
    """Plot the pattern over the reference's reflections."""
    return plots.curves(
        pattern_curves(pattern, expected, material),
        title=f"{run.title} (run {run.number})",
        x_label="d-spacing / Å",
        y_label=f"intensity / {pattern.unit}",
        errors="none",
    )


def peak_figure(counts: sc.DataArray, peak: Peak) -> Any:
    """Plot the points around a peak and its fit."""
    return plots.curves(
        peak_curves(counts, peak),
        title=f"{peak.reflection.label}: {peak.d_spacing:.5f} ± {peak.d_error:.5f} Å",
        x_label="d-spacing / Å",
        y_label="counts",
        style={"measured": "markers"},
        errors="whiskers",
    )


def peak_chooser(table: PeakTable, show: Callable[[Peak], None]) -> Any:
    """Make a menu of the peaks, set to the strongest, that shows the chosen one."""
    from ipywidgets import Dropdown

    options = [(peak.reflection.label, index) for index, peak in enumerate(table.peaks)]
    menu = Dropdown(options=options, value=table.peaks.index(strongest(table)), description="peak")
    menu.observe(lambda change: show(table.peaks[change.new]), "value")
    return menu


def pattern_curves(pattern: sc.DataArray, expected: list[Reflection], material: str) -> Curves:
    """Return the pattern and, under it, ticks where the reference has reflections.

    Ticks are one line broken by NaN, so that they are a single entry of the legend.
    """
    d, intensity, error = _points(pattern)
    depth = -0.04 * float(intensity.max())
    position = np.array([reflection.d_spacing for reflection in expected])
    ticks = np.repeat(position, 3)
    heights = np.tile([0.0, depth, np.nan], position.size)
    return {"I(d)": (d, intensity, error), f"{material} reference": (ticks, heights)}


def peak_curves(counts: sc.DataArray, peak: Peak) -> Curves:
    """Return the measured points around a peak, wider than the fit, and the fit."""
    d, intensity, error = _points(counts)
    middle, reach = (peak.d[0] + peak.d[-1]) / 2, MARGIN * (peak.d[-1] - peak.d[0]) / 2
    near = np.abs(d - middle) < reach
    return {
        "measured": (d[near], intensity[near], error[near]),
        "fit": (peak.d, peak.curve),
    }


def strongest(table: PeakTable) -> Peak:
    """Return the peak with the largest area."""
    return max(table.peaks, key=lambda peak: peak.area)


def _points(pattern: sc.DataArray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    edges = pattern.coords["dspacing"].values
    return np.sqrt(edges[1:] * edges[:-1]), pattern.values, sc.stddevs(pattern.data).values
