"""Bokeh figures of named curves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from nbreduce_kernel.plots.chart import Chart, Curve, Errors, Style, read_curves

THEMED_TAG = "nbreduce-themed"
"""Tells the JupyterLab extension that the figure may take the colours of its theme."""

CHART_ATTRIBUTE = "_nbreduce_chart"

_MANY_POINTS = 400


def curves(
    curves: Mapping[str, Any],
    *,
    title: str,
    x_label: str,
    y_label: str,
    style: Style | Mapping[str, Style] = "line",
    errors: Errors = "band",
    x_log: bool = False,
    y_log: bool = False,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    height: int = 380,
    name: str = "",
) -> Any:
    """Make an interactive figure of named curves.

    Drag to pan, hold Ctrl and turn the wheel to zoom, choose box zoom in the toolbar, click a name
    in the legend to hide its curve.

    Parameters
    ----------
    curves
        By name, ``(x, y)`` or ``(x, y, error)`` as one-dimensional arrays, or a one-dimensional
        scipp DataArray, whose standard deviations are the errors. Bin edges become midpoints.
    title, x_label, y_label
        Texts of the plot; labels carry their units.
    style
        ``"line"``, ``"markers"`` or ``"line+markers"``, for all curves or by name.
    errors
        How errors are drawn: as ``"band"``, as ``"whiskers"`` or not at all (``"none"``). They are
        kept in any case, for comparisons.
    x_log, y_log
        Logarithmic axes; points that are not positive are left out.
    x_range, y_range
        What is shown first; by default everything.
    height
        In pixels; the width is that of the notebook.
    name
        What the plot is compared by with that of another notebook, where the id of its cell will not
        do: because cells are split or renamed, or because one cell shows a changing number of plots.

    Returns
    -------
    A `bokeh.plotting.figure`, to change at will and to give to `show`.

    Raises
    ------
    ValueError
        If the data of a curve cannot be read; the message names the curve.
    """
    chart = Chart(read_curves(curves, style), title, x_label, y_label, x_log, y_log, errors, name)
    figure = _empty_figure(chart, x_range, y_range, height)
    points = [renderer for curve in chart.curves for renderer in _draw(figure, chart, curve)]
    _add_hover(figure, chart, points)
    _arrange_legend(figure, chart)
    setattr(figure, CHART_ATTRIBUTE, chart)
    return figure


def chart_of(figure: Any) -> Chart | None:
    """The chart that a figure was made from, or None for figures made elsewhere."""
    return getattr(figure, CHART_ATTRIBUTE, None)


def _empty_figure(
    chart: Chart,
    x_range: tuple[float, float] | None,
    y_range: tuple[float, float] | None,
    height: int,
) -> Any:
    from bokeh.models import BoxZoomTool, PanTool, ResetTool, SaveTool, WheelZoomTool
    from bokeh.plotting import figure

    pan = PanTool()
    wheel = WheelZoomTool(modifiers="ctrl", description="Wheel zoom: hold Ctrl")
    options: dict[str, Any] = {"x_range": x_range, "y_range": y_range}
    result: Any = figure(
        title=chart.title,
        x_axis_label=chart.x_label,
        y_axis_label=chart.y_label,
        x_axis_type="log" if chart.x_log else "linear",
        y_axis_type="log" if chart.y_log else "linear",
        tools=[pan, wheel, BoxZoomTool(), ResetTool(), SaveTool()],
        active_drag=pan,
        active_scroll=wheel,
        toolbar_location="above",
        sizing_mode="stretch_width",
        height=height,
        max_width=1100,
        tags=[THEMED_TAG],
        **{name: span for name, span in options.items() if span is not None},
    )
    result.toolbar.logo = None
    result.title.text_font_size = "15px"
    result.axis.axis_label_text_font_style = "normal"
    result.axis.axis_label_text_font_size = "14px"
    result.axis.major_label_text_font_size = "12px"
    result.grid.grid_line_color = "#e4e4e4"
    return result


def _draw(figure: Any, chart: Chart, curve: Curve) -> list[Any]:
    """Draw one curve; returns the renderers that hover looks at."""
    from bokeh.models import ColumnDataSource

    columns = {"x": curve.x, "y": curve.y}
    if curve.lower is not None and curve.upper is not None:
        columns["upper"] = curve.upper
        if chart.errors != "none":
            columns["lower"] = _above_zero(curve.lower, chart.y_log)
    source = ColumnDataSource(columns)
    common = {"source": source, "legend_label": curve.name, "name": curve.name}
    if "lower" in columns:
        _draw_errors(figure, chart, curve, common)
    drawn = []
    if "line" in curve.style:
        drawn.append(figure.line("x", "y", color=curve.colour, line_width=1.7, **common))
    if "markers" in curve.style:
        size = 6 if curve.x.size < _MANY_POINTS else 4
        drawn.append(figure.scatter("x", "y", size=size, color=curve.colour, **common))
    return drawn


def _draw_errors(figure: Any, chart: Chart, curve: Curve, common: dict[str, Any]) -> None:
    if chart.errors == "band":
        figure.varea("x", "lower", "upper", color=curve.colour, alpha=0.25, **common)
    else:
        figure.segment(
            "x", "lower", "x", "upper", color=curve.colour, alpha=0.7, line_width=1.2, **common
        )


def _above_zero(lower: Any, log: bool) -> Any:
    """Lower ends that a logarithmic axis can show: what is not positive becomes very small."""
    import numpy as np

    if not log or not np.any(lower > 0):
        return lower
    smallest = lower[lower > 0].min() / 10
    return np.where(lower > 0, lower, smallest).astype(lower.dtype)


def _add_hover(figure: Any, chart: Chart, renderers: list[Any]) -> None:
    from bokeh.models import HoverTool

    rows = [("", "$name"), (chart.x_label, "@x"), (chart.y_label, "@y")]
    plain = [r for r in renderers if "lower" not in r.data_source.data]
    with_errors = [r for r in renderers if "lower" in r.data_source.data]
    with_rows = [*rows, ("± error", "@lower to @upper")]
    sides: tuple[tuple[list[Any], Any, Literal["left", "right"]], ...] = (
        (with_errors, with_rows, "left"),
        (plain, rows, "right"),
    )
    for group, tooltips, side in sides:
        if group:
            figure.add_tools(
                HoverTool(
                    renderers=group,
                    tooltips=tooltips,
                    mode="vline" if len(group) == 1 else "mouse",
                    line_policy="nearest",
                    attachment=side,
                    limit=1,
                )
            )


def _arrange_legend(figure: Any, chart: Chart) -> None:
    figure.legend.click_policy = "hide"
    figure.legend.background_fill_alpha = 0.8
    figure.legend.label_text_font_size = "12px"
    figure.legend.spacing = 1
    if len(chart.curves) > 8:
        figure.legend.label_text_font_size = "11px"
        figure.add_layout(figure.legend[0], "right")
