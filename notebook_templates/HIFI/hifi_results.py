"""What is saved of a reduced HIFI run."""

from pathlib import Path

import h5py
import scipp as sc
from hifi_fits import Fit
from hifi_steps import Run
from scippnexus import create_field


def save_nexus(
    folder: str | Path, run: Run, signal: sc.DataArray, alpha: float, fits: dict[str, Fit]
) -> Path:
    """Write the asymmetry (NXdata, with errors and units) and the fits' parameters to one NeXus file.

    Returns
    -------
    :
        Path of the file, `HIFI<run>-asymmetry.nxs`.
    """
    path = _target(folder, run, "asymmetry.nxs")
    with h5py.File(path, "w") as file:
        file.attrs["default"] = "entry"
        entry = _group(file, "entry", "NXentry")
        entry.attrs["default"] = "asymmetry"
        entry["title"], entry["run_number"] = run.title, run.number
        data = _group(entry, "asymmetry", "NXdata")
        data.attrs.update(signal="asymmetry", axes=["time"], time_indices=0)
        create_field(data, "asymmetry", sc.values(signal.data))
        create_field(data, "asymmetry_errors", sc.stddevs(signal.data))
        create_field(data, "time", signal.coords["time"])
        create_field(data, "alpha", sc.scalar(alpha))
        for name, fit in fits.items():
            _write_fit(_group(entry, f"{name}_fit", "NXprocess"), fit)
    return path


def save_table(folder: str | Path, run: Run, alpha: float, fits: dict[str, Fit]) -> Path:
    """Write the fits' parameters as tab-separated text, `HIFI<run>-fits.txt`."""
    path = _target(folder, run, "fits.txt")
    lines = [
        f"# {run.title} (run {run.number}), alpha = {alpha:.4f}",
        "fit\tparameter\tvalue\terror\tunit",
    ]
    for name, fit in fits.items():
        for parameter, (value, error, unit) in fit.parameters.items():
            lines.append(f"{name} ({fit.model})\t{parameter}\t{value:.6g}\t{error:.2g}\t{unit}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _write_fit(group: h5py.Group, fit: Fit) -> None:
    group["program"] = fit.model
    create_field(group, "chi_square", sc.scalar(fit.chi_square))
    create_field(group, "degrees_of_freedom", sc.scalar(fit.freedom))
    for name, (value, error, unit) in fit.parameters.items():
        create_field(group, name, sc.scalar(value, unit=unit or "one"))
        create_field(group, f"{name}_errors", sc.scalar(error, unit=unit or "one"))


def _group(parent: h5py.Group, name: str, nexus_class: str) -> h5py.Group:
    group = parent.create_group(name)
    group.attrs["NX_class"] = nexus_class
    return group


def _target(folder: str | Path, run: Run, name: str) -> Path:
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder) / f"HIFI{run.number}-{name}"
