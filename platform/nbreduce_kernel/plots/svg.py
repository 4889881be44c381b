"""A still picture of a chart, for viewers that cannot draw the live one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from nbreduce_kernel.plots.ticks import linear_ticks, log_ticks, tick_labels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nbreduce_kernel.plots.chart import Chart, Curve

WIDTH, HEIGHT = 760, 380
LEFT, RIGHT, TOP, BOTTOM = 78, 16, 34, 52
_COLUMNS = 350
_LEGEND_ROW = 17


@dataclass(frozen=True)
class Axis:
    """Maps values to pixels."""

    low: float
    high: float
    start: float
    end: float
    log: bool

    def pixels(self, values: NDArray[Any]) -> NDArray[Any]:
        """Pixel positions; NaN for what the axis cannot show."""
        import numpy as np

        low, high = self.low, self.high
        numbers = np.asarray(values, dtype=np.float64)
        if self.log:
            numbers = np.log10(np.where(numbers > 0, numbers, np.nan))
            low, high = math.log10(low), math.log10(high)
        with np.errstate(invalid="ignore", over="ignore"):
            placed = self.start + (numbers - low) / (high - low) * (self.end - self.start)
        return np.where(np.isfinite(placed), placed, np.nan)

    def ticks(self) -> list[float]:
        """Where the axis has labels."""
        choose = log_ticks if self.log else linear_ticks
        return choose(self.low, self.high)


def svg_of(chart: Chart, alt: str) -> str:
    """The chart as an SVG document.

    Parameters
    ----------
    chart
        What to draw. Curves with more points than the picture has columns are drawn by the least
        and greatest value of each column, so that no peak is lost.
    alt
        One sentence that describes it.
    """
    x_axis, y_axis = axes_of(chart)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" aria-label={quoteattr(alt)} '
        'font-family="Helvetica, Arial, sans-serif" font-size="12" fill="#212121">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<clipPath id="plot"><rect x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" '
        f'height="{HEIGHT - TOP - BOTTOM}"/></clipPath>',
        *_frame(chart, x_axis, y_axis),
        '<g clip-path="url(#plot)">',
        *(_curve(chart, curve, x_axis, y_axis) for curve in chart.curves),
        "</g>",
        *_legend(chart),
        "</svg>",
    ]
    return "\n".join(parts)


def axes_of(chart: Chart) -> tuple[Axis, Axis]:
    """Axes that hold every point that can be shown."""
    xs = [curve.x for curve in chart.curves]
    ys = [curve.y for curve in chart.curves]
    if chart.errors != "none":
        for curve in chart.curves:
            ys += [edge for edge in (curve.lower, curve.upper) if edge is not None]
    low, high = _limits(xs, chart.x_log, margin=0.0)
    bottom, top = _limits(ys, chart.y_log, margin=0.05)
    return (
        Axis(low, high, LEFT, WIDTH - RIGHT, chart.x_log),
        Axis(bottom, top, HEIGHT - BOTTOM, TOP, chart.y_log),
    )


def _limits(arrays: list[NDArray[Any]], log: bool, margin: float) -> tuple[float, float]:
    import numpy as np

    values = np.concatenate([np.asarray(array, dtype=np.float64) for array in arrays])
    values = values[np.isfinite(values) & ((values > 0) | (not log))]
    if values.size == 0:
        return (1.0, 10.0) if log else (0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    if log:
        low, high = math.log10(low), math.log10(high)
    spare = margin * (high - low) if high > low else (abs(high) * 0.1 or 0.5)
    low, high = low - spare, high + spare
    return (10**low, 10**high) if log else (low, high)


def _frame(chart: Chart, x_axis: Axis, y_axis: Axis) -> list[str]:
    import numpy as np

    parts = []
    base, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    x_ticks, y_ticks = x_axis.ticks(), y_axis.ticks()
    for place, label in zip(x_axis.pixels(np.array(x_ticks)), tick_labels(x_ticks), strict=True):
        parts.append(
            f'<path d="M{place:.1f} {TOP}V{base}" stroke="#e4e4e4"/>'
            f'<path d="M{place:.1f} {base}v5" stroke="#616161"/>'
            f'<text x="{place:.1f}" y="{base + 19}" text-anchor="middle">{label}</text>'
        )
    for place, label in zip(y_axis.pixels(np.array(y_ticks)), tick_labels(y_ticks), strict=True):
        parts.append(
            f'<path d="M{LEFT} {place:.1f}H{right}" stroke="#e4e4e4"/>'
            f'<path d="M{LEFT} {place:.1f}h-5" stroke="#616161"/>'
            f'<text x="{LEFT - 9}" y="{place + 4:.1f}" text-anchor="end">{label}</text>'
        )
    middle = (TOP + base) / 2
    return [
        *parts,
        f'<rect x="{LEFT}" y="{TOP}" width="{right - LEFT}" height="{base - TOP}" fill="none" '
        'stroke="#616161"/>',
        f'<text x="{LEFT}" y="21" font-size="15" font-weight="bold">{escape(chart.title)}</text>',
        f'<text x="{(LEFT + right) / 2}" y="{HEIGHT - 10}" font-size="14" text-anchor="middle">'
        f"{escape(chart.x_label)}</text>",
        f'<text transform="translate(18 {middle}) rotate(-90)" font-size="14" '
        f'text-anchor="middle">{escape(chart.y_label)}</text>',
    ]


def _curve(chart: Chart, curve: Curve, x_axis: Axis, y_axis: Axis) -> str:
    x = x_axis.pixels(curve.x)
    parts = [f"<g><title>{escape(curve.name)}</title>"]
    if chart.errors != "none" and curve.lower is not None and curve.upper is not None:
        lower, upper = y_axis.pixels(curve.lower), y_axis.pixels(curve.upper)
        parts.append(_whiskers(x, lower, upper, curve.colour))
    y = y_axis.pixels(curve.y)
    if "line" in curve.style:
        path = _path(*_thin(x, y))
        parts.append(f'<path d="{path}" fill="none" stroke="{curve.colour}" stroke-width="1.6"/>')
    if "markers" in curve.style:
        dots = "".join(f"M{a:.1f} {b:.1f}h0" for a, b in _points(*_thin(x, y)))
        parts.append(
            f'<path d="{dots}" stroke="{curve.colour}" stroke-width="5" stroke-linecap="round"/>'
        )
    return "".join([*parts, "</g>"])


def _whiskers(x: NDArray[Any], lower: NDArray[Any], upper: NDArray[Any], colour: str) -> str:
    import numpy as np

    bottom = np.where(np.isnan(lower), HEIGHT - BOTTOM, lower)
    kept = np.flatnonzero(~np.isnan(x) & ~np.isnan(upper))
    kept = kept[:: max(1, math.ceil(kept.size / _COLUMNS))]
    lines = "".join(f"M{x[i]:.1f} {bottom[i]:.1f}V{upper[i]:.1f}" for i in kept)
    return f'<path d="{lines}" stroke="{colour}" stroke-opacity="0.45"/>'


def _thin(x: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """The points, or of many points the least and greatest of each column, in their order."""
    import numpy as np

    if x.size <= 2 * _COLUMNS:
        return x, y
    kept: set[int] = set()
    for part in np.array_split(np.arange(x.size), _COLUMNS):
        column = y[part]
        if np.isnan(column).all():
            kept.add(int(part[0]))
        else:
            kept |= {int(part[np.nanargmin(column)]), int(part[np.nanargmax(column)])}
    order = np.array(sorted(kept))
    return x[order], y[order]


def _points(x: NDArray[Any], y: NDArray[Any]) -> list[tuple[float, float]]:
    return [(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True) if a == a and b == b]


def _path(x: NDArray[Any], y: NDArray[Any]) -> str:
    """An SVG path through the points, with gaps where one is NaN."""
    commands, pen = [], "M"
    for a, b in zip(x.tolist(), y.tolist(), strict=True):
        if a == a and b == b:
            commands.append(f"{pen}{a:.1f} {b:.1f}")
            pen = "L"
        else:
            pen = "M"
    return "".join(commands)


def _legend(chart: Chart) -> list[str]:
    right = WIDTH - RIGHT - 10
    return [
        f'<path d="M{right - 22} {y}h22" stroke="{curve.colour}" stroke-width="3"/>'
        f'<text x="{right - 28}" y="{y + 4}" text-anchor="end">{escape(curve.name)}</text>'
        for curve, y in zip(
            chart.curves, range(TOP + 14, HEIGHT - BOTTOM, _LEGEND_ROW), strict=False
        )
    ]
