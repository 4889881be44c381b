"""HIFI data with a known answer."""

import hifi_fits as fits
import numpy as np
import scipp as sc
from hifi_steps import Groups, Run

WIDTH = 0.016
EDGES = np.arange(2049) * 0.016
T = (EDGES[1:] + EDGES[:-1]) / 2


def data(values: np.ndarray, variances: np.ndarray, unit: str = "counts") -> sc.DataArray:
    return sc.DataArray(
        sc.array(dims=["time"], values=values, variances=variances, unit=unit),
        coords={"time": sc.array(dims=["time"], values=EDGES, unit="us")},
    )


def groups(forward: np.ndarray, backward: np.ndarray, seed: int = 1) -> Groups:
    random_numbers = np.random.default_rng(seed)
    f, b = (random_numbers.poisson(part).astype(float) for part in (forward, backward))
    return Groups(data(f, f), data(b, b))


def signal(values: np.ndarray, error: float = 0.004, seed: int = 2) -> sc.DataArray:
    noise = np.random.default_rng(seed).normal(0, error, values.size)
    return data(values + noise, np.full(values.size, error**2), "one")


def make_counts(
    values: np.ndarray, dead_time: float = 0.0, grouping: list[int] | None = None
) -> sc.DataArray:
    detectors, bins = values.shape
    groups = grouping or [1] * (detectors // 2) + [2] * (detectors - detectors // 2)
    return sc.DataArray(
        sc.array(
            dims=["detector", "time"],
            values=values.astype(float),
            variances=values.astype(float),
            unit="counts",
        ),
        coords={
            "time": sc.array(dims=["time"], values=np.arange(bins + 1) * WIDTH, unit="us"),
            "detector": sc.arange("detector", 1, detectors + 1, unit=None),
            "grouping": sc.array(dims=["detector"], values=groups, unit=None),
            "dead_time": sc.array(
                dims=["detector"], values=np.full(detectors, dead_time), unit="us"
            ),
        },
    )


def run() -> Run:
    return Run(9, "Cu", make_counts(np.ones((2, 3))), 1000, 20.0, 5.0)


SIGNAL = signal(fits.relaxation(T, 0.2, 0.4, 0.03))
FIT = fits.fit_asymmetry(SIGNAL, "relaxation")
