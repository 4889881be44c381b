from pathlib import Path

import enginx_results as results
import numpy as np
import pytest
import scipp as sc
import scippnexus as snx
from enginx_peaks import PeakTable, fit_peaks
from enginx_reference import MATERIALS, reflections

from support.enginx_samples import make_run, pattern

CERIA = MATERIALS["CeO2"]


@pytest.fixture(scope="module")
def counts() -> sc.DataArray:
    return pattern("tailed", 20_000)


@pytest.fixture(scope="module")
def table(counts: sc.DataArray) -> PeakTable:
    return fit_peaks(counts, CERIA, reflections(CERIA, 0.9, 3.4))


def test_pattern_is_saved_as_nxdata_with_units_and_errors(
    tmp_path: Path, counts: sc.DataArray, table: PeakTable
) -> None:
    path = results.save_nexus(tmp_path / "outputs", make_run([90.0]), counts, table)
    assert path.name == "ENGINX7-powder.nxs"
    with snx.File(path) as file:
        entry = file[file.attrs["default"]]
        saved = entry[entry.attrs["default"]][()]
    assert sc.allclose(saved.data, counts.data)
    assert sc.identical(saved.coords["dspacing"], counts.coords["dspacing"])


def test_peaks_are_saved_with_their_uncertainties(
    tmp_path: Path, counts: sc.DataArray, table: PeakTable
) -> None:
    path = results.save_nexus(tmp_path, make_run([90.0]), counts, table)
    with snx.File(path) as file:
        peaks = file["entry/peaks"]
        d, lattice = peaks["d_spacing"][()], peaks["lattice_parameter"][()]
    assert d.unit == "angstrom"
    assert d.values == pytest.approx([peak.d_spacing for peak in table.peaks])
    assert np.sqrt(d.variances) == pytest.approx([peak.d_error for peak in table.peaks])
    assert (lattice.value, np.sqrt(lattice.variance)) == pytest.approx(table.lattice_parameter)


def test_table_is_saved_as_text(tmp_path: Path, table: PeakTable) -> None:
    lines = results.save_table(tmp_path, make_run([90.0]), table).read_text("utf-8").splitlines()
    assert lines[0] == "# sample <1> (run 7)"
    assert lines[2].startswith("hkl\t")
    assert len(lines) == 3 + len(table.peaks)
