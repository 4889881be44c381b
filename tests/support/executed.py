"""Executed notebooks for the browser, without the platform's engine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

REPOSITORY = Path(__file__).resolve().parents[2]

RECORD = {"run": {"instrument": "ENGINX", "number": 241391}}
"""Enough of the metadata `nbreduce` to be the record of a reduction."""

PATTERN = """
import numpy as np
from nbreduce_kernel import controls, keep, plots, progress
progress(0.5, "focusing")
rng = np.random.default_rng(3)
edges = np.geomspace(0.6, 3.3, 3400)
d = np.sqrt(edges[1:] * edges[:-1])
heights = {3.124: 24, 2.706: 9, 1.913: 31, 1.632: 27, 1.562: 6, 1.353: 4, 1.242: 11, 1.210: 7, 1.104: 9, 1.041: 8}
model = 60 + 4000 * sum(h * np.exp(-(((d - p) / (0.0045 * p)) ** 2)) / 30 for p, h in heights.items())
counts = rng.poisson(model)
progress(1.0, "focused")
plots.show(
    plots.curves(
        {"both banks": (edges, counts, np.sqrt(counts)), "model": (d, model)},
        title="CeO2 4x4x15 (run 241391)", x_label="d-spacing / Å", y_label="intensity / counts",
        errors="whiskers",
    ),
    alt="Diffraction pattern of CeO2",
);
"""

DECAY = """
import ipywidgets
time = np.linspace(0.1, 10, 130)
def figure(rate):
    y = 0.22 * np.exp(-rate * time) * np.cos(1.9 * time)
    return plots.curves(
        {"data": (time, y + rng.normal(0, 0.008, time.size), np.full(time.size, 0.008)), "fit": (time, y)},
        title=f"asymmetry, rate {rate:.2f}", x_label="time / µs", y_label="asymmetry",
        style={"data": "markers"}, errors="whiskers", x_range=(0, 10 * rate),
    )
slider = ipywidgets.FloatSlider(0.3, min=0.1, max=1.0, step=0.1, description="rate")
view = plots.show(figure(slider.value), alt="Asymmetry with its fit")
slider.observe(lambda change: view.update(figure(change.new)), "value")
controls.show(slider, note="Open with a kernel to change the rate.")
"""

SAVE = """
from pathlib import Path
Path("pattern.nxs").write_bytes(b"1")
keep("pattern.nxs", title="Pattern and peaks (NeXus)");
"""


def execute(path: Path, sources: list[str], *, record: bool = True) -> Path:
    """Write an executed notebook with these cells; stands in for the platform's engine."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in sources],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
    )
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "platform")}
    client = NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}}
    )
    client.execute(env=environment)
    notebook.metadata["nbreduce"] = RECORD if record else {"title": "A template"}
    nbformat.write(notebook, path)
    return path


def write_outputs(path: Path, bundles: list[dict[str, Any]]) -> Path:
    """Write a notebook that holds these outputs, as if executed."""
    outputs = [nbformat.v4.new_output("display_data", data=bundle) for bundle in bundles]
    cells = [nbformat.v4.new_code_cell("plot", outputs=[output]) for output in outputs]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"nbreduce": RECORD})
    nbformat.write(notebook, path)
    return path
