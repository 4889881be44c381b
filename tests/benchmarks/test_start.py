"""From a run's file being renamed into place to the first cell that starts, on an idle service."""

import time
from datetime import datetime
from pathlib import Path

import nbformat

from nbreduce.domain.states import State
from support.numbers import Show, spread
from support.sites import DEMO, Site

RUNS = 20


def test_start_delay(tmp_path: Path, show: Show) -> None:
    site = Site(tmp_path / "site")
    delays = []
    with site.serving():
        site.check_good_run(1)
        for number in range(2, RUNS + 2):
            site.measure(number)
            renamed = time.time()
            reduction = site.wait_for_state(f"{DEMO}{number}-work-v1", State.SUCCEEDED)
            delays.append(
                _first_cell(site.folder_of(reduction) / f"{reduction.name}.ipynb") - renamed
            )
    show("file in place -> first cell starts", spread(delays))
    assert len(delays) == RUNS


def _first_cell(path: Path) -> float:
    """Return when the first code cell started, in s since the epoch."""
    cells = nbformat.read(path, as_version=4).cells
    first = next(cell for cell in cells if cell.cell_type == "code")
    return datetime.fromisoformat(first.metadata.papermill.start_time).timestamp()
