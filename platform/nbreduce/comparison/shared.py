"""Plots that several reductions have in common, and how far their curves are apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nbreduce.comparison.curves import Chart, Curve
from nbreduce.comparison.declared import Declared
from nbreduce.comparison.model import Agreement, CurveComparison, PlotComparison
from nbreduce.comparison.residual import NotComparable, Residual, subtract


@dataclass(frozen=True)
class SharedCurve:
    """A curve by the reductions that have it, the reference first.

    `residuals` are those of the others: other minus reference, or why there is none.
    """

    name: str
    curves: dict[str, Curve]
    residuals: dict[str, Residual | str]

    @property
    def identical(self) -> bool:
        """Whether nothing differs at all."""
        return all(
            isinstance(one, Residual) and one.x.size == self.reference.x.size and not one.y.any()
            for one in self.residuals.values()
        )

    @property
    def reference(self) -> Curve:
        """The curve of the reference."""
        return next(iter(self.curves.values()))


@dataclass(frozen=True)
class SharedPlot:
    """A plot that two reductions or more have; `chart` is that of the first."""

    title: str
    chart: Chart
    reference: str
    curves: tuple[SharedCurve, ...]


def shared_plots(declared: Sequence[tuple[str, Declared]]) -> tuple[SharedPlot, ...]:
    """Find the plots and curves that two reductions or more have in common.

    Parameters
    ----------
    declared:
        Names of reductions and what they declare, the reference first.
    """
    by_key: dict[str, dict[str, Chart]] = {}
    for name, one in declared:
        for chart in one.charts:
            by_key.setdefault(chart.key, {})[name] = chart
    found = (_plot(charts) for charts in by_key.values() if len(charts) > 1)
    return tuple(plot for plot in found if plot.curves)


def plot_comparison(plot: SharedPlot) -> PlotComparison:
    """Say in numbers how far the curves of a plot are apart."""
    return PlotComparison(
        title=plot.title,
        x_label=plot.chart.x_label,
        y_label=plot.chart.y_label,
        reference=plot.reference,
        curves=tuple(
            CurveComparison(
                curve=one.name,
                span=_span(one.reference),
                agreements=tuple(_agreement(name, each) for name, each in one.residuals.items()),
            )
            for one in plot.curves
        ),
    )


def _plot(charts: dict[str, Chart]) -> SharedPlot:
    reference, chart = next(iter(charts.items()))
    shared = []
    for curve in chart.curves:
        curves: dict[str, Curve] = {}
        residuals: dict[str, Residual | str] = {}
        for name, other in charts.items():
            found = next((one for one in other.curves if one.name == curve.name), None)
            if found is None:
                continue
            if (other.x_label, other.y_label) != (chart.x_label, chart.y_label):
                residuals[name] = f"its axes are '{other.x_label}' and '{other.y_label}'"
                continue
            curves[name] = found
            if name != reference:
                residuals[name] = _difference(curve, found)
        if residuals:
            shared.append(SharedCurve(curve.name, curves, residuals))
    return SharedPlot(_title(list(charts.values())), chart, reference, tuple(shared))


def _difference(reference: Curve, other: Curve) -> Residual | str:
    try:
        return subtract(reference, other)
    except NotComparable as error:
        return str(error)


def _title(charts: list[Chart]) -> str:
    """Return the title that all have, or else what they show: titles may name the run."""
    first = charts[0]
    if len({chart.title for chart in charts}) == 1 and first.title:
        return first.title
    return f"{quantity(first.y_label)} against {quantity(first.x_label)}"


def quantity(label: str) -> str:
    """Return a label without its unit."""
    return label.rpartition(" / ")[0] or label


def _span(curve: Curve) -> tuple[float, float] | None:
    import numpy as np

    x = curve.x[np.isfinite(curve.x) & np.isfinite(curve.y)]
    return (float(x.min()), float(x.max())) if x.size else None


def _agreement(name: str, found: Residual | str) -> Agreement:
    if isinstance(found, str):
        return Agreement(reduction=name, why=found)
    greatest, at = found.greatest
    chi2, chi2_points = found.chi2 or (None, 0)
    return Agreement(
        reduction=name,
        points=int(found.x.size),
        low=float(found.x.min()),
        high=float(found.x.max()),
        greatest=greatest,
        at=at,
        relative=found.relative,
        chi2=chi2,
        chi2_points=chi2_points,
    )
