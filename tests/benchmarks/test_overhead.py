"""The real ENGIN-X run: the platform against papermill on the same notebook, and against the bare script."""

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import h5py
import nbformat
import pytest

from nbreduce.domain.states import State
from support.numbers import Show, spread
from support.sites import Site, watch

REPOSITORY = Path(__file__).resolve().parents[2]
REPEATS = 5
# Of the medians within one run; far from what is measured, so that only a real loss meets it.
MOST_OF_PAPERMILL = 1.5
TEMPLATES = REPOSITORY / "notebook_templates" / "ENGINX"
FIRST = 500_000


@pytest.mark.timeout(900)
def test_overhead(tmp_path: Path, real_data: Path, show: Show) -> None:
    raw = real_data / "ISIS" / "ENGINX00241391.nxs"
    folder = tmp_path / "alone"
    shutil.copytree(TEMPLATES, folder)
    (folder / "outputs").mkdir()
    script = _as_script(folder / "powder.ipynb", raw)

    site = Site(tmp_path / "site", triggers=[watch(tmp_path / "site" / "data", "ENGINX")])
    shutil.copytree(TEMPLATES, site.templates / "ENGINX")
    ways: dict[str, Callable[[int], float]] = {
        "bare script": lambda _: _timed([sys.executable, str(script)], folder),
        "papermill": lambda _: _timed(_papermill(raw), folder),
        "nbreduce": lambda number: _reduced(site, raw, number),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    with site.serving():
        for repeat in range(REPEATS + 1):
            for name, way in ways.items():
                took = way(FIRST + repeat)
                if repeat:  # the first round warms disk caches, and records the environment
                    seconds[name].append(took)
        size = (
            (site.folder_of(site.reductions()[0]) / f"{site.reductions()[0].name}.ipynb")
            .stat()
            .st_size
        )
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    for name, values in seconds.items():
        show(
            name, spread(values), f"{medians[name] / medians['bare script']:.2f} x the bare script"
        )
    show("nbreduce against papermill", f"{medians['nbreduce'] / medians['papermill']:.2f}")
    show("executed notebook", f"{size / 1e3:.0f} kB")
    assert size < 300_000
    assert medians["nbreduce"] < MOST_OF_PAPERMILL * medians["papermill"]


def _timed(command: list[str], folder: Path) -> float:
    began = time.perf_counter()
    path = os.pathsep.join([str(REPOSITORY / "platform")])
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    took = time.perf_counter() - began
    assert done.returncode == 0, done.stderr
    return took


def _papermill(raw: Path) -> list[str]:
    values = [
        "-p",
        "run_file",
        str(raw),
        "-p",
        "run_number",
        "241391",
        "-p",
        "output_dir",
        "outputs",
    ]
    return [
        sys.executable,
        "-m",
        "papermill",
        "powder.ipynb",
        "out.ipynb",
        "-k",
        "python3",
        *values,
    ]


def _as_script(path: Path, raw: Path) -> Path:
    """Write the notebook's cells as a script, its values set after the parameters cell."""
    parts = []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            parts.append(cell.source)
        if "parameters" in cell.metadata.get("tags", []):
            parts.append(f"run_file, run_number, output_dir = {str(raw)!r}, 241391, 'outputs'")
    script = path.with_name("bare.py")
    script.write_text("\n\n".join(parts), encoding="utf-8")
    return script


def _reduced(site: Site, raw: Path, number: int) -> float:
    """Put the run's file into place under another number; wait until all is on disk."""
    path = site.data / f"ENGINX{number:08d}.nxs"
    part = path.with_name(f".{path.name}.part")
    shutil.copyfile(raw, part)
    with h5py.File(part, "r+") as file:
        file["raw_data_1/run_number"][...] = number
    part.rename(path)
    began = time.perf_counter()
    reduction = site.wait_for_state(f"ENGINX{number}-powder-v1", State.SUCCEEDED, patience=120)
    took = time.perf_counter() - began
    folder = site.folder_of(reduction)
    assert (folder / "environment.conda-lock.yml").is_file()
    assert {output.path for output in reduction.outputs} <= {
        file.relative_to(folder).as_posix() for file in folder.rglob("*")
    }
    return took
