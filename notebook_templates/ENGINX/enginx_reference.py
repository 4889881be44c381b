"""Constants of ENGIN-X and the crystals its patterns are compared with.

Lattice parameters are room-temperature literature values; CeO2 is the one of the instrument's calibrant.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

PRIMARY_FLIGHT_PATH = 50.0
"""Moderator to sample in metres (the run's file holds 0)."""

DIFFRACTION_BANKS = (70.0, 110.0)
"""Scattering angles, in degrees either side of the beam, at which a detector belongs to a bank."""


class ReductionError(ValueError):
    """A run that cannot be reduced as asked; the message says why and what to change."""


@dataclass(frozen=True)
class Material:
    """A cubic crystal.

    Attributes
    ----------
    lattice_parameter:
        Edge of the cubic cell in angstrom.
    lattice:
        Which reflections there are: "fcc", "bcc" or "diamond".
    """

    name: str
    lattice_parameter: float
    lattice: str


MATERIALS = {
    material.name: material
    for material in (
        Material("CeO2", 5.4113, "fcc"),
        Material("Si", 5.4310, "diamond"),
        Material("Fe-bcc", 2.8665, "bcc"),
        Material("Fe-fcc", 3.5910, "fcc"),
        Material("Al", 4.0495, "fcc"),
        Material("Ni", 3.5238, "fcc"),
    )
}


@dataclass(frozen=True)
class Reflection:
    """Planes of one spacing: h²+k²+l² = `order`, at `d_spacing` angstrom.

    Attributes
    ----------
    label:
        Miller indices, such as "220"; planes of equal spacing are joined, as in "511/333".
    """

    label: str
    order: int
    d_spacing: float


def reflections(material: Material, d_min: float, d_max: float) -> list[Reflection]:
    """List the reflections of a cubic crystal between two d-spacings, longest first.

    Parameters
    ----------
    d_min, d_max:
        Limits in angstrom; d = a / sqrt(h² + k² + l²) lies strictly between them.
    """
    allowed = _RULES[material.lattice]
    highest = math.floor(material.lattice_parameter / d_min)
    families: dict[int, list[str]] = {}
    for h in range(highest, 0, -1):
        for k in range(h, -1, -1):
            for indices in ((h, k, m) for m in range(k, -1, -1) if allowed(h, k, m)):
                order = sum(index**2 for index in indices)
                families.setdefault(order, []).append("".join(map(str, indices)))
    spaced = (
        Reflection("/".join(labels), order, material.lattice_parameter / math.sqrt(order))
        for order, labels in sorted(families.items())
    )
    return [reflection for reflection in spaced if d_min < reflection.d_spacing < d_max]


def _unmixed(h: int, k: int, m: int) -> bool:
    return h % 2 == k % 2 == m % 2


def _diamond(h: int, k: int, m: int) -> bool:
    return _unmixed(h, k, m) and (h % 2 == 1 or (h + k + m) % 4 == 0)


_RULES: dict[str, Callable[[int, int, int], bool]] = {
    "fcc": _unmixed,
    "bcc": lambda h, k, m: (h + k + m) % 2 == 0,
    "diamond": _diamond,
}
