"""The extension's own tests and its generated allow-list."""

import importlib.util
import json
import os
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from bokeh.embed import json_item
from bokeh.layouts import column, gridplot, row
from bokeh.models import (
    Band,
    BoxAnnotation,
    BoxSelectTool,
    ColumnDataSource,
    CrosshairTool,
    Label,
    LabelSet,
    LassoSelectTool,
    LinearAxis,
    Range1d,
    Span,
    Whisker,
)
from bokeh.plotting import figure
from bokeh.transform import linear_cmap

from nbreduce_kernel.plots import curves

EXTENSIONS = Path(__file__).resolve().parents[2] / "extensions"
X = np.arange(1.0, 6.0)


def test_tests_of_the_extension_pass(node: str) -> None:
    result = subprocess.run(
        [node, "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "--test", "test/*.test.ts"],
        cwd=EXTENSIONS,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def allow_list_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "write_allowed", EXTENSIONS / "tools/write_allowed.py"
    )
    assert spec is not None and spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def test_allow_list_is_that_of_the_installed_bokeh() -> None:
    tool = allow_list_tool()

    assert tool.TARGET.read_text() == tool.module_text()


def test_allow_list_holds_no_model_with_code() -> None:
    tool = allow_list_tool()

    models = tool.allowed_models()
    guilty = [
        name for name, model in models.items() if {"code", "args", "url"} & model.properties()
    ]
    assert guilty == []
    assert {"callback", "html", "stylesheets"}.isdisjoint(tool.allowed_attributes(models))


def ordinary_figures() -> dict[str, Any]:
    """What an author of a template may well draw, without any code in it."""
    source = ColumnDataSource(
        {"x": X, "y": X, "lower": X - 1, "upper": X + 1, "name": list("abcde")}
    )
    detector = figure(tooltips=[("counts", "@image")])
    picture = detector.image([np.outer(X, X)], x=0, y=0, dw=5, dh=5, palette="Viridis256")
    detector.add_layout(picture.construct_color_bar(title="counts"), "right")
    pattern = figure(x_axis_type="log", y_axis_type="datetime", output_backend="webgl")
    pattern.line("x", "y", source=source, legend_label="I(d)")
    pattern.scatter("x", "y", source=source, color=linear_cmap("y", "Magma256", 0, 4), marker="x")
    pattern.add_layout(Band(base="x", lower="lower", upper="upper", source=source))
    pattern.add_layout(Whisker(base="x", lower="lower", upper="upper", source=source))
    pattern.add_layout(LabelSet(x="x", y="y", text="name", source=source))
    pattern.add_layout(Span(location=2, dimension="height", line_dash="dashed"))
    pattern.add_layout(BoxAnnotation(left=1, right=2, fill_alpha=0.1))
    pattern.add_layout(Label(x=1, y=1, text="$$\\alpha$$"))
    pattern.add_tools(CrosshairTool(), LassoSelectTool(), BoxSelectTool())
    bars = figure(x_range=["north", "south"], x_axis_label="bank")
    bars.vbar(x=["north", "south"], top=[1, 2], width=0.8)
    twin = figure(sizing_mode="stretch_width")
    twin.extra_y_ranges = {"right": Range1d(0, 1)}
    twin.add_layout(LinearAxis(y_range_name="right"), "right")
    twin.step(X, X, y_range_name="right", mode="center")
    return {
        "detector": detector,
        "pattern": pattern,
        "bars": bars,
        "twin": twin,
        "grid": gridplot([[figure(), figure()], [None, figure()]]),
        "column": column(row(figure(), figure()), figure()),
        "curves": curves({"a": (X, X, X)}, title="t", x_label="x", y_label="y", y_log=True),
    }


def test_ordinary_figures_are_allowed(node: str, tmp_path: Path) -> None:
    documents = {name: json_item(model)["doc"] for name, model in ordinary_figures().items()}
    (tmp_path / "documents.json").write_text(json.dumps(documents))
    script = f"""
import {{ readFileSync }} from 'node:fs';
import {{ reasonsToBlock }} from '{EXTENSIONS.as_uri()}/src/plots/allowlist.ts';
import {{ trans }} from '{EXTENSIONS.as_uri()}/test/translating.ts';
const documents = JSON.parse(readFileSync('documents.json', 'utf-8'));
const reasons = Object.entries(documents).map(([name, document]) => [name, reasonsToBlock(document, trans)]);
console.log(JSON.stringify(Object.fromEntries(reasons)));
"""
    (tmp_path / "check.mjs").write_text(script)
    result = subprocess.run(
        [node, "check.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )

    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == {name: [] for name in documents}
