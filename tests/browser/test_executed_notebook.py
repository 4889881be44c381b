"""An executed notebook in JupyterLab: alive without kernel, network or trust."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from support.browsing import Traffic, open_notebook, wait_for_plots
from support.executed import DECAY, PATTERN, SAVE, execute
from support.lab import Lab
from support.waiting import wait_for

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def notebook(lab: Lab) -> Path:
    return execute(lab.root / "ENGINX241391-powder-v1.ipynb", [PATTERN, DECAY, SAVE])


@pytest.fixture
def opened(page: Page, lab: Lab, notebook: Path) -> Page:
    open_notebook(page, lab, notebook.name)
    wait_for_plots(page, 2)
    return page


def test_notebook_is_small(notebook: Path) -> None:
    assert notebook.stat().st_size < 150_000


def test_shows_its_plots_without_kernel_prompt_or_network(
    opened: Page, lab: Lab, traffic: Traffic, pictures: Path
) -> None:
    opened.wait_for_timeout(1500)
    opened.screenshot(path=pictures / "notebook.png")

    assert lab.kernels() == []
    assert lab.sessions() == []
    assert opened.locator(".jp-Dialog").count() == 0
    assert opened.locator(".jp-toast, .Toastify__toast").count() == 0
    assert opened.locator(".nbdime-toolbarButton").count() == 0
    assert opened.evaluate(TRUSTED) == [False, False, False]
    assert not opened.evaluate("() => window.jupyterapp.shell.currentWidget.context.model.dirty")
    assert traffic.outside() == []
    assert any("nbreduce-lab" in url for url in traffic.urls)


TRUSTED = """
() => {
  const { cells } = window.jupyterapp.shell.currentWidget.content.model;
  return [...cells].map(cell => cell.trusted);
}
"""


def test_plots_have_a_description(opened: Page) -> None:
    assert opened.get_by_role("group", name="Diffraction pattern of CeO2").count() == 1
    assert opened.get_by_role("group", name="Asymmetry with its fit").count() == 1


def test_dragging_pans(opened: Page, pictures: Path) -> None:
    before = wait_for_plots(opened, 2)[0][0]
    x, y = middle_of(opened, 0)
    opened.mouse.move(x, y)
    opened.mouse.down()
    opened.mouse.move(x - 200, y, steps=5)
    opened.mouse.up()
    after = wait_for_plots(opened, 2)[0][0]

    assert after["x"][0] > before["x"][0] + 0.1
    assert width(after) == pytest.approx(width(before))


def test_wheel_with_control_zooms(opened: Page, pictures: Path) -> None:
    before = wait_for_plots(opened, 2)[0][0]
    zoom(opened, 0)
    after = wait_for_plots(opened, 2)[0][0]
    opened.screenshot(path=pictures / "zoomed.png")

    assert width(after) < 0.8 * width(before)


def test_wheel_alone_scrolls_the_notebook(opened: Page) -> None:
    before = wait_for_plots(opened, 2)[0][0]
    x, y = middle_of(opened, 0)
    opened.mouse.move(x, y)
    opened.mouse.wheel(0, 300)
    opened.wait_for_timeout(800)

    assert wait_for_plots(opened, 2)[0][0]["x"] == before["x"]
    assert middle_of(opened, 0)[1] < y - 100


def test_hover_tells_the_values(opened: Page, pictures: Path) -> None:
    canvas_of(opened, 1).scroll_into_view_if_needed()
    x, y = middle_of(opened, 1)
    data, fit = (opened.locator(".bk-Tooltip:visible", has_text=name) for name in ("data", "fit"))
    text = "tooltip => tooltip.shadowRoot.textContent"
    for step in range(20):
        opened.mouse.move(x + 2 * step, y)
        opened.wait_for_timeout(60)
        if data.count() == 1:
            break
    opened.screenshot(path=pictures / "hover.png")

    assert "time / µs" in fit.evaluate(text) and "asymmetry" in fit.evaluate(text)
    assert "± error" in data.evaluate(text)


def test_control_is_a_note_without_kernel(opened: Page) -> None:
    control = opened.locator(".nbreduce-Control .nbreduce-Notice")
    # JupyterLab draws what is out of view only when it comes into view, and until then it has no inner text.
    control.scroll_into_view_if_needed()
    expect(control).to_have_text("Open with a kernel to change the rate.", use_inner_text=True)
    assert opened.locator(".widget-slider, .jupyter-widgets").count() == 0


def test_declared_output_is_one_line(opened: Page) -> None:
    line = opened.locator(".nbreduce-Output")
    line.scroll_into_view_if_needed()
    words = re.compile(r"kept\s*Pattern and peaks \(NeXus\)\s*pattern\.nxs")
    expect(line).to_have_text(words, use_inner_text=True)


def test_follows_the_theme(opened: Page, pictures: Path) -> None:
    zoom(opened, 0)
    light = wait_for_plots(opened, 2)
    set_theme(opened, "JupyterLab Dark")
    wait_for(lambda: grounds(wait_for_plots(opened, 2)) == {"#111111"}, "the plots are dark")
    dark = wait_for_plots(opened, 2)
    opened.screenshot(path=pictures / "dark.png")
    set_theme(opened, "JupyterLab Light")

    assert grounds(light) == {"#ffffff"}
    assert dark[0][0]["x"] == pytest.approx(light[0][0]["x"])


def grounds(plots: list[list[dict[str, Any]]]) -> set[str]:
    return {figure["ground"] for plot in plots for figure in plot}


def test_closing_the_notebook_releases_its_plots(opened: Page) -> None:
    opened.evaluate(KEEP_PLOTS)
    opened.evaluate("() => window.jupyterapp.commands.execute('application:close')")
    opened.wait_for_function(
        "() => window.kept.every(plot => plot.isDisposed && plot.drawn === null)"
    )


KEEP_PLOTS = """
() => {
  window.kept = [];
  const search = widget => {
    if (widget.hasClass?.('nbreduce-Plot')) window.kept.push(widget);
    for (const child of widget.children?.() ?? []) search(child);
  };
  search(window.jupyterapp.shell.currentWidget);
  if (window.kept.length !== 2) throw new Error(`${window.kept.length} plots`);
}
"""


def test_lab_starts_without_loading_the_plot_library(
    page: Page, lab: Lab, traffic: Traffic
) -> None:
    page.goto(f"{lab.url}/lab/workspaces/empty?token={lab.token}")
    page.wait_for_selector(".jp-Launcher", timeout=60_000)
    page.wait_for_timeout(1000)

    loaded = [url for url in traffic.urls if "nbreduce-lab/static" in url]
    sizes = {url: size_of(lab, url) for url in loaded}
    assert loaded and all(size < 100_000 for size in sizes.values()), sizes


def size_of(lab: Lab, url: str) -> int:
    import urllib.request

    with urllib.request.urlopen(f"{url.split('?')[0]}?token={lab.token}", timeout=20) as response:
        return len(response.read())


def set_theme(page: Page, name: str) -> None:
    command = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
    page.evaluate(command, name)
    page.wait_for_function(
        "light => document.body.dataset.jpThemeLight === light", arg=str("Light" in name).lower()
    )


def zoom(page: Page, index: int) -> None:
    page.mouse.move(*middle_of(page, index))
    page.keyboard.down("Control")
    for _ in range(4):
        page.mouse.wheel(0, -120)
        page.wait_for_timeout(60)
    page.keyboard.up("Control")
    page.wait_for_timeout(400)


def canvas_of(page: Page, index: int):  # type: ignore[no-untyped-def]
    return page.locator(".nbreduce-Plot-canvas").nth(index)


def middle_of(page: Page, index: int) -> tuple[float, float]:
    box = canvas_of(page, index).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def width(figure: dict[str, list[float]]) -> float:
    return figure["x"][1] - figure["x"][0]
