"""Declared curves come back from a notebook as they were drawn; damaged ones are told, and harm nothing else."""

import base64
import gzip
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from bokeh.layouts import column
from bokeh.plotting import figure
from hypothesis import given, settings
from hypothesis import strategies as st

from nbreduce.comparison import arrays
from nbreduce.comparison.declared import MAX_CHARTS, MEDIA_TYPE, read_declared
from nbreduce_kernel import plots
from nbreduce_kernel.plots.show import plot_bundle
from support.making import code_cell

X = np.linspace(0.7, 3.3, 200)
Y = 1000 + 900 * np.sin(5 * X)
ERROR = np.sqrt(Y)
LABELS = {"title": "Pattern", "x_label": "d / Å", "y_label": "counts"}


def stored(*figures: Any) -> dict[str, Any]:
    """Return a notebook with a cell for each figure, as a file holds it."""
    cells = []
    for index, one in enumerate(figures):
        bundle = one if isinstance(one, dict) else plot_bundle(one, None)
        output = {"output_type": "display_data", "data": bundle, "metadata": {}}
        cells.append({**code_cell("plot"), "id": f"cell-{index}", "outputs": [output]})
    found: dict[str, Any] = json.loads(json.dumps({"cells": cells}, sort_keys=True))
    return found


def made(**options: Any) -> Any:
    return plots.curves({"I(d)": (X, Y, ERROR), "fit": (X, Y + 1)}, **{**LABELS, **options})


def test_what_was_drawn_is_read_back() -> None:
    (chart,) = read_declared(stored(made())).charts
    assert (chart.key, chart.title, chart.x_label, chart.y_label) == (
        "cell-0/0",
        "Pattern",
        "d / Å",
        "counts",
    )
    measured, fit = chart.curves
    assert (measured.name, fit.name) == ("I(d)", "fit")
    assert measured.x == pytest.approx(X, rel=1e-6) and measured.y == pytest.approx(Y, rel=1e-6)
    assert measured.error == pytest.approx(ERROR, rel=1e-4)
    assert fit.error is None


@pytest.mark.parametrize("errors", ["band", "whiskers", "none"])
def test_errors_are_kept_however_they_are_drawn(errors: str) -> None:
    (chart,) = read_declared(stored(made(errors=errors, y_log=True))).charts
    assert chart.curves[0].error == pytest.approx(ERROR, rel=1e-4)


def test_a_histogram_says_where_its_bins_begin() -> None:
    edges = np.geomspace(1, 2, 11)
    shown = plots.curves({"a": (edges, np.ones(10))}, **LABELS)
    ((curve,),) = [chart.curves for chart in read_declared(stored(shown)).charts]
    assert curve.first_edge == 1.0
    assert curve.x == pytest.approx((edges[1:] + edges[:-1]) / 2)


def test_a_plot_is_known_by_its_name_or_else_by_its_cell() -> None:
    layout = column(made(), made(name="residual"))
    found = read_declared(stored(made(), layout)).charts
    assert [chart.key for chart in found] == ["cell-0/0", "cell-1/0", "residual"]


def test_plots_that_declare_nothing_are_told() -> None:
    old = plot_bundle(made(), None)
    del old[MEDIA_TYPE]["charts"]
    found = read_declared(stored(old, old))
    assert found.charts == ()
    (note,) = found.notes
    assert note.startswith("2 plots do not declare curves")


def test_a_figure_that_an_author_drew_alone_declares_nothing() -> None:
    drawn = figure()
    drawn.line([1, 2], [1, 2])
    assert plot_bundle(drawn, None)[MEDIA_TYPE]["charts"] == []
    assert read_declared(stored(drawn)).charts == ()


def test_a_declaration_is_small() -> None:
    bundle = plot_bundle(made(), None)[MEDIA_TYPE]
    assert len(json.dumps(bundle["charts"])) < 500


def change_document(bundle: dict[str, Any], change: Callable[[dict[str, Any]], None]) -> Any:
    """Change each stored array of a plot."""
    document = json.loads(bundle[MEDIA_TYPE]["doc_json"])
    pending: list[Any] = [document]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            if value.get("type") == "ndarray":
                change(value)
            pending.extend(list(value.values()))
        elif isinstance(value, list):
            pending.extend(value)
    bundle[MEDIA_TYPE]["doc_json"] = json.dumps(document)
    return bundle


def packed(size: int) -> str:
    return base64.b64encode(gzip.compress(bytes(size))).decode()


BAD_ARRAYS: dict[str, dict[str, Any]] = {
    "too long a shape": {"shape": [10**9]},
    "a negative shape": {"shape": [-1]},
    "a shape that is no number": {"shape": ["x"]},
    "two dimensions": {"shape": [10, 20]},
    "another type": {"dtype": "object"},
    "a type that is no text": {"dtype": ["float32"]},
    "an order that is no text": {"order": ["big"], "dtype": "int64"},
    "no data": {"array": None},
    "no base64": {"array": {"data": "%%%"}},
    "a bomb": {"array": {"data": packed(50_000_000)}},
    "cut": {"array": {"data": packed(80)[:20]}},
    "short": {"array": {"data": packed(80)}},
}


@pytest.mark.parametrize("name", BAD_ARRAYS)
def test_damaged_arrays_are_told_and_other_plots_are_read(name: str) -> None:
    bad = change_document(plot_bundle(made(), None), lambda one: one.update(BAD_ARRAYS[name]))
    found = read_declared(stored(bad, made()))
    assert [chart.key for chart in found.charts] == ["cell-1/0"]
    (note,) = found.notes
    assert note.startswith("the plot of cell 'cell-0' is left out: ")


BAD_PLOTS: dict[str, dict[str, Any]] = {
    "charts that are no list": {"charts": 7},
    "charts that are no objects": {"charts": [7]},
    "a chart without curves": {"charts": [{"title": "t", "x_label": "x", "y_label": "y"}]},
    "too many charts": {"charts": [{}] * (MAX_CHARTS + 1)},
    "a title of a megabyte": {"charts": [{"title": "t" * 10**6}]},
    "no document": {"doc_json": None},
    "a document that is no JSON": {"doc_json": "{"},
    "a document that is no text": {"doc_json": [1]},
    "another document": {"doc_json": "{}"},
    "a source that is named by a list": {"doc_json": '{"name": "ColumnDataSource", "id": [1]}'},
    "a very deep document": {"doc_json": "[" * 100_000},
}


@pytest.mark.parametrize("name", BAD_PLOTS)
def test_damaged_plots_are_told_and_other_plots_are_read(name: str) -> None:
    bad = plot_bundle(made(), None)
    bad[MEDIA_TYPE] |= BAD_PLOTS[name]
    found = read_declared(stored(bad, made()))
    assert [chart.key for chart in found.charts] == ["cell-1/0"]
    assert len(found.notes) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=50)
@given(JSON, JSON, JSON)
def test_no_notebook_makes_it_fail(cells: Any, outputs: Any, plot: Any) -> None:
    read_declared({"cells": cells})
    read_declared({"cells": [{"outputs": outputs}]})
    read_declared({"cells": [{"outputs": [{"data": {MEDIA_TYPE: plot}}]}]})


def test_points_are_bounded_over_the_whole_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nbreduce.comparison.declared.MAX_POINTS", 500)
    found = read_declared(stored(made(), made()))
    assert len(found.charts) == 1
    assert "more than 500 points" in found.notes[0]
    assert arrays.MAX_POINTS == 2_000_000
