"""Plots of several reductions laid over each other, drawn as notebooks draw theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nbreduce.comparison.curves import Style
from nbreduce.comparison.declared import MEDIA_TYPE
from nbreduce.comparison.model import OverlaidPlot
from nbreduce.comparison.residual import Residual
from nbreduce.comparison.sentence import unit_of
from nbreduce.comparison.shared import SharedPlot

_HEIGHT = 400
_RESIDUAL_HEIGHT = 260
_NAMES_IN_A_ROW = 3
_DASHES = ("solid", "dashed", "dotted", "dotdash")


def overlaid(plot: SharedPlot, labels: dict[str, str]) -> OverlaidPlot:
    """Draw the curves of a plot over each other and, below, their differences over the same x.

    Parameters
    ----------
    labels:
        Short names of reductions by their names.
    """
    from nbreduce_kernel.plots.show import plot_bundle

    above = _above(plot, labels)
    below = _below(plot, labels, above)
    alt = f"{plot.title} of {', '.join(labels[one] for one in _reductions(plot))}"
    if below is not None:
        from bokeh.layouts import column

        layout: Any = column(above, below, sizing_mode="stretch_width")
        bundle = plot_bundle(layout, f"{alt}, and the differences from {labels[plot.reference]}.")
    else:
        bundle = plot_bundle(above, f"{alt}.")
    stored = {name: value for name, value in bundle[MEDIA_TYPE].items() if name != "charts"}
    return OverlaidPlot(title=plot.title, plot=stored)


def _reductions(plot: SharedPlot) -> list[str]:
    return list(dict.fromkeys(name for one in plot.curves for name in one.curves))


@dataclass(frozen=True)
class _Drawn:
    """A curve as it is drawn: coloured by its reduction, dashed by its name."""

    columns: tuple[Any, ...]
    style: Style
    colour: str
    dash: str


def _above(plot: SharedPlot, labels: dict[str, str]) -> Any:
    places = list(labels)
    drawn: dict[str, _Drawn] = {}
    for index, shared in enumerate(plot.curves):
        curves = dict([next(iter(shared.curves.items()))]) if shared.identical else shared.curves
        for name, curve in curves.items():
            label = "all" if shared.identical else labels[name]
            drawn[f"{shared.name} · {label}"] = _Drawn(
                _columns(curve.x, curve.y, curve.error),
                curve.style,
                _colour(places.index(name)),
                _DASHES[index % len(_DASHES)],
            )
    return _figure(
        plot,
        drawn,
        title=plot.title,
        y_label=plot.chart.y_label,
        y_log=plot.chart.y_log,
        height=_HEIGHT,
    )


def _below(plot: SharedPlot, labels: dict[str, str], above: Any) -> Any:
    """Draw the differences; None where there is none to draw."""
    reference, places = labels[plot.reference], list(labels)
    drawn = {
        f"{shared.name} · {labels[name]} − {reference}": _Drawn(
            _columns(one.x, one.y, one.error),
            "line",
            _colour(places.index(name)),
            _DASHES[index % len(_DASHES)],
        )
        for index, shared in enumerate(plot.curves)
        for name, one in shared.residuals.items()
        if isinstance(one, Residual) and not shared.identical
    }
    if not drawn:
        return None
    from bokeh.models.annotations import Span

    unit = unit_of(plot.chart.y_label)
    figure = _figure(
        plot,
        drawn,
        title=f"Difference from {reference}",
        y_label=f"difference / {unit}" if unit else "difference",
        height=_RESIDUAL_HEIGHT,
    )
    figure.add_layout(Span(location=0, dimension="width", line_color="#808080"))
    figure.x_range = above.x_range
    return figure


def _figure(plot: SharedPlot, drawn: dict[str, _Drawn], **options: Any) -> Any:
    from nbreduce_kernel.plots import curves

    figure = curves(
        {name: one.columns for name, one in drawn.items()},
        x_label=plot.chart.x_label,
        x_log=plot.chart.x_log,
        style={name: one.style for name, one in drawn.items()},
        **options,
    )
    for renderer in figure.renderers:
        one = drawn[renderer.name]
        looks = {"line_color": one.colour, "fill_color": one.colour, "line_dash": one.dash}
        renderer.glyph.update(
            **{name: look for name, look in looks.items() if hasattr(renderer.glyph, name)}
        )
    _put_legend_above(figure)
    return figure


def _put_legend_above(figure: Any) -> None:
    """Put the legend where it covers nothing, and leaves the axes of both figures one below the other."""
    legend = figure.legend[0]
    for place in (figure.center, figure.right):
        if legend in place:
            place.remove(legend)
    figure.add_layout(legend, "above")
    legend.update(
        ncols=_NAMES_IN_A_ROW,
        location="left",
        orientation="horizontal",
        label_text_font_size="12px",
        border_line_alpha=0,
        margin=0,
        padding=4,
        spacing=14,
    )


def _colour(place: int) -> str:
    from nbreduce_kernel.plots.chart import COLOURS

    return COLOURS[place % len(COLOURS)]


def _columns(*columns: Any) -> tuple[Any, ...]:
    return tuple(column for column in columns if column is not None)
