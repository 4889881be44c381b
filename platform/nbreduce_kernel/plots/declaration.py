"""What a plot says of its curves to programs: which they are, and where in its document they stand."""

from __future__ import annotations

import math
from typing import Any

from nbreduce_kernel.plots.chart import Chart, Curve
from nbreduce_kernel.plots.figure import chart_of


def declare(figure: Any) -> list[dict[str, Any]]:
    """Declare the curves of a figure, or of all figures of a layout.

    The numbers stand once, in the document: a curve names the data source that holds it, with the columns
    ``x``, ``y`` and, where it has errors, ``upper`` (y plus one standard deviation).

    Parameters
    ----------
    figure
        A Bokeh figure or layout. Only figures made by `curves` declare anything, each one chart.
    """
    # Bokeh gives references as a set; ids are numbers in the order of making.
    models = sorted(figure.references(), key=lambda model: (len(model.id), model.id))
    charts = ((model, chart_of(model)) for model in models)
    return [_chart(model, chart) for model, chart in charts if chart is not None]


def _chart(figure: Any, chart: Chart) -> dict[str, Any]:
    sources = {one.name: one.data_source.id for one in reversed(figure.renderers)}
    return {
        "name": chart.name,
        "title": chart.title,
        "x_label": chart.x_label,
        "y_label": chart.y_label,
        "x_log": chart.x_log,
        "y_log": chart.y_log,
        "curves": [
            {
                "name": curve.name,
                "source": sources[curve.name],
                "style": curve.style,
                "first_edge": _finite(curve),
            }
            for curve in chart.curves
            if curve.name in sources
        ],
    }


def _finite(curve: Curve) -> float | None:
    """Return the first edge as JSON can hold it."""
    edge = curve.first_edge
    return edge if edge is not None and math.isfinite(edge) else None
