from pathlib import Path

import hifi_results as results
import numpy as np
import pytest
import scipp as sc
import scippnexus as snx

from support.hifi_samples import FIT, SIGNAL, run


def test_asymmetry_is_saved_as_nxdata_with_units_and_errors(tmp_path: Path) -> None:
    path = results.save_nexus(tmp_path / "outputs", run(), SIGNAL, 1.4, {"asymmetry": FIT})
    assert path.name == "HIFI9-asymmetry.nxs"
    with snx.File(path) as file:
        entry = file[file.attrs["default"]]
        saved = entry[entry.attrs["default"]][()]
        rate = entry["asymmetry_fit/rate"][()]
    assert sc.allclose(saved.data, SIGNAL.data)
    assert sc.identical(saved.coords["time"], SIGNAL.coords["time"])
    assert rate.unit == sc.Unit("1/us")
    assert (rate.value, np.sqrt(rate.variance)) == pytest.approx(FIT.parameters["rate"][:2])


def test_fits_are_saved_as_text(tmp_path: Path) -> None:
    path = results.save_table(tmp_path, run(), 1.4, {"asymmetry": FIT})
    lines = path.read_text("utf-8").splitlines()
    assert lines[0] == "# Cu (run 9), alpha = 1.4000"
    assert [line.split("\t")[1] for line in lines[2:]] == ["amplitude", "rate", "baseline"]
