"""Fit the peaks of a diffraction pattern and compare them with a crystal's reflections."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import scipp as sc
from enginx_reference import Material, ReductionError, Reflection
from enginx_shapes import SHAPES
from scipy.optimize import curve_fit

FEWEST_BINS = 12
"""Bins that a window must have for the six parameters of a peak to be fitted."""


@dataclass(frozen=True, eq=False)
class Peak:
    """One fitted peak.

    Attributes
    ----------
    d_spacing, d_error:
        Position and its standard uncertainty in angstrom.
    width:
        Standard deviation of the Gaussian part in angstrom.
    area, area_error:
        Counts in the peak above the background.
    chi_square:
        Per degree of freedom; where it exceeds 1 the uncertainties are scaled by its root.
    d, curve:
        Centres of the fitted bins in angstrom, and the model there in counts.
    """

    reflection: Reflection
    d_spacing: float
    d_error: float
    width: float
    area: float
    area_error: float
    chi_square: float
    d: np.ndarray
    curve: np.ndarray

    @property
    def deviation(self) -> float:
        """Position over the reference, minus one, in per cent."""
        return 100 * (self.d_spacing / self.reflection.d_spacing - 1)


@dataclass(frozen=True, eq=False, repr=False)
class PeakTable:
    """The peaks that were found, longest d-spacing first, and the labels of those that were not."""

    material: Material
    peaks: tuple[Peak, ...]
    missing: tuple[str, ...]

    @property
    def lattice_parameter(self) -> tuple[float, float]:
        """Mean of d·sqrt(h²+k²+l²) in angstrom, weighted by the fits, and its uncertainty.

        The uncertainty is the larger of what the fits and what the scatter between the peaks give.
        """
        roots = np.sqrt([peak.reflection.order for peak in self.peaks])
        values = roots * [peak.d_spacing for peak in self.peaks]
        weights = (roots * [peak.d_error for peak in self.peaks]) ** -2.0
        mean = float(np.average(values, weights=weights))
        scatter = float(np.average((values - mean) ** 2, weights=weights))
        scatter /= max(len(self.peaks) - 1, 1)
        return mean, math.sqrt(max(1 / float(weights.sum()), scatter))

    def rows(self) -> list[tuple[str, ...]]:
        """Return the table as text, header first."""
        header = ("hkl", "d / Å", "± / Å", "reference / Å", "deviation / %", "counts", "±", "χ²/ν")
        return [header] + [
            (
                peak.reflection.label,
                f"{peak.d_spacing:.5f}",
                f"{peak.d_error:.5f}",
                f"{peak.reflection.d_spacing:.5f}",
                f"{peak.deviation:+.4f}",
                f"{peak.area:.0f}",
                f"{peak.area_error:.0f}",
                f"{peak.chi_square:.2f}",
            )
            for peak in self.peaks
        ]

    def summary(self) -> str:
        """Say in one sentence what was found."""
        value, error = self.lattice_parameter
        missing = f"; not found: {', '.join(self.missing)}" if self.missing else ""
        return (
            f"{len(self.peaks)} peaks of {self.material.name}, a = {value:.4f} ± {error:.4f} Å"
            f" (reference {self.material.lattice_parameter:.4f} Å){missing}"
        )

    def __repr__(self) -> str:
        return "\n".join([self.summary(), *("\t".join(row) for row in self.rows())])

    def _repr_html_(self) -> str:
        header, *body = self.rows()
        lines = ["".join(f"<th>{escape(cell)}</th>" for cell in header)]
        lines += ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in body]
        table = "".join(f"<tr>{line}</tr>" for line in lines)
        return f"<p>{escape(self.summary())}</p><table>{table}</table>"


def fit_peaks(
    counts: sc.DataArray,
    material: Material,
    expected: Sequence[Reflection],
    half_width: float = 0.012,
    shape: str = "tailed",
    significance: float = 5.0,
) -> PeakTable:
    """Fit every expected reflection in a window around its reference position.

    Reflections whose window does not lie wholly inside the pattern are not looked for.

    Parameters
    ----------
    counts:
        The focused pattern before normalisation, so that the counting statistics are right.
    half_width:
        Half the window over the d-spacing; shortened to half the way to a neighbouring reflection.
    significance:
        A peak counts as found when its area is this many standard uncertainties above zero.

    Raises
    ------
    ReductionError
        No peak was found.
    """
    edges = counts.coords["dspacing"].values
    centres, widths = np.sqrt(edges[1:] * edges[:-1]), np.diff(edges)
    found, missing = [], []
    wanted = _inside(expected, edges, half_width)
    for reflection in wanted:
        inside = np.abs(centres - reflection.d_spacing) < _reach(reflection, expected, half_width)
        peak = fit_peak(reflection, centres[inside], widths[inside], counts.values[inside], shape)
        if peak is None or peak.area < significance * peak.area_error:
            missing.append(reflection.label)
        else:
            found.append(peak)
    if not found:
        raise ReductionError(
            f"No peak of {material.name} stands above the background"
            f" ({counts.sum().value:.0f} counts, {len(wanted)} reflections looked for)."
            " Check the sample, and the parameters reference, d_min and d_max."
        )
    return PeakTable(material, tuple(found), tuple(missing))


def fit_peak(
    reflection: Reflection, d: np.ndarray, bin_width: np.ndarray, counts: np.ndarray, shape: str
) -> Peak | None:
    """Fit one peak by least squares, or return None where no peak of that kind is in the window.

    Bins are weighted by their counts' variance, taken as at least one count.
    """
    if d.size < FEWEST_BINS:
        return None
    model = SHAPES[shape]
    density, error = counts / bin_width, np.sqrt(np.maximum(counts, 1)) / bin_width
    start, low, high = _limits(reflection.d_spacing, d, bin_width, density)
    if shape == "gaussian":
        start, low, high = start[:5], low[:5], high[:5]
    try:
        best, covariance = curve_fit(
            model,
            d,
            density,
            start,
            error,
            absolute_sigma=True,
            bounds=(low, high),
            x_scale=np.maximum(np.abs(start), 1e-9),
        )
    except RuntimeError:  # scipy's word for "did not converge": the window holds no such peak
        return None
    curve = model(d, *best)
    chi_square = float((((density - curve) / error) ** 2).sum() / (d.size - best.size))
    errors = np.sqrt(np.diag(covariance) * max(chi_square, 1.0))
    area, centre, width = map(float, best[:3])
    if not np.isfinite(errors).all() or not d[0] < centre < d[-1]:
        return None
    return Peak(
        reflection=reflection,
        d_spacing=centre,
        d_error=float(errors[1]),
        width=width,
        area=area,
        area_error=float(errors[0]),
        chi_square=chi_square,
        d=d,
        curve=curve * bin_width,
    )


def _inside(
    expected: Sequence[Reflection], edges: np.ndarray, half_width: float
) -> list[Reflection]:
    low, high = edges[0] * (1 + half_width), edges[-1] * (1 - half_width)
    return [reflection for reflection in expected if low < reflection.d_spacing < high]


def _reach(reflection: Reflection, expected: Sequence[Reflection], half_width: float) -> float:
    gaps = [abs(other.d_spacing - reflection.d_spacing) for other in expected]
    return min([half_width * reflection.d_spacing, *(gap / 2 for gap in gaps if gap > 0)])


def _limits(
    reference: float, d: np.ndarray, bin_width: np.ndarray, density: np.ndarray
) -> tuple[list[float], list[float], list[float]]:
    level = float(np.median(density))
    area = max(float(((density - level) * bin_width).sum()), 1.0)
    reach = float(d[-1] - d[0])
    start = [area, reference, reach / 12, level, 0.0, reach / 12]
    low = [
        0.0,
        float(d[0]),
        float(bin_width.min()) / 2,
        -np.inf,
        -np.inf,
        float(bin_width.min()) / 10,
    ]
    high = [np.inf, float(d[-1]), reach / 3, np.inf, np.inf, reach / 3]
    return start, low, high
