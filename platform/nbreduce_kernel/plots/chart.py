"""What a plot of named curves shows, apart from how it is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from numpy.typing import NDArray

Style = Literal["line", "markers", "line+markers"]
Errors = Literal["band", "whiskers", "none"]

COLOURS = (
    "#2f7fd1",
    "#d56b0c",
    "#2e9448",
    "#d8434e",
    "#9467bd",
    "#1c93a1",
    "#c9479a",
    "#a0703c",
    "#808080",
    "#86841c",
)
"""Line colours with a contrast of 3:1 or more on white paper and on JupyterLab's dark ground."""

_RELATIVE_PRECISION = 1e-6


@dataclass(frozen=True)
class Curve:
    """One named curve.

    Attributes
    ----------
    name
        Its name in the legend.
    x, y
        Coordinates, shape (n,).
    lower, upper
        Ends of the error interval of each point, shape (n,), or None without errors.
    style
        How the points are drawn.
    colour
        As ``#rrggbb``.
    first_edge
        Lower edge of the first bin where x are the midpoints of bins, else None. With the midpoints it
        gives every other edge.
    """

    name: str
    x: NDArray[Any]
    y: NDArray[Any]
    lower: NDArray[Any] | None
    upper: NDArray[Any] | None
    style: Style
    colour: str
    first_edge: float | None = None


@dataclass(frozen=True)
class Chart:
    """Curves with their axes; everything that a static picture of the plot needs.

    `name` is what the same plot is called in other notebooks; empty where its cell's id is to tell.
    """

    curves: tuple[Curve, ...]
    title: str
    x_label: str
    y_label: str
    x_log: bool = False
    y_log: bool = False
    errors: Errors = "band"
    name: str = ""

    def describe(self) -> str:
        """One sentence for readers who do not see the plot."""
        names = ", ".join(curve.name for curve in self.curves)
        return f"{self.title}: {self.y_label} against {self.x_label} for {names}."


def read_curves(curves: Mapping[str, Any], style: Style | Mapping[str, Style]) -> tuple[Curve, ...]:
    """The curves of a mapping from name to data.

    Parameters
    ----------
    curves
        By name, ``(x, y)`` or ``(x, y, error)`` as one-dimensional arrays, where x may be one longer
        than y (bin edges, of which the midpoints are shown), or a one-dimensional scipp DataArray.
    style
        For all curves, or by name (the others are lines).

    Raises
    ------
    ValueError
        If there is no curve, or if the data of one is not such a thing; the message names it.
    """
    if not curves:
        raise ValueError("A plot needs at least one curve.")
    styles = dict.fromkeys(curves, style) if isinstance(style, str) else dict(style)
    if unknown := sorted(set(styles) - set(curves)):
        raise ValueError(f"A style is given for {unknown}, but the curves are {sorted(curves)}.")
    if wrong := sorted(set(styles.values()) - {"line", "markers", "line+markers"}):
        raise ValueError(f"Unknown style {wrong[0]!r}: use 'line', 'markers' or 'line+markers'.")
    return tuple(
        _read(str(name), data, styles.get(name, "line"), COLOURS[index % len(COLOURS)])
        for index, (name, data) in enumerate(curves.items())
    )


def _read(name: str, data: Any, style: Style, colour: str) -> Curve:
    x, y, error = _columns(name, data)
    if x.ndim != 1 or y.ndim != 1 or (error is not None and error.shape != y.shape):
        raise ValueError(f"Curve '{name}' needs one-dimensional x, y and error of the same length.")
    first_edge = None
    if x.size == y.size + 1:
        first_edge = float(x[0])
        x = 0.5 * (x[:-1] + x[1:])
    if x.size != y.size:
        raise ValueError(
            f"Curve '{name}' has {x.size} x values for {y.size} y values; "
            "x must be as long as y, or one longer (bin edges)."
        )
    lower, upper = (None, None) if error is None else (compact(y - error), compact(y + error))
    return Curve(name, compact(x), compact(y), lower, upper, style, colour, first_edge)


def _columns(name: str, data: Any) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any] | None]:
    import numpy as np

    if hasattr(data, "coords") and hasattr(data, "variances"):
        return _scipp_columns(name, data)
    if not isinstance(data, (tuple, list)) or len(data) not in (2, 3):
        raise ValueError(
            f"Curve '{name}' must be (x, y), (x, y, error) or a one-dimensional scipp DataArray, "
            f"not {type(data).__name__}."
        )
    arrays = [np.asarray(column, dtype=np.float64) for column in data]
    return arrays[0], arrays[1], arrays[2] if len(arrays) == 3 else None


def _scipp_columns(name: str, data: Any) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any] | None]:
    """Columns of a scipp DataArray, without importing scipp; masked points become gaps."""
    import numpy as np

    if len(data.dims) != 1:
        raise ValueError(f"Curve '{name}' must have one dimension, but has {tuple(data.dims)}.")
    (dim,) = data.dims
    if dim not in data.coords:
        raise ValueError(f"Curve '{name}' has no coordinate for its dimension '{dim}'.")
    x = np.asarray(data.coords[dim].values, dtype=np.float64)
    y = np.array(data.values, dtype=np.float64)
    for mask in data.masks.values():
        y[np.broadcast_to(mask.values, y.shape)] = np.nan
    variances = data.variances
    return x, y, None if variances is None else np.sqrt(np.asarray(variances, dtype=np.float64))


def compact(values: NDArray[Any]) -> NDArray[Any]:
    """Values in single precision where no eye can tell, in double precision otherwise.

    Single precision halves the notebook. It is taken if no value moves by more than a millionth of
    the values' span, a thousandth of a pixel of the whole plot.
    """
    import numpy as np

    finite = values[np.isfinite(values)]
    if finite.size == 0 or np.abs(finite).max() > np.finfo(np.float32).max:
        return values
    single = values.astype(np.float32)
    span = float(finite.max() - finite.min())
    moved = np.abs(finite - finite.astype(np.float32).astype(np.float64)).max()
    return single if moved <= _RELATIVE_PRECISION * span else values
