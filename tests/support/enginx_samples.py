"""ENGIN-X data with a known answer."""

from pathlib import Path

import enginx_steps as steps
import numpy as np
import scipp as sc
from enginx_reference import MATERIALS, reflections
from enginx_shapes import SHAPES

CERIA = MATERIALS["CeO2"]
EDGES = np.geomspace(0.9, 3.4, 2700)
CENTRES = np.sqrt(EDGES[1:] * EDGES[:-1])
STRAIN = 4e-4


def pattern(shape: str, area: float, seed: int = 5) -> sc.DataArray:
    """Ceria, strained, as Poisson counts on a flat background of 20 per bin."""
    density = np.zeros(CENTRES.size)
    for reflection in reflections(CERIA, 0.9, 3.4):
        d = reflection.d_spacing * (1 + STRAIN)
        extra = (0.0012 * d,) if shape == "tailed" else ()
        density += SHAPES[shape](CENTRES, area, d, 0.0016 * d, 0.0, 0.0, *extra)
    expected = density * np.diff(EDGES) + 20
    counts = np.random.default_rng(seed).poisson(expected).astype(float)
    return sc.DataArray(
        sc.array(dims=["dspacing"], values=counts, variances=counts, unit="counts"),
        coords={"dspacing": sc.array(dims=["dspacing"], values=EDGES, unit="angstrom")},
    )


def make_run(
    two_theta: list[float], charge: float = 10.0, path: Path = Path("none.nxs")
) -> steps.Run:
    count = len(two_theta)
    return steps.Run(
        path=path,
        number=7,
        title="sample <1>",
        two_theta=sc.array(dims=["spectrum_index"], values=np.deg2rad(two_theta), unit="rad"),
        flight_path=sc.array(dims=["spectrum_index"], values=np.full(count, 51.5), unit="m"),
        spectrum=sc.arange("spectrum_index", 1, count + 1, unit=None),
        proton_charge=sc.scalar(charge, unit="uA*hour"),
    )
