"""How far one curve is from another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbreduce.comparison.curves import Curve

if TYPE_CHECKING:
    from nbreduce.comparison.curves import Numbers


class NotComparable(Exception):
    """Two curves that cannot be subtracted; the message says why."""


@dataclass(frozen=True)
class Residual:
    """Other minus reference, where both have a value.

    Attributes
    ----------
    x:
        Positions of the reference, shape (n,), rising or falling as they were.
    y, error:
        Difference and its standard deviation, shape (n,), in the unit of the curves; no error where one of the two
        has none.
    scale:
        Largest absolute value of the reference at `x`.
    """

    x: Numbers
    y: Numbers
    error: Numbers | None
    scale: float

    @property
    def greatest(self) -> tuple[float, float]:
        """The largest absolute difference, and the x at which it is."""
        import numpy as np

        index = int(np.argmax(np.abs(self.y)))
        return float(abs(self.y[index])), float(self.x[index])

    @property
    def relative(self) -> float | None:
        """The largest absolute difference over the largest absolute value of the reference; None where that is 0."""
        return self.greatest[0] / self.scale if self.scale > 0 else None

    @property
    def chi2(self) -> tuple[float, int] | None:
        """Mean of (difference / error)², and over how many points.

        Points whose error is zero or unknown are left out; None where no point is left. It is about 1 where two
        independent measurements of the same thing differ by no more than their errors (P. R. Bevington, D. K. Robinson,
        Data Reduction and Error Analysis, 3rd ed., section 4.3).
        """
        import numpy as np

        if self.error is None:
            return None
        known = np.isfinite(self.error) & (self.error > 0)
        with np.errstate(all="ignore"):
            terms = (self.y[known] / self.error[known]) ** 2
        terms = terms[np.isfinite(terms)]
        return (float(terms.mean()), int(terms.size)) if terms.size else None


def subtract(reference: Curve, other: Curve) -> Residual:
    """Subtract a curve from another, on the grid of the first.

    Curves on one grid are subtracted point by point. Of other curves, that of points is interpolated linearly where it
    has points on both sides, never extrapolated, and never over a gap (NaN). Histograms on different bins are not
    subtracted at all: their values belong to their bins.

    Errors are combined in quadrature, as of independent values: σ² = Σ (∂f/∂y_i)² σ_i², with the weights of the
    interpolation as derivatives (JCGM 100:2008, GUM, 5.1.2, eq. 10).

    Raises
    ------
    NotComparable
        They have nothing that could be subtracted.
    """
    import numpy as np

    _check_kinds(reference, other)
    if same_grid(reference, other):
        x, y, error = reference.x, other.y, other.error
    elif reference.first_edge is not None:
        raise NotComparable("their bins differ, and values belong to their bins")
    else:
        reference, other = _rising(reference), _rising(other)
        x = reference.x
        y, error = _interpolated(other, x)
    with np.errstate(all="ignore"):
        difference = y - reference.y
        both = np.isfinite(difference) & np.isfinite(x)
        sigma = (
            None if error is None or reference.error is None else np.hypot(error, reference.error)
        )
    if not both.any():
        raise NotComparable("they have no point in common")
    return Residual(
        x=x[both],
        y=difference[both],
        error=None if sigma is None else sigma[both],
        scale=float(np.abs(reference.y[both]).max()),
    )


def same_grid(one: Curve, other: Curve) -> bool:
    """Say whether two curves have the same x, as exactly as these were stored."""
    import numpy as np

    if one.x.size != other.x.size:
        return False
    finite = one.x[np.isfinite(one.x)]
    size = float(np.abs(finite).max()) if finite.size else 0.0
    tolerance = 2 * max(one.resolution, other.resolution) * size
    edges = (one.first_edge or 0.0, other.first_edge or 0.0)
    return abs(edges[0] - edges[1]) <= tolerance and bool(
        np.allclose(one.x, other.x, rtol=0.0, atol=tolerance, equal_nan=True)
    )


def _check_kinds(reference: Curve, other: Curve) -> None:
    if reference.x.size == 0 or other.x.size == 0:
        raise NotComparable("one of them has no points")
    if (reference.first_edge is None) != (other.first_edge is None):
        raise NotComparable("one is a histogram and the other is not")


def _rising(curve: Curve) -> Curve:
    """Return a curve with x that rises, without points that have none.

    Raises
    ------
    NotComparable
        Its x neither rises nor falls.
    """
    import numpy as np

    kept = np.isfinite(curve.x)
    columns = [curve.x, curve.y, curve.error]
    x, y, error = (None if column is None else column[kept] for column in columns)
    assert x is not None and y is not None
    if x.size > 1 and x[0] > x[-1]:
        x, y, error = x[::-1], y[::-1], None if error is None else error[::-1]
    if not np.all(np.diff(x) > 0):
        raise NotComparable("their x differ, and do not rise steadily")
    return Curve(curve.name, x, y, error)


def _interpolated(curve: Curve, x: Numbers) -> tuple[Numbers, Numbers | None]:
    """Return values and errors at x; NaN where the curve has no points on both sides."""
    import numpy as np

    if curve.x.size == 0:
        raise NotComparable("one of them has no points")
    right = np.clip(np.searchsorted(curve.x, x), 0, curve.x.size - 1)
    left = np.where(curve.x[right] == x, right, np.maximum(right - 1, 0))
    span = curve.x[right] - curve.x[left]
    inside = (x >= curve.x[0]) & (x <= curve.x[-1])
    with np.errstate(all="ignore"):
        weight = np.where(span > 0, (x - curve.x[left]) / span, 0.0)
        # Where x is a point of the curve, left and right are that point: a neighbour's gap does not matter.
        y = (1 - weight) * curve.y[left] + weight * curve.y[right]
        y = np.where(inside, y, np.nan)
        if curve.error is None:
            return y, None
        return y, np.hypot((1 - weight) * curve.error[left], weight * curve.error[right])
