"""Fits to muon data: the lifetime from the counts, relaxation or precession from the asymmetry."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

import numpy as np
import scipp as sc
from hifi_steps import Groups, ReductionError
from scipy.optimize import curve_fit

MUON_LIFETIME = 2.1969811
"""Mean life of the free muon in microseconds (Particle Data Group)."""

GYROMAGNETIC_RATIO = 0.0135539
"""Muon precession frequency per field, in MHz per gauss."""

SIGNIFICANT = 5.0
"""Standard deviations by which a decaying signal must stand out."""


@dataclass(frozen=True, eq=False, repr=False)
class Fit:
    """A fitted model.

    Attributes
    ----------
    parameters:
        Value, standard uncertainty and unit of each parameter.
    time, curve:
        Centres of the fitted bins in microseconds, and the model there.
    chi_square, freedom:
        Sum of squared normalised residuals, and the number of degrees of freedom.
    """

    model: str
    parameters: Mapping[str, tuple[float, float, str]]
    time: np.ndarray
    curve: np.ndarray
    chi_square: float
    freedom: int

    @property
    def information(self) -> float:
        """Bayesian information criterion: of two models, the one with the lower is kept."""
        count = len(self.parameters)
        return self.chi_square + count * math.log(self.freedom + count)

    def _facts(self) -> list[tuple[str, str]]:
        return [
            (name, f"{value:.4f} ± {error:.4f} {unit}".rstrip())
            for name, (value, error, unit) in self.parameters.items()
        ]

    def _headline(self) -> str:
        return f"{self.model}, χ²/ν = {self.chi_square:.1f} / {self.freedom}"

    def __repr__(self) -> str:
        return "\n".join([self._headline(), *(f"{n}: {fact}" for n, fact in self._facts())])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{escape(name)}</th><td>{escape(fact)}</td></tr>"
            for name, fact in self._facts()
        )
        return f"<p>{escape(self._headline())}</p><table>{rows}</table>"


def decay(t: np.ndarray, amplitude: float, lifetime: float, background: float) -> np.ndarray:
    """Return amplitude·exp(-t/lifetime) + background."""
    return amplitude * np.exp(-t / lifetime) + background


def relaxation(t: np.ndarray, amplitude: float, rate: float, baseline: float) -> np.ndarray:
    """Return amplitude·exp(-rate·t) + baseline."""
    return amplitude * np.exp(-rate * t) + baseline


def precession(
    t: np.ndarray, amplitude: float, rate: float, baseline: float, frequency: float, phase: float
) -> np.ndarray:
    """Return amplitude·exp(-rate·t)·cos(2π·frequency·t + phase) + baseline."""
    return amplitude * np.exp(-rate * t) * np.cos(2 * np.pi * frequency * t + phase) + baseline


def fit_lifetime(groups: Groups, alpha: float, t_min: float = 0.3, t_max: float = 10.0) -> Fit:
    """Fit the muon lifetime to F + alpha·B, in which the precession of the spins cancels.

    Raises
    ------
    ReductionError
        The counts do not decay.
    """
    f, b = groups.forward, groups.backward
    total = sc.DataArray(f.data + sc.scalar(alpha) * b.data, coords=dict(f.coords))
    t, y, error = _window(total, t_min, t_max)
    start = [max(float(y.max()), 1.0) * math.exp(t[0] / MUON_LIFETIME), MUON_LIFETIME, 0.0]
    bounds = ([0.0, 0.1, -np.inf], [np.inf, 100.0, np.inf])
    names = {"amplitude": "counts", "lifetime": "µs", "background": "counts"}
    fit = _fit("decay", decay, names, (t, y, error), start, bounds)
    steady = float((((y - np.average(y, weights=error**-2)) / error) ** 2).sum())
    amplitude, uncertainty, _ = (fit.parameters if fit else _NOTHING)["amplitude"]
    gain = steady - fit.chi_square if fit else 0.0
    if fit is None or gain < SIGNIFICANT**2 or amplitude < SIGNIFICANT * uncertainty:
        raise ReductionError(
            f"The counts do not decay as muons do ({y.sum():.0f} between {t_min} and {t_max} µs,"
            " the same at all times within their errors). Were there muons in the beam?"
        )
    return fit


def fit_asymmetry(
    signal: sc.DataArray,
    model: str = "auto",
    field: float = math.nan,
    t_min: float = 0.3,
    t_max: float = 10.0,
) -> Fit:
    """Fit a model to the asymmetry.

    Parameters
    ----------
    model:
        "relaxation", "precession" (at least one turn within the window), or "auto" for the one of the two that has the
        lower Bayesian information criterion.
    field:
        Applied field in gauss: a first guess of the frequency, beside the strongest one in the data.

    Raises
    ------
    ReductionError
        Too few bins are in the window, or no fit converged.
    """
    points = _window(signal, t_min, t_max)
    fits: list[Fit | None] = []
    if model in ("auto", "relaxation"):
        fits.append(_relaxing(points))
    if model in ("auto", "precession"):
        fits += [_precessing(points, guess) for guess in _frequencies(points, field)]
    converged = [fit for fit in fits if fit is not None]
    if not converged:
        raise ReductionError(
            f"The asymmetry does not follow the model {model!r} between {t_min} and {t_max} µs:"
            " the fit did not converge. Choose another model or window."
        )
    return min(converged, key=lambda fit: fit.information)


Points = tuple[np.ndarray, np.ndarray, np.ndarray]
Bounds = tuple[list[float], list[float]]

_NOTHING = {"amplitude": (0.0, math.inf, "")}
_RELAXATION = {"amplitude": "", "rate": "1/µs", "baseline": ""}


def _relaxing(points: Points) -> Fit | None:
    t, y, _ = points
    first, last = float(np.mean(y[: len(y) // 10 + 1])), float(np.mean(y[-len(y) // 3 :]))
    bounds = ([-2.0, 0.0, -1.0], [2.0, 1 / (t[1] - t[0]), 1.0])
    return _fit("relaxation", relaxation, _RELAXATION, points, [first - last, 0.2, last], bounds)


def _precessing(points: Points, frequency: float) -> Fit | None:
    t, y, _ = points
    fastest, slowest = _frequency_limits(t)
    names = _RELAXATION | {"frequency": "MHz", "phase": "rad"}
    fits = [
        _fit(
            "precession",
            precession,
            names,
            points,
            [float(np.std(y)) * math.sqrt(2), 0.1, float(np.mean(y)), frequency, phase],
            ([0.0, 0.0, -1.0, slowest, -2 * np.pi], [2.0, fastest, 1.0, fastest, 2 * np.pi]),
        )
        for phase in (0.0, np.pi / 2, np.pi, -np.pi / 2)
    ]
    return min((fit for fit in fits if fit), key=lambda fit: fit.chi_square, default=None)


def _frequencies(points: Points, field: float) -> list[float]:
    t, y, error = points
    fastest, slowest = _frequency_limits(t)
    grid = np.arange(slowest, fastest, slowest / 4)
    weights = error**-2
    signal = weights * (y - np.average(y, weights=weights))
    power = np.abs(np.exp(2j * np.pi * np.outer(grid, t)) @ signal)
    guesses = [float(grid[power.argmax()])]
    if slowest < abs(field) * GYROMAGNETIC_RATIO < fastest:
        guesses.append(abs(field) * GYROMAGNETIC_RATIO)
    return guesses


def _frequency_limits(t: np.ndarray) -> tuple[float, float]:
    return float(0.5 / (t[1] - t[0])), float(1 / (t[-1] - t[0]))


def _window(data: sc.DataArray, t_min: float, t_max: float) -> Points:
    edges = data.coords["time"].values
    t = (edges[1:] + edges[:-1]) / 2
    with np.errstate(invalid="ignore"):
        inside = (t > t_min) & (t < t_max) & (data.variances > 0)
    if inside.sum() < 10:
        raise ReductionError(
            f"Only {inside.sum()} bins with counts lie between {t_min} and {t_max} µs:"
            " widen the window, or make bunch smaller."
        )
    return t[inside], data.values[inside], np.sqrt(data.variances[inside])


def _fit(
    name: str,
    model: Callable[..., np.ndarray],
    units: Mapping[str, str],
    points: Points,
    start: list[float],
    bounds: Bounds,
) -> Fit | None:
    t, y, error = points
    start = [float(np.clip(s, low, high)) for s, low, high in zip(start, *bounds, strict=True)]
    scale = np.maximum(np.abs(start), 1e-3)
    try:
        best, covariance = curve_fit(
            model, t, y, start, error, absolute_sigma=True, bounds=bounds, x_scale=scale
        )
    except RuntimeError:  # scipy's word for "did not converge"; the callers say what that means
        return None
    errors = np.sqrt(np.diag(covariance))
    if not np.isfinite(errors).all():
        return None
    curve = model(t, *best)
    return Fit(
        model=name,
        parameters={
            key: (float(value), float(uncertainty), units[key])
            for key, value, uncertainty in zip(units, best, errors, strict=True)
        },
        time=t,
        curve=curve,
        chi_square=float((((y - curve) / error) ** 2).sum()),
        freedom=t.size - best.size,
    )
