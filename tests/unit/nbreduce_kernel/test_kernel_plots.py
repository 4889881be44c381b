import json
import xml.etree.ElementTree as ElementTree
from typing import Any

import bokeh
import numpy as np
import pytest
import scipp as sc
from bokeh.models import HoverTool
from bokeh.plotting import figure

from nbreduce_kernel import controls, plots
from nbreduce_kernel.plots.chart import COLOURS, compact, read_curves
from nbreduce_kernel.plots.show import MEDIA_TYPE, plot_bundle
from nbreduce_kernel.plots.svg import axes_of, svg_of
from nbreduce_kernel.plots.ticks import linear_ticks, log_ticks, tick_labels
from support.screen import Screen, install

LABELS = {"title": "Pattern", "x_label": "d / Å", "y_label": "counts"}
X = np.linspace(0.0, 1.0, 11)


def chart_of(curves: dict[str, Any], **options: Any) -> Any:
    return plots.curves(curves, **{**LABELS, **options})._nbreduce_chart


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    return install(monkeypatch)


class TestCurves:
    def test_bin_edges_become_midpoints(self) -> None:
        (curve,) = read_curves({"a": (X, X[:-1])}, "line")
        assert curve.x == pytest.approx(np.arange(0.05, 1.0, 0.1))
        assert curve.lower is None

    def test_errors_become_an_interval(self) -> None:
        (curve,) = read_curves({"a": (X, X, np.full(11, 0.5))}, "line")
        assert curve.lower is not None and curve.upper is not None
        assert curve.lower == pytest.approx(X - 0.5)
        assert curve.upper == pytest.approx(X + 0.5)

    def test_reads_a_data_array_with_edges_variances_and_masks(self) -> None:
        data = sc.DataArray(
            sc.array(dims=["d"], values=np.full(10, 9.0), variances=np.full(10, 4.0)),
            coords={"d": sc.array(dims=["d"], values=X, unit="angstrom")},
            masks={"bad": sc.array(dims=["d"], values=[True] + 9 * [False])},
        )
        (curve,) = read_curves({"a": data}, "line")
        assert curve.lower is not None
        assert np.isnan(curve.y[0]) and curve.y[1] == 9
        assert curve.lower[1] == 7
        assert curve.x[0] == pytest.approx(0.05)

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            ((X, X[:-2]), "'a' has 11 x values for 9 y values"),
            ((X, X.reshape(1, -1)), "'a' needs one-dimensional"),
            ((X, X, X[:-1]), "'a' needs one-dimensional x, y and error of the same length"),
            ((X,), r"'a' must be \(x, y\)"),
            ("text", "'a' must be .* not str"),
            (sc.DataArray(sc.zeros(dims=["x", "y"], shape=[2, 2])), "'a' must have one dimension"),
            (sc.DataArray(sc.zeros(dims=["x"], shape=[2])), "'a' has no coordinate"),
        ],
    )
    def test_says_which_curve_is_wrong(self, data: Any, reason: str) -> None:
        with pytest.raises(ValueError, match=reason):
            read_curves({"a": data}, "line")

    def test_needs_a_curve(self) -> None:
        with pytest.raises(ValueError, match="at least one curve"):
            read_curves({}, "line")

    def test_refuses_styles_for_nothing_and_unknown_ones(self) -> None:
        with pytest.raises(ValueError, match="A style is given for"):
            read_curves({"a": (X, X)}, {"b": "line"})
        with pytest.raises(ValueError, match="Unknown style 'dots'"):
            read_curves({"a": (X, X)}, "dots")  # type: ignore[arg-type]


class TestCompact:
    def test_takes_single_precision_where_it_cannot_be_seen(self) -> None:
        assert compact(X).dtype == np.float32

    @pytest.mark.parametrize(
        "values",
        [1.7e9 + X, np.array([1e300, 0.0]), np.array([np.nan, np.nan])],
        ids=["times", "huge", "nothing"],
    )
    def test_keeps_double_precision_otherwise(self, values: Any) -> None:
        assert compact(values).dtype == np.float64


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("ground", ["#ffffff", "#111111"])
def test_colours_are_readable_on_light_and_dark_ground(colour: str, ground: str) -> None:
    darker, lighter = sorted((luminance(colour), luminance(ground)))
    assert (lighter + 0.05) / (darker + 0.05) >= 3


class TestFigure:
    def test_has_what_a_reader_needs(self) -> None:
        made = plots.curves({"data": (X, X, X), "fit": (X, X)}, **LABELS)
        assert [item.label.value for item in made.legend[0].items] == ["data", "fit"]
        assert made.legend[0].click_policy == "hide"
        assert made.xaxis[0].axis_label == "d / Å"
        assert {type(tool).__name__ for tool in made.tools} == {
            *("PanTool", "WheelZoomTool", "BoxZoomTool", "ResetTool", "SaveTool", "HoverTool")
        }
        assert sorted(len(tool.tooltips) for tool in made.select(HoverTool)) == [3, 4]

    def test_logarithmic_axis_shows_errors_that_reach_zero(self) -> None:
        made = plots.curves({"a": (X + 1, X + 0.1, np.ones(11))}, **LABELS, y_log=True)
        lower = made.renderers[0].data_source.data["lower"]
        assert np.all(lower > 0)

    def test_shows_the_asked_range(self) -> None:
        made = plots.curves({"a": (X, X)}, **LABELS, x_range=(0.2, 0.4))
        assert (made.x_range.start, made.x_range.end) == (0.2, 0.4)


class TestBundle:
    def test_document_is_json_in_a_string_that_survives_sorted_keys(self) -> None:
        bundle = plot_bundle(plots.curves({"a": (X, X)}, **LABELS), "A line.")
        stored = json.loads(json.dumps(bundle, sort_keys=True))[MEDIA_TYPE]
        assert stored["bokeh"] == bokeh.__version__
        assert stored["alt"] == "A line."
        assert json.loads(stored["doc_json"])["doc"]["version"] == bokeh.__version__

    def test_describes_itself(self) -> None:
        bundle = plot_bundle(plots.curves({"a": (X, X)}, **LABELS), None)
        assert bundle[MEDIA_TYPE]["alt"] == "Pattern: counts against d / Å for a."

    def test_foreign_figure_has_text_but_no_picture(self) -> None:
        bundle = plot_bundle(figure(), "A figure.")
        assert set(bundle) == {MEDIA_TYPE, "text/plain"}
        assert "A figure." in bundle["text/plain"] and "JupyterLab" in bundle["text/plain"]

    def test_a_pattern_of_3000_bins_is_small(self) -> None:
        x = np.geomspace(0.6, 3.3, 3001)
        y = np.random.default_rng(1).poisson(500, 3000).astype(float)
        bundle = plot_bundle(plots.curves({"a": (x, y, np.sqrt(y))}, **LABELS), None)
        assert len(json.dumps(bundle)) < 90_000

    def test_refuses_what_bokeh_cannot_draw(self) -> None:
        with pytest.raises(TypeError, match="not ndarray"):
            plots.show(X)


class TestShow:
    def test_updates_in_place(self, screen: Screen) -> None:
        handle = plots.show(plots.curves({"a": (X, X)}, **LABELS), alt="A line.")
        handle.update(plots.curves({"a": (X, -X)}, **LABELS))
        first, second = screen.messages
        assert first.display_id is not None and first.display_id == second.display_id
        assert (first.update, second.update) == (False, True)
        assert second.bundle[MEDIA_TYPE]["alt"] == "A line."

    def test_two_plots_do_not_share_a_place(self, screen: Screen) -> None:
        plots.show(plots.curves({"a": (X, X)}, **LABELS))
        plots.show(plots.curves({"a": (X, X)}, **LABELS))
        assert len({message.display_id for message in screen.messages}) == 2


class TestPicture:
    def test_is_well_formed_whatever_the_texts(self) -> None:
        chart = chart_of({'<&>"': (X, X, X)}, title="<&>", errors="whiskers")
        root = ElementTree.fromstring(svg_of(chart, '"quoted" & <more>'))
        texts = ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]
        assert root.attrib["aria-label"] == '"quoted" & <more>'
        assert {"<&>", '<&>"', "d / Å", "counts"} <= set(texts)

    def test_places_points_on_its_axes(self) -> None:
        x_axis, y_axis = axes_of(chart_of({"a": (X, 10 * X)}))
        assert x_axis.pixels(np.array([0.0, 1.0])).tolist() == [x_axis.start, x_axis.end]
        bottom, top = y_axis.pixels(np.array([0.0, 10.0]))
        assert y_axis.start > bottom > top > y_axis.end

    def test_logarithmic_axis_is_even_in_decades(self) -> None:
        _, axis = axes_of(chart_of({"a": (X, np.geomspace(1, 1e4, 11))}, y_log=True))
        steps = np.diff(axis.pixels(np.array([1.0, 10.0, 100.0, 1000.0])))
        assert steps == pytest.approx(np.full(3, steps[0]))
        assert np.isnan(axis.pixels(np.array([0.0, -1.0]))).all()

    def test_gaps_break_the_line(self) -> None:
        svg = svg_of(chart_of({"a": (X, np.where(X == 0.5, np.nan, X))}), "")
        assert "nan" not in svg
        line = next(part for part in svg.split("<path") if 'stroke-width="1.6"' in part)
        assert line.count("M") == 2

    def test_many_points_keep_their_peak_and_stay_small(self) -> None:
        y = np.zeros(100_000)
        y[54_321] = 1.0
        chart = chart_of({"a": (np.arange(100_000.0), y)})
        svg = svg_of(chart, "")
        top = axes_of(chart)[1].pixels(np.array([1.0]))[0]
        assert f" {top:.1f}" in svg
        assert len(svg) < 20_000

    @pytest.mark.parametrize(
        "curve",
        [
            (X, np.full(11, np.nan)),
            (X, np.zeros(11)),
            ([], []),
            ([1.0], [5.0]),
            (X, np.full(11, np.inf)),
        ],
        ids=["nan", "constant", "empty", "one point", "infinite"],
    )
    @pytest.mark.parametrize("log", [False, True])
    def test_copes_with_little_data(self, curve: Any, log: bool) -> None:
        chart = chart_of({"a": curve}, x_log=log, y_log=log, style="line+markers")
        ElementTree.fromstring(svg_of(chart, "nothing"))


class TestTicks:
    @pytest.mark.parametrize(
        ("low", "high", "expected"),
        [(0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (-1e9, 1e9, [-1e9, -5e8, 0, 5e8, 1e9])],
    )
    def test_linear_ticks_are_round(self, low: float, high: float, expected: list[float]) -> None:
        assert linear_ticks(low, high) == pytest.approx(expected)

    def test_log_ticks_are_decades_or_round_numbers(self) -> None:
        assert log_ticks(0.5, 2000) == pytest.approx([1, 10, 100, 1000])
        assert log_ticks(2, 7) == pytest.approx([2, 3, 4, 5, 6, 7])
        assert len(log_ticks(1e-30, 1e30)) <= 9

    @pytest.mark.parametrize(
        ("ticks", "labels"),
        [
            ([0.0, 0.5, 1.0], ["0.0", "0.5", "1.0"]),
            ([-0.1, -0.0, 0.1], ["-0.1", "0.0", "0.1"]),
            ([1000.0, 2000.0], ["1000", "2000"]),
            ([0.0, 2e5], ["0", "2e5"]),
            ([1e-6, 1e-3, 1.0], ["1e-6", "1e-3", "1e0"]),
            ([], []),
        ],
    )
    def test_labels_are_short(self, ticks: list[float], labels: list[str]) -> None:
        assert tick_labels(ticks) == labels


class TestControls:
    def test_stores_the_note_and_no_dead_control(self, screen: Screen) -> None:
        from ipywidgets import IntSlider

        slider = IntSlider()
        controls.show(slider, note="Open with a kernel to choose.")
        assert screen.last.bundle == {
            "application/vnd.nbreduce.control+json": {
                "model_id": slider.model_id,
                "note": "Open with a kernel to choose.",
            },
            "text/markdown": "*Open with a kernel to choose.*",
            "text/plain": "Open with a kernel to choose.",
        }

    def test_refuses_what_is_no_control(self) -> None:
        with pytest.raises(TypeError, match="not int"):
            controls.show(3)
