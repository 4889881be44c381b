"""Curves as numbers, apart from where they stand and how they are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

Style = Literal["line", "markers", "line+markers"]


@dataclass(frozen=True)
class Curve:
    """A curve that a notebook declares.

    Attributes
    ----------
    x, y, error:
        Points in the units of their chart's labels, shape (n,); `error` is one standard deviation, or None.
    first_edge:
        Lower edge of the first bin where x are the midpoints of bins; None where they are points.
    resolution:
        Relative precision that x was stored with.
    """

    name: str
    x: Numbers
    y: Numbers
    error: Numbers | None = None
    first_edge: float | None = None
    resolution: float = 0.0
    style: Style = "line"


@dataclass(frozen=True)
class Chart:
    """Curves over common axes.

    `key` tells it from other charts of its notebook, and finds the same one in another notebook.
    """

    key: str
    title: str
    x_label: str
    y_label: str
    x_log: bool
    y_log: bool
    curves: tuple[Curve, ...]
