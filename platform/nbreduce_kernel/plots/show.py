"""Display a figure so that it stays alive in the notebook."""

from __future__ import annotations

import json
import uuid
from typing import Any

from nbreduce_kernel import _display
from nbreduce_kernel.plots.declaration import declare
from nbreduce_kernel.plots.figure import chart_of
from nbreduce_kernel.plots.svg import svg_of

MEDIA_TYPE = "application/vnd.nbreduce.plot+json"


class PlotHandle:
    """A plot that has been shown and can be replaced by another."""

    def __init__(self, display_id: str, alt: str | None) -> None:
        self._display_id = display_id
        self._alt = alt

    def update(self, figure: Any, *, alt: str | None = None) -> None:
        """Show another figure in the same place."""
        bundle = plot_bundle(figure, alt or self._alt, self._display_id)
        _display.emit(bundle, display_id=self._display_id, update=True)


def show(figure: Any, *, alt: str | None = None) -> PlotHandle:
    """Display a Bokeh figure.

    JupyterLab draws it without kernel, network or trust prompt; other viewers show a still picture
    of figures made by `curves`, and a sentence for any other.

    Parameters
    ----------
    figure
        A Bokeh figure or layout. One with callbacks in JavaScript is drawn in trusted notebooks only.
    alt
        One sentence that says what the plot shows, for readers who do not see it. Figures made by
        `curves` have one of their own.

    Returns
    -------
    A handle that can replace the figure, for example when a control changes.

    Raises
    ------
    TypeError
        If the object is nothing that Bokeh can draw.
    """
    display_id = f"nbreduce-plot-{uuid.uuid4().hex}"
    bundle = plot_bundle(figure, alt, display_id)
    _display.emit(bundle, display_id=display_id)
    return PlotHandle(display_id, alt)


def plot_bundle(figure: Any, alt: str | None, display_id: str | None = None) -> dict[str, Any]:
    """The MIME bundle of a figure.

    A saved notebook forgets the names of its displays; the bundle holds its own, so that a kernel that is still there
    when the notebook is opened can replace the figure.

    The document is JSON inside a string, because notebooks are written with sorted keys while
    Bokeh's references depend on the order of theirs.
    """
    import bokeh
    from bokeh.embed import json_item
    from bokeh.models.ui import UIElement

    if not isinstance(figure, UIElement):
        raise TypeError(f"plots.show needs a Bokeh figure or layout, not {type(figure).__name__}.")
    chart = chart_of(figure)
    text = alt or (chart.describe() if chart is not None else "Interactive Bokeh figure.")
    document = json.dumps(json_item(figure), separators=(",", ":"), allow_nan=False)
    plot = {
        "bokeh": bokeh.__version__,
        "doc_json": document,
        "alt": text,
        "charts": declare(figure),
        **({} if display_id is None else {"display_id": display_id}),
    }
    bundle: dict[str, Any] = {
        MEDIA_TYPE: plot,
        "text/plain": f"[Interactive plot] {text} Open in JupyterLab with nbreduce to see it.",
    }
    if chart is not None:
        bundle["image/svg+xml"] = svg_of(chart, text)
    return bundle
