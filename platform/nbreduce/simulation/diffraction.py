"""Time-of-flight powder diffraction of ceria on an instrument like ENGIN-X, as random detector events.

Physics: Bragg's law; integrated intensities as multiplicity · |F|² · d⁴ with the structure factor of fluorite (bound
coherent scattering lengths, Sears 1992); a 95 K Maxwellian spectrum with an epithermal part, as a liquid methane
moderator gives; peaks that are Gaussian from the path spread and trail off as neutrons leave the moderator late.
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

LATTICE_PARAMETER = 5.4113
"""Of CeO2, in angstrom."""

DIFC_PER_METRE = 505.5568
"""2 · neutron mass / Planck's constant, in µs / (angstrom · metre); times L·sin(θ) it turns d into time of flight."""

FLIGHT_PATH = 50.0
MODULES, PIXELS = 5, 240
"""Each bank has so many modules of so many pixels."""

D_RANGE = (0.65, 3.6)

_CERIUM, _OXYGEN = 4.84, 5.803
_THERMAL_WAVELENGTH = 3.16
_BACKGROUND = 0.12
_D_GRID = np.geomspace(*D_RANGE, 2000)


@dataclass(frozen=True)
class Bank:
    """Pixels of both diffraction banks, north (positive angles) first.

    Attributes
    ----------
    two_theta, distance:
        In degrees and metres.
    """

    two_theta: Floats
    distance: Floats

    @property
    def difc(self) -> Floats:
        """Time of flight per d-spacing, in µs per angstrom."""
        sine = np.sin(np.deg2rad(np.abs(self.two_theta)) / 2)
        return np.asarray(DIFC_PER_METRE * (FLIGHT_PATH + self.distance) * sine)


@cache
def bank() -> Bank:
    """Lay out the pixels: 75 to 105 degrees either side, nearer to the sample at larger angles."""
    angle = np.linspace(75.0, 105.0, PIXELS)
    depth = np.linspace(1.97, 1.14, PIXELS)
    ripple = 0.012 * np.cos(np.arange(PIXELS) * np.pi / 2)
    side = np.tile(angle, MODULES)
    return Bank(np.concatenate([side, -side]), np.tile(depth + ripple, 2 * MODULES))


@cache
def reflections() -> tuple[Floats, Floats]:
    """Return d-spacing (angstrom) and weight (no unit) of the reflections of ceria without strain."""
    families: dict[int, float] = {}
    reach = range(-8, 9)
    for h in reach:
        for k in reach:
            for m in reach:
                order = h * h + k * k + m * m
                if order and h % 2 == k % 2 == m % 2:
                    families[order] = families.get(order, 0.0) + _structure(h, k, m) ** 2
    d = np.array([LATTICE_PARAMETER / math.sqrt(order) for order in families])
    weight = np.array(list(families.values())) * d**4 * spectrum(math.sqrt(2) * d)
    inside = (d > D_RANGE[0]) & (d < D_RANGE[1])
    return d[inside], weight[inside] / weight[inside].sum()


def spectrum(wavelength: Floats) -> Floats:
    """Return the neutrons per wavelength (angstrom) from the moderator, in units of the thermal peak."""
    peak = _THERMAL_WAVELENGTH * math.sqrt(0.4)
    thermal = (peak / wavelength) ** 5 * np.exp(2.5 - (_THERMAL_WAVELENGTH / wavelength) ** 2)
    return np.asarray(thermal + 0.15 / wavelength / (1 + (wavelength / 2.5) ** 6))


def events(
    random_numbers: np.random.Generator, count: int, strain: float = 0.0, peaks: bool = True
) -> tuple[Integers, Floats]:
    """Draw neutrons that were scattered into the banks.

    Parameters
    ----------
    count:
        How many.
    strain:
        Relative change of the lattice parameter.
    peaks:
        False for a sample that scatters incoherently only, as vanadium does.

    Returns
    -------
    :
        Pixel indices, shape (count,), and times of flight in microseconds.
    """
    layout = bank()
    pixel = _pixels(random_numbers, count)
    bragg = round(count * (1 - _BACKGROUND)) if peaks else 0
    d = np.concatenate(
        [
            _peak_positions(random_numbers, bragg) * (1 + strain),
            _smooth(random_numbers, count - bragg),
        ]
    )
    wavelength = 2 * d * np.sin(np.deg2rad(np.abs(layout.two_theta[pixel])) / 2)
    late = random_numbers.exponential(15 + 8.5 * wavelength)
    return pixel, layout.difc[pixel] * d + late


def _structure(h: int, k: int, m: int) -> float:
    return 4 * (_CERIUM + 2 * _OXYGEN * math.cos(math.pi * (h + k + m) / 2) * (h % 2 == 0))


def _pixels(random_numbers: np.random.Generator, count: int) -> Integers:
    size = bank().two_theta.size
    efficiency = random_numbers.normal(1.0, 0.1, size).clip(0.5)
    return random_numbers.choice(size, count, p=efficiency / efficiency.sum())


def _peak_positions(random_numbers: np.random.Generator, count: int) -> Floats:
    d, weight = reflections()
    centre = np.repeat(d, random_numbers.multinomial(count, weight))
    width = (0.0008 + 0.0004 * centre) * centre
    return random_numbers.normal(centre, width)


def _smooth(random_numbers: np.random.Generator, count: int) -> Floats:
    flux = spectrum(math.sqrt(2) * _D_GRID) * _D_GRID
    cumulative = np.cumsum(flux) / flux.sum()
    return np.asarray(np.interp(random_numbers.random(count), cumulative, _D_GRID))
