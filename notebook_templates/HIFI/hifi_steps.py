"""From a HIFI raw file to the muon asymmetry: read, correct the dead time, group, balance."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np
import scipp as sc
import scippnexus as snx

FORWARD, BACKWARD = 1, 2
"""Groups of the file's grouping table."""

FORWARD_DETECTORS = 32
"""Detectors 1-32 are the forward ones, where the file's table is not to be used."""


class ReductionError(ValueError):
    """A run that cannot be reduced as asked; the message says why and what to change."""


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """One period of a run.

    Attributes
    ----------
    counts:
        counts(detector, time) over the edges `time` in microseconds after the muons' arrival, with the coordinates
        `detector` (numbers), `grouping` and `dead_time`.
    frames:
        Good frames (muon pulses) of the period.
    field, temperature:
        As set, in gauss and kelvin; NaN where the file has none.
    """

    number: int
    title: str
    counts: sc.DataArray
    frames: int
    field: float
    temperature: float

    def _facts(self) -> dict[str, str]:
        return {
            "run": str(self.number),
            "title": self.title,
            "counts": f"{self.counts.sum().value / 1e6:.3f} million in {self.frames} frames",
            "field": f"{self.field:g} G",
            "temperature": f"{self.temperature:g} K",
        }

    def __repr__(self) -> str:
        return "\n".join(f"{name}: {fact}" for name, fact in self._facts().items())

    def _repr_html_(self) -> str:
        rows = self._facts()
        cells = "".join(f"<tr><th>{k}</th><td>{escape(v)}</td></tr>" for k, v in rows.items())
        return f"<table>{cells}</table>"


@dataclass(frozen=True, eq=False)
class Groups:
    """Counts(time) of the forward and the backward detectors, with variances."""

    forward: sc.DataArray
    backward: sc.DataArray

    def bunched(self, bins: int) -> "Groups":
        """Join every `bins` neighbouring bins; a rest at the end is dropped."""
        return Groups(_bunch(self.forward, bins), _bunch(self.backward, bins))


def read_run(path: str | Path, period: int = 1) -> Run:
    """Read one period of a run.

    Raises
    ------
    ReductionError
        The file is not laid out as a HIFI histogram file, or has no such period.
    """
    with snx.File(path) as file:
        if "raw_data_1/detector_1_events" not in file:
            raise ReductionError(
                f"{Path(path).name} is not laid out as a HIFI histogram file:"
                " no 'raw_data_1/detector_1_events'."
            )
        entry = file["raw_data_1"]
        histogram = entry["detector_1_events"][()]
        periods = histogram.sizes["period_index"]
        if period > periods:
            raise ReductionError(f"The run has {periods} period(s): there is no period {period}.")
        frames = np.atleast_1d(entry["periods/good_frames"][()])[period - 1]
        return Run(
            number=int(entry["run_number"][()]),
            title=str(entry["title"][()]),
            counts=_aligned(histogram["period_index", period - 1]),
            frames=int(frames),
            field=_sample(entry, "magnetic_field", "gauss"),
            temperature=_sample(entry, "temperature", "K"),
        )


def correct_dead_time(counts: sc.DataArray, frames: int) -> sc.DataArray:
    """Give back what detectors missed while they were dead: N = n / (1 - n·τ / (Δt·frames)).

    Parameters
    ----------
    counts:
        counts(detector, time) with the coordinate `dead_time`.
    frames:
        Over how many pulses the counts were taken.

    Returns
    -------
    :
        Corrected counts, with the counts' variances multiplied by (dN/dn)².

    Raises
    ------
    ReductionError
        A detector would have been dead all the time.
    """
    widths = counts.coords["time"][1:] - counts.coords["time"][:-1]
    lost = (
        counts.data * counts.coords["dead_time"] / (widths * frames * sc.scalar(1.0, unit="counts"))
    )
    lost = sc.values(lost.to(unit="one"))
    if lost.max().value >= 1:
        raise ReductionError(
            "The dead times in the file exceed the time between counts:"
            " set dead_time_correction to False."
        )
    live = 1 - lost
    corrected = sc.values(counts.data) / live
    corrected.variances = counts.values / live.values**4
    return sc.DataArray(corrected, coords=dict(counts.coords))


def group(
    counts: sc.DataArray, grouping: str = "file", skip_detectors: Sequence[int] = ()
) -> Groups:
    """Sum the forward and the backward detectors.

    Parameters
    ----------
    grouping:
        "file": the table in the file; "halves": detectors 1-32 forward, the others backward.

    Raises
    ------
    ReductionError
        A group has no detectors or no counts.
    """
    numbers = counts.coords["detector"].values
    table = counts.coords["grouping"].values
    if grouping == "halves":
        table = np.where(numbers <= FORWARD_DETECTORS, FORWARD, BACKWARD)
    used = ~np.isin(numbers, list(skip_detectors))
    sums = []
    for name, which in (("forward", FORWARD), ("backward", BACKWARD)):
        members = np.flatnonzero(used & (table == which)).tolist()
        if not members:
            raise ReductionError(f"No {name} detectors: check grouping and skip_detectors.")
        total = counts.data["detector", members].sum("detector")
        if not total.values.any():
            raise ReductionError(f"The {name} detectors counted nothing. Was there beam?")
        sums.append(sc.DataArray(total, coords={"time": counts.coords["time"]}))
    return Groups(*sums)


def balance(groups: Groups, t_min: float = 0.0) -> float:
    """Return alpha, the ratio of forward to backward counts after `t_min` microseconds.

    It is the ratio of the groups' efficiencies where the polarisation averages to zero, as in a transverse field;
    otherwise take alpha from such a run.
    """
    start = sc.scalar(t_min, unit="us")
    forward, backward = (
        float(part["time", start:].sum().value) for part in (groups.forward, groups.backward)
    )
    if backward <= 0 or forward <= 0:
        raise ReductionError(f"Nothing was counted after t_min = {t_min} µs.")
    return forward / backward


def asymmetry(groups: Groups, alpha: float) -> sc.DataArray:
    """Return (F - alpha·B) / (F + alpha·B) with its variance, over time in microseconds.

    The variance is that of independent F and B: (2·alpha)²·(F²·var B + B²·var F) / (F + alpha·B)⁴. Bins
    without counts are NaN.
    """
    f, b = groups.forward, groups.backward
    total = f.values + alpha * b.values
    with np.errstate(divide="ignore", invalid="ignore"):
        values = (f.values - alpha * b.values) / total
        spread = f.values**2 * b.variances + b.values**2 * f.variances
        variances = (2 * alpha) ** 2 * spread / total**4
    data = sc.array(dims=["time"], values=values, variances=variances)
    return sc.DataArray(data, coords=dict(f.coords))


def _aligned(histogram: sc.DataArray) -> sc.DataArray:
    coords = histogram.coords
    zero = coords["time_zero"].to(unit="us", dtype="float64")
    data = histogram.data.to(dtype="float64").rename(raw_time="time", spectrum_index="detector")
    data.variances = data.values
    return sc.DataArray(
        data,
        coords={
            "time": coords["raw_time"].to(unit="us", dtype="float64").rename(raw_time="time")
            - zero,
            "detector": coords["spectrum_index"].rename(spectrum_index="detector"),
            "grouping": coords["grouping"].rename(spectrum_index="detector"),
            "dead_time": coords["dead_time"]
            .to(unit="us", dtype="float64")
            .rename(spectrum_index="detector"),
        },
    )


def _sample(entry: snx.Group, name: str, unit: str) -> float:
    path = f"sample/{name}"
    return float(entry[path][()].to(unit=unit).value) if path in entry else float("nan")


def _bunch(counts: sc.DataArray, bins: int) -> sc.DataArray:
    whole = counts.sizes["time"] // bins * bins
    edges = counts.coords["time"].values[: whole + 1 : bins]
    folded = counts.data["time", :whole].fold("time", sizes={"time": -1, "bin": bins}).sum("bin")
    return sc.DataArray(folded, coords={"time": sc.array(dims=["time"], values=edges, unit="us")})
