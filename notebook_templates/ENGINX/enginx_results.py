"""What is saved of a reduced ENGIN-X run."""

from pathlib import Path

import h5py
import scipp as sc
from enginx_peaks import PeakTable
from enginx_steps import Run
from scippnexus import create_field


def save_nexus(folder: str | Path, run: Run, pattern: sc.DataArray, table: PeakTable) -> Path:
    """Write the pattern (NXdata, with errors and units) and the fitted peaks to one NeXus file.

    Returns
    -------
    :
        Path of the file, `ENGINX<run>-powder.nxs`.
    """
    path = _target(folder, run, "powder.nxs")
    with h5py.File(path, "w") as file:
        file.attrs["default"] = "entry"
        entry = _group(file, "entry", "NXentry")
        entry.attrs["default"] = "pattern"
        entry["title"], entry["run_number"] = run.title, run.number
        _write_pattern(_group(entry, "pattern", "NXdata"), pattern)
        _write_peaks(_group(entry, "peaks", "NXdata"), table)
    return path


def save_table(folder: str | Path, run: Run, table: PeakTable) -> Path:
    """Write the table of peaks as tab-separated text, `ENGINX<run>-peaks.txt`."""
    path = _target(folder, run, "peaks.txt")
    lines = [f"# {run.title} (run {run.number})", f"# {table.summary()}"]
    lines += ["\t".join(row) for row in table.rows()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _write_pattern(group: h5py.Group, pattern: sc.DataArray) -> None:
    group.attrs.update(signal="intensity", axes=["dspacing"], dspacing_indices=0)
    create_field(group, "intensity", sc.values(pattern.data))
    create_field(group, "intensity_errors", sc.stddevs(pattern.data))
    create_field(group, "dspacing", pattern.coords["dspacing"])


def _write_peaks(group: h5py.Group, table: PeakTable) -> None:
    group.attrs.update(signal="deviation", axes=["d_spacing"], d_spacing_indices=0)
    group["hkl"] = [peak.reflection.label for peak in table.peaks]
    columns = {
        "d_spacing": ("angstrom", [peak.d_spacing for peak in table.peaks]),
        "d_spacing_errors": ("angstrom", [peak.d_error for peak in table.peaks]),
        "reference": ("angstrom", [peak.reflection.d_spacing for peak in table.peaks]),
        "deviation": ("percent", [peak.deviation for peak in table.peaks]),
        "width": ("angstrom", [peak.width for peak in table.peaks]),
        "area": ("counts", [peak.area for peak in table.peaks]),
        "area_errors": ("counts", [peak.area_error for peak in table.peaks]),
    }
    for name, (unit, values) in columns.items():
        create_field(group, name, sc.array(dims=["peak"], values=values, unit=unit))
    value, error = table.lattice_parameter
    create_field(group, "lattice_parameter", sc.scalar(value, unit="angstrom"))
    create_field(group, "lattice_parameter_errors", sc.scalar(error, unit="angstrom"))


def _group(parent: h5py.Group, name: str, nexus_class: str) -> h5py.Group:
    group = parent.create_group(name)
    group.attrs["NX_class"] = nexus_class
    return group


def _target(folder: str | Path, run: Run, name: str) -> Path:
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder) / f"ENGINX{run.number}-{name}"
