"""Notebooks by strangers: code in a plot does not run, damage stays where it is."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bokeh.embed import json_item
from bokeh.models import CustomJS, CustomJSTickFormatter, Div, HoverTool, ImageURL, LayoutDOM
from bokeh.plotting import figure
from playwright.sync_api import Page, expect

from nbreduce_kernel.plots.show import MEDIA_TYPE
from support.browsing import Traffic, open_notebook, wait_for_plots
from support.executed import write_outputs
from support.lab import Lab

pytestmark = pytest.mark.browser

ATTACK = "window.attacked = true"


def line() -> Any:
    plot = figure(width=400, height=200)
    plot.line([0, 1], [0, 1])
    return plot


def code_on_render() -> Any:
    plot = line()
    plot.x_range.js_on_change("start", CustomJS(code=ATTACK))
    plot.js_on_event("rangesupdate", CustomJS(code=ATTACK))
    return plot


def code_in_ticks() -> Any:
    plot = line()
    plot.xaxis.formatter = CustomJSTickFormatter(code=f"{ATTACK}; return tick")
    return plot


def raw_html() -> Any:
    return Div(text=f"<img src=x onerror='{ATTACK}'>", render_as_text=False)


def html_in_tooltip() -> Any:
    plot = line()
    plot.add_tools(HoverTool(tooltips=f"<img src=x onerror='{ATTACK}'>"))
    return plot


def outside_image() -> Any:
    plot = line()
    plot.add_glyph(ImageURL(url={"value": "http://192.0.2.1/track.png"}, x=0, y=0, w=1, h=1))
    return plot


def outside_style() -> Any:
    plot = line()
    plot.stylesheets = [":host { background: url(http://192.0.2.1/track.png) }"]
    return plot


def style_in_font() -> Any:
    plot = line()
    plot.line([0, 1], [1, 0], legend_label="a")
    plot.legend.label_text_font = "x; } :host { background: url(http://192.0.2.1/track.png); } x {"
    return plot


HOSTILE = [
    code_on_render,
    code_in_ticks,
    raw_html,
    html_in_tooltip,
    outside_image,
    outside_style,
    style_in_font,
]


def bundle(model: LayoutDOM, **changes: Any) -> dict[str, Any]:
    data = {"bokeh": "3.9.2", "doc_json": json.dumps(json_item(model)), "alt": "A plot", **changes}
    return {MEDIA_TYPE: data, "text/plain": "[plot]"}


@pytest.mark.parametrize("make", HOSTILE, ids=lambda make: make.__name__)
def test_is_blocked_until_trusted(
    make: Callable[[], Any], page: Page, lab: Lab, traffic: Traffic, pictures: Path
) -> None:
    write_outputs(lab.root / f"{make.__name__}.ipynb", [bundle(make()), bundle(line())])
    open_notebook(page, lab, f"{make.__name__}.ipynb")
    plots = wait_for_plots(page, 1)
    page.wait_for_timeout(500)
    page.screenshot(path=pictures / "blocked.png")

    assert plots[0] == [] and plots[1] != []
    told = page.locator(".jp-OutputArea .nbreduce-Notice-warning")
    expect(told).to_contain_text("not trusted")
    assert page.evaluate("() => window.attacked") is None
    assert traffic.outside() == []


def test_trusting_the_notebook_draws_it(page: Page, lab: Lab) -> None:
    write_outputs(lab.root / "trusted.ipynb", [bundle(code_in_ticks())])
    open_notebook(page, lab, "trusted.ipynb")
    page.locator(".jp-OutputArea .nbreduce-Notice-warning").wait_for()

    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:trust'); }")
    page.locator(".jp-Dialog .jp-mod-accept").click()
    wait_for_plots(page, 1)

    assert page.locator(".jp-OutputArea .nbreduce-Notice").count() == 0
    assert page.evaluate("() => window.attacked") is True


def test_damage_is_said_and_stays_in_its_output(page: Page, lab: Lab, pictures: Path) -> None:
    whole = bundle(line())[MEDIA_TYPE]["doc_json"]
    unknown = json.dumps({"root_id": "p1", "doc": {"roots": [{"id": "p404"}], "version": "3.9.2"}})
    write_outputs(
        lab.root / "damaged.ipynb",
        [
            bundle(line(), doc_json=whole[:-300]),
            bundle(line(), doc_json="7"),
            bundle(line(), doc_json=unknown),
            bundle(line(), bokeh="2.4.3"),
            bundle(line()),
        ],
    )
    open_notebook(page, lab, "damaged.ipynb")
    wait_for_plots(page, 2)
    page.wait_for_timeout(500)
    page.screenshot(path=pictures / "damaged.png")

    errors = page.locator(".jp-OutputArea .nbreduce-Notice-error").all_inner_texts()
    assert [text.split(":")[0].split(".")[0] for text in errors] == [
        "The plot document is damaged",
        "The plot document is not one that Bokeh wrote",
        "This plot cannot be drawn",
    ]
    assert "p404" in errors[2]
    warning = page.locator(".jp-OutputArea .nbreduce-Notice-warning").inner_text()
    assert warning.startswith("This plot was written by Bokeh 2.4.3 and is drawn by BokehJS 3.9.2")


def test_formulas_are_drawn_without_asking_a_network(
    page: Page, lab: Lab, traffic: Traffic
) -> None:
    plot = line()
    plot.xaxis.axis_label = r"$$\alpha / \mathrm{\mu s}^{-1}$$"
    write_outputs(lab.root / "formula.ipynb", [bundle(plot)])
    open_notebook(page, lab, "formula.ipynb")
    wait_for_plots(page, 1)
    page.wait_for_function(LARGE_CHUNKS, arg=2)

    assert traffic.outside() == []


LARGE_CHUNKS = """
count => performance.getEntriesByType('resource')
  .filter(({ name, decodedBodySize }) => name.includes('nbreduce-lab') && decodedBodySize > 1e6)
  .length === count
"""
