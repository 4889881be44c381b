"""Write ``src/plots/allowed.ts``: what an untrusted plot may contain.

Run it with the Python that holds the pinned Bokeh: ``python extensions/tools/write_allowed.py``.
A model is allowed by its family, unless its name says that it runs code, shows raw HTML or fetches
something; an attribute is allowed if an allowed model has it and it is not one of those that carry
callbacks, style sheets, HTML attributes or addresses.
"""

import re
from pathlib import Path

import bokeh
import bokeh.models as models
from bokeh.document.config import DocumentConfig
from bokeh.model import Model
from bokeh.plotting import figure

TARGET = Path(__file__).resolve().parents[1] / "src" / "plots" / "allowed.ts"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FAMILIES = _words(
    """
    Annotation ArrowHead Axis BoxInteractionHandles CDSView ColumnDataSource Column
    CompositeScale CoordinateMapping Expression Filter FixedTicker GlyphRenderer Glyph Grid
    GridBox GridPlot LabelingPolicy LegendItem Plot Range Row Scale Selection SelectionPolicy
    Spacer TickFormatter Ticker Toolbar Transform
    """
)

SINGLES = _words(
    """
    AreaVisuals Coordinate Node PlainText TeX Notifications ToolProxy PanTool WheelPanTool
    WheelZoomTool BoxZoomTool ZoomInTool ZoomOutTool ResetTool SaveTool HoverTool
    CrosshairTool BoxSelectTool LassoSelectTool UndoTool RedoTool FullscreenTool HelpTool
    """
)

UNSAFE_MODELS = re.compile(r"Custom|HTML|MathML|URL|Tile|GMap|Tooltip|Server|Web|Ajax")

UNSAFE_ATTRIBUTES = _words(
    """
    attribution callback code context_menu css_classes css_variables elements html_attributes
    html_id icon js_event_callbacks js_property_callbacks redirect selection_callback styles
    stylesheets url
    """
)


def allowed_models() -> dict[str, type[Model]]:
    """The allowed model classes by the name that a document gives them."""
    families = tuple(getattr(models, name) for name in FAMILIES)
    known = {
        name.rsplit(".", 1)[-1]: model
        for name, model in Model.model_class_reverse_map.items()
        if issubclass(model, families) and model.__module__.startswith("bokeh.")
    }
    known |= {name: Model.model_class_reverse_map[name] for name in SINGLES}
    known |= {"Figure": figure, "DocumentConfig": DocumentConfig}
    return {name: known[name] for name in sorted(known) if not UNSAFE_MODELS.search(name)}


def allowed_attributes(classes: dict[str, type[Model]]) -> list[str]:
    """The attributes that an allowed model may carry, sorted."""
    names = {name for model in classes.values() for name in model.properties()}
    return sorted(name for name in names - UNSAFE_ATTRIBUTES if not name.endswith("hatch_extra"))


def module_text() -> str:
    """The TypeScript module."""
    classes = allowed_models()
    return "\n".join(
        [
            f"// Written by tools/write_allowed.py from Bokeh {bokeh.__version__}; not by hand.",
            "",
            *_constant("MODELS", list(classes)),
            "",
            *_constant("ATTRIBUTES", allowed_attributes(classes)),
            "",
        ]
    )


def _constant(name: str, values: list[str]) -> list[str]:
    rows = [f"  '{value}'" for value in values]
    return [f"export const {name}: ReadonlySet<string> = new Set([", ",\n".join(rows), "]);"]


if __name__ == "__main__":
    TARGET.write_text(module_text(), encoding="utf-8")
