"""From a run's file being renamed into place to the first cell that starts, on an idle service."""

import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from statistics import median

import nbformat
import pytest

from nbreduce.domain.states import State
from support.numbers import Show, spread
from support.sites import DEMO, Site

RUNS = 20
KERNELS = 5
# Times a bare kernel's start in the same run.
MOST_OF_A_KERNEL = 20
START = """
import time
from jupyter_client.manager import start_new_kernel

began = time.perf_counter()
manager, client = start_new_kernel(kernel_name="python3")
took = time.perf_counter() - began
client.stop_channels()
manager.shutdown_kernel(now=True)
print(took)
"""


@pytest.mark.timeout(900)
def test_start_delay(tmp_path: Path, show: Show) -> None:
    site = Site(tmp_path / "site")
    delays = []
    with site.serving():
        site.check_good_run(1)
        bare = [_bare_kernel() for _ in range(KERNELS)]
        for number in range(2, RUNS + 2):
            site.measure(number)
            renamed = time.time()
            reduction = site.wait_for_state(f"{DEMO}{number}-work-v1", State.SUCCEEDED)
            first = _first_cell(site.folder_of(reduction) / f"{reduction.name}.ipynb")
            assert renamed < first < time.time(), reduction.name
            delays.append(first - renamed)
    show("a bare kernel starts", spread(bare))
    show(
        "file in place -> first cell starts",
        spread(delays),
        f"{median(delays) / median(bare):.1f} x a bare kernel",
    )
    assert len(delays) == RUNS
    assert median(delays) < MOST_OF_A_KERNEL * median(bare)


def _bare_kernel() -> float:
    """Return how long a kernel takes from its start to its first answer, in s."""
    done = subprocess.run(
        [sys.executable, "-c", START], capture_output=True, text=True, timeout=60, check=True
    )
    return float(done.stdout)


def _first_cell(path: Path) -> float:
    """Return when the first code cell started, in s since the epoch."""
    cells = nbformat.read(path, as_version=4).cells
    first = next(cell for cell in cells if cell.cell_type == "code")
    return datetime.fromisoformat(first.metadata.papermill.start_time).timestamp()
