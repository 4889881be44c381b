"""Shapes of a time-of-flight diffraction peak on a straight background.

The tailed shape is the exponentially modified Gaussian of the statistics literature.
"""

import math
from collections.abc import Callable

import numpy as np
from scipy.special import erfcx


def gaussian(
    d: np.ndarray, area: float, centre: float, width: float, level: float, slope: float
) -> np.ndarray:
    """Return a Gaussian peak, per unit of d, on a straight background."""
    u = (d - centre) / width
    return (
        area / (width * math.sqrt(2 * math.pi)) * np.exp(-(u**2) / 2) + level + slope * (d - centre)
    )


def tailed(
    d: np.ndarray,
    area: float,
    centre: float,
    width: float,
    level: float,
    slope: float,
    decay: float,
) -> np.ndarray:
    """Return a Gaussian convolved with an exponential decay, per unit of d, on a straight background.

    The decay describes neutrons that leave the moderator late. `centre` is that of the Gaussian: the position without
    the delay. The product of exponential and complementary error function is written with the scaled one (erfcx), or
    expanded where that would overflow.
    """
    z = (width / decay - (d - centre) / width) / math.sqrt(2)
    bell = np.exp(-(((d - centre) / width) ** 2) / 2)
    late = 2 * np.exp(np.minimum((width / decay) ** 2 / 2 - (d - centre) / decay, 0.0))
    inner = bell * erfcx(np.abs(z))
    return area / (2 * decay) * np.where(z > 0, inner, late - inner) + level + slope * (d - centre)


SHAPES: dict[str, Callable[..., np.ndarray]] = {"tailed": tailed, "gaussian": gaussian}
