"""Positrons of decaying muons in a spectrometer like HIFI: how many each detector should see in each time bin.

Physics: N(t) = N0·exp(-t/τ)·(1 ± A·P(t)) with the muons' mean life τ, smeared by the length of the pulse, on a flat
background; detectors of unequal efficiency that miss what comes while they are dead.
"""

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LIFETIME = 2.1969811
GYROMAGNETIC_RATIO = 0.0135539
"""In MHz per gauss."""

DETECTORS, BINS, BIN_WIDTH = 64, 2048, 0.016
TIME_ZERO = 0.03745
PULSE_WIDTH = 0.030
"""Standard deviation of the muons' arrival, in µs."""

BACKWARD_EFFICIENCY = 0.68
_BACKGROUND = 2e-5


def bin_edges() -> Floats:
    """Return the edges of the time bins in microseconds since the trigger."""
    return np.asarray(np.arange(BINS + 1) * BIN_WIDTH, dtype=np.float64)


def polarisation(t: Floats, field: float, rate: float) -> Floats:
    """Return P(t): relaxation at `rate` per µs, with precession where there is a transverse `field` (gauss)."""
    return np.asarray(np.exp(-rate * t) * np.cos(2 * np.pi * GYROMAGNETIC_RATIO * field * t))


def expected_counts(
    efficiency: Floats, counts: float, asymmetry: float, field: float, rate: float
) -> Floats:
    """Return what each detector would count if it were never dead, shape (detectors, bins).

    Parameters
    ----------
    efficiency:
        Of each detector; the first half looks forward.
    counts:
        Sum over all, about.
    """
    t = bin_edges()[:-1] + BIN_WIDTH / 2 - TIME_ZERO
    arrived = np.array([(1 + math.erf(time / PULSE_WIDTH / math.sqrt(2))) / 2 for time in t])
    since = np.maximum(t, 0.0)
    decay = arrived * np.exp(-since / LIFETIME)
    signal = asymmetry * polarisation(since, field, rate)
    sign = np.where(np.arange(efficiency.size) < efficiency.size // 2, 1.0, -1.0)
    rates = efficiency[:, None] * (decay * (1 + sign[:, None] * signal) + _BACKGROUND)
    return np.asarray(counts * rates / rates.sum())


def flat_counts(efficiency: Floats, counts: float) -> Floats:
    """Return what the detectors count of the background alone, with the beam off."""
    rates = np.repeat(efficiency[:, None], BINS, axis=1)
    return np.asarray(counts * rates / rates.sum())


def seen(expected: Floats, dead_time: Floats, frames: int) -> Floats:
    """Return what is left of the counts of `frames` pulses when each makes its detector dead for `dead_time` µs."""
    return np.asarray(expected / (1 + expected * dead_time[:, None] / (BIN_WIDTH * frames)))
