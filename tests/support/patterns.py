"""A template whose curves are worth comparing: a powder pattern that depends on the run and on its parameters."""

from pathlib import Path
from typing import Any

from support.notebooks import notebook, save
from support.sites import DEMO, Site

PARAMETERS = """\
from pathlib import Path
from typing import Annotated, Literal

run_file: Path = ""  # supplied: the raw file
run_number: int = 0  # supplied: its number
output_dir: Path = "outputs"  # supplied: where results go
d_min: Annotated[float, {"unit": "angstrom", "gt": 0}] = 0.7  # lower end of the d-spacing axis
bank: Literal["both", "north"] = "both"  # detector bank
gate: str = ""  # file that the last cell waits for"""

FOCUS = """\
import numpy as np

random = np.random.default_rng(run_number)
d = np.arange(d_min, 3.3, 0.002)
heights = {3.124: 24, 2.706: 9, 1.913: 31, 1.632: 27, 1.562: 6, 1.353: 4, 1.242: 11, 1.104: 9, 0.8: 8}
model = 60 + sum(130 * h * np.exp(-(((d - p) / (0.0045 * p)) ** 2)) for p, h in heights.items())
counts = random.poisson(model * (1.0 if bank == "both" else 0.5))"""

SHOW = """\
from nbreduce_kernel import plots

plots.show(
    plots.curves(
        {"I(d)": (d, counts, np.sqrt(counts)), "model": (d, model)},
        title=f"CeO2 (run {run_number})",
        x_label="d-spacing / Å",
        y_label="intensity / counts",
        errors="none",
    )
);"""

WAIT = """\
import time

while gate and not Path(gate).exists():
    time.sleep(0.02)"""


def pattern_template(*more: str) -> dict[str, Any]:
    """Return the template; `more` cells stand at its end."""
    return notebook(FOCUS, SHOW, WAIT, *more, parameters=PARAMETERS)


def pattern_site(folder: Path) -> Site:
    """Make a workspace with this template alone."""
    site = Site(folder)
    (site.templates / DEMO / "work.ipynb").unlink()
    save(pattern_template(), site.templates / DEMO / "pattern.ipynb")
    return site


def file_rerun(site: Site, name: str, **values: object) -> str:
    """Reduce again with other values; return the new name, without waiting for the end."""
    given = [word for key, value in values.items() for word in ("-p", f"{key}={value}")]
    told = site.cli("rerun", name, *given, "--json")
    assert told.code == 0, told.words
    return str(told.json["reduction"])
