"""From an ENGIN-X raw file to one diffraction pattern: read, focus, normalise.

The raw counts (2,400 detectors, 8,800 time channels) are converted and summed in blocks of detectors, which keeps the
memory of a reduction near 100 MB.
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from math import ceil, log
from pathlib import Path
from typing import Any

import numpy as np
import scipp as sc
import scippnexus as snx
from enginx_reference import DIFFRACTION_BANKS, PRIMARY_FLIGHT_PATH, ReductionError
from scippneutron.conversion.graph.tof import elastic_dspacing

BLOCK = 160
"""Detectors per block: a multiple of the file's chunks (8), small enough for the processor's caches."""


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """What the reduction needs of a run's file, but for the counts.

    Attributes
    ----------
    two_theta:
        Scattering angle of each spectrum in radians, north positive.
    flight_path:
        Moderator to detector of each spectrum in metres.
    spectrum:
        Spectrum numbers.
    proton_charge:
        Beam on target in microampere hours.
    """

    path: Path
    number: int
    title: str
    two_theta: sc.Variable
    flight_path: sc.Variable
    spectrum: sc.Variable
    proton_charge: sc.Variable

    def _facts(self) -> dict[str, str]:
        return {
            "run": str(self.number),
            "title": self.title,
            "beam": f"{self.proton_charge.value:.2f} µA h",
            "spectra": str(self.spectrum.size),
        }

    def __repr__(self) -> str:
        return "\n".join(f"{name}: {fact}" for name, fact in self._facts().items())

    def _repr_html_(self) -> str:
        rows = self._facts()
        cells = "".join(f"<tr><th>{k}</th><td>{escape(v)}</td></tr>" for k, v in rows.items())
        return f"<table>{cells}</table>"


def read_run(path: str | Path) -> Run:
    """Read the run's title, beam and detector positions.

    Raises
    ------
    ReductionError
        The file is not laid out as an ENGIN-X histogram file.
    """
    with _opened(path) as entry:
        detector = _part(entry, "instrument/detector_1")
        _part(entry, "detector_1/counts")
        return Run(
            path=Path(path),
            number=int(_part(entry, "run_number")[()]),
            title=str(_part(entry, "title")[()]),
            two_theta=_number(detector, "polar_angle").to(unit="rad"),
            flight_path=_number(detector, "distance") + sc.scalar(PRIMARY_FLIGHT_PATH, unit="m"),
            spectrum=_part(detector, "spectrum_index")[()],
            proton_charge=_number(entry, "proton_charge"),
        )


def focus(
    run: Run,
    d_min: float = 0.7,
    d_max: float = 3.4,
    d_step: float = 5e-4,
    bank: str = "both",
    skip_spectra: Sequence[int] = (),
    period: int = 1,
) -> sc.DataArray:
    """Sum the counts of the diffraction banks on a logarithmic d-spacing axis.

    Parameters
    ----------
    d_min, d_max:
        Ends of the axis in angstrom.
    d_step:
        Width of a bin over its d-spacing.
    bank:
        "north" (positive scattering angles), "south" or "both".
    skip_spectra:
        Spectrum numbers to leave out.
    period:
        Which period of the run, from 1.

    Returns
    -------
    :
        Counts with their variances over dspacing, and the coordinate `detectors`, how many were summed.

    Raises
    ------
    ReductionError
        No detector is selected, there is no such period, or nothing was counted.
    """
    axis = d_axis(d_min, d_max, d_step)
    chosen = select(run, bank, skip_spectra)
    total = sc.zeros(dims=["dspacing"], shape=[axis.size - 1], unit="counts", dtype="float64")
    for counts, block in _blocks(run, chosen, period):
        total += focus_block(counts, run.two_theta[block], run.flight_path[block], axis)
    if not total.values.any():
        raise ReductionError(
            f"Run {run.number} has no counts between {d_min} and {d_max} angstrom in bank"
            f" {bank!r}, period {period}. Was the shutter open?"
        )
    total.variances = total.values
    detectors = sc.scalar(int(chosen.sum()))
    return sc.DataArray(total, coords={"dspacing": axis, "detectors": detectors})


def d_axis(d_min: float, d_max: float, d_step: float) -> sc.Variable:
    """Make the edges of equal relative width `d_step` (or a little less) from `d_min` to `d_max` angstrom."""
    if d_max <= d_min:
        raise ReductionError(f"d_max ({d_max}) must be larger than d_min ({d_min}).")
    bins = ceil(log(d_max / d_min) / d_step)
    return sc.geomspace("dspacing", d_min, d_max, bins + 1, unit="angstrom")


def select(run: Run, bank: str = "both", skip_spectra: Sequence[int] = ()) -> np.ndarray:
    """Mark the spectra that belong to a diffraction bank and are not to be skipped."""
    angle = np.rad2deg(run.two_theta.values)
    low, high = DIFFRACTION_BANKS
    chosen = (np.abs(angle) > low) & (np.abs(angle) < high)
    if bank != "both":
        chosen &= angle > 0 if bank == "north" else angle < 0
    chosen &= ~np.isin(run.spectrum.values, list(skip_spectra))
    if not chosen.any():
        raise ReductionError(
            f"No detector of bank {bank!r} is left between {low} and {high} degrees."
            " Check bank and skip_spectra."
        )
    return chosen


def focus_block(
    counts: sc.DataArray, two_theta: sc.Variable, flight_path: sc.Variable, axis: sc.Variable
) -> sc.Variable:
    """Sum counts(spectrum, tof) on a d-spacing axis.

    Time of flight becomes d-spacing by Bragg's law and de Broglie's relation (scippneutron); a channel that two bins
    share is divided between them in proportion.

    Parameters
    ----------
    counts:
        Histogram with the edges `tof`.
    two_theta, flight_path:
        Scattering angle and moderator-to-detector distance of each spectrum.
    axis:
        Edges of `dspacing`.
    """
    located = counts.assign_coords(two_theta=abs(two_theta), Ltotal=flight_path)
    in_d = located.transform_coords(
        "dspacing", graph=elastic_dspacing("tof"), keep_inputs=False, keep_intermediate=False
    )
    return in_d.rebin(dspacing=axis).data.sum("spectrum_index")


def normalise(pattern: sc.DataArray, run: Run) -> sc.DataArray:
    """Divide a pattern by the run's proton charge.

    Raises
    ------
    ReductionError
        The file records no beam.
    """
    if run.proton_charge.value <= 0:
        raise ReductionError(
            f"Run {run.number} records no proton charge: set normalise_to_beam to False."
        )
    return pattern / run.proton_charge


def _blocks(run: Run, chosen: np.ndarray, period: int) -> Iterator[tuple[sc.DataArray, list[int]]]:
    with _opened(run.path) as entry:
        field = _part(entry, "detector_1/counts")
        periods = field.sizes["period_index"]
        if not 1 <= period <= periods:
            raise ReductionError(f"Run {run.number} has {periods} period(s): no period {period}.")
        tof = _number(entry, "detector_1/time_of_flight").rename(time_of_flight="tof")
        for start in range(0, chosen.size, BLOCK):
            block = np.flatnonzero(chosen[start : start + BLOCK]) + start
            if block.size == 0:
                continue
            rows = slice(int(block[0]), int(block[-1]) + 1)
            counts = field[{"period_index": period - 1, "spectrum_index": rows}]
            counts = counts.rename(time_of_flight="tof").to(dtype="float64")
            data = sc.DataArray(counts, coords={"tof": tof})
            yield data["spectrum_index", (block - block[0]).tolist()], block.tolist()


@contextmanager
def _opened(path: str | Path) -> Iterator[snx.Group]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Unrecognized unit", category=UserWarning)
        with snx.File(path) as file:
            yield _part(file, "raw_data_1")


def _part(group: snx.Group, name: str) -> Any:
    if name not in group:
        raise ReductionError(
            f"Not the layout of an ENGIN-X histogram file: no {name!r} in {group.name!r}."
        )
    return group[name]


def _number(group: snx.Group, name: str) -> sc.Variable:
    return _part(group, name)[()].to(dtype="float64")
