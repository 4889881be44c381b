"""What a comparison says."""

from typing import Literal

from pydantic import JsonValue

from nbreduce.domain.model import Model
from nbreduce.domain.states import State

SectionName = Literal[
    "run", "parameters", "template", "environment", "inputs", "outcome", "timings"
]
Kind = Literal["value", "digest", "time"]


class Compared(Model):
    """A reduction that is compared; `label` is its name as short as these reductions allow."""

    name: str
    label: str
    instrument: str
    run: str
    title: str
    template: str
    version: int
    state: State


class Entry(Model):
    """What stands in one reduction; `detail` is where it came from, or what else belongs to it."""

    value: JsonValue
    detail: str = ""


class Row(Model):
    """One thing that differs; an entry for each reduction, None where it has no such thing."""

    what: str
    unit: str = ""
    kind: Kind = "value"
    entries: tuple[Entry | None, ...]


class Section(Model):
    """Things that differ, of one sort."""

    name: SectionName
    rows: tuple[Row, ...]


class Agreement(Model):
    """How far a curve of one reduction is from that of the reference.

    Attributes
    ----------
    why:
        Why the two cannot be subtracted; empty where they are.
    points, low, high:
        How many points were subtracted, and their range on the x axis, in its unit.
    greatest, at:
        Largest absolute difference in the unit of the y axis, and the x at which it is.
    relative:
        `greatest` over the largest absolute value of the reference.
    chi2, chi2_points:
        Mean of (difference / error)² over the points whose error is known.
    """

    reduction: str
    why: str = ""
    points: int = 0
    low: float | None = None
    high: float | None = None
    greatest: float | None = None
    at: float | None = None
    relative: float | None = None
    chi2: float | None = None
    chi2_points: int = 0


class CurveComparison(Model):
    """A curve that two reductions or more have; `span` is its range on the x axis in the reference."""

    curve: str
    span: tuple[float, float] | None
    agreements: tuple[Agreement, ...]


class PlotComparison(Model):
    """A plot that two reductions or more have; the first of those is its reference."""

    title: str
    x_label: str
    y_label: str
    reference: str
    curves: tuple[CurveComparison, ...]


class Comparison(Model):
    """Reductions side by side, the first as the reference.

    Attributes
    ----------
    same:
        All have ended; inputs, template, parameters and environment are the same, as far as is recorded.
    notes:
        What could not be compared, and why.
    """

    reductions: tuple[Compared, ...]
    sentence: str
    same: bool
    sections: tuple[Section, ...]
    plots: tuple[PlotComparison, ...]
    notes: tuple[str, ...]


class OverlaidPlot(Model):
    """Curves of several reductions in one plot with their differences below, as data of the plots' media type."""

    title: str
    plot: dict[str, JsonValue]


class Line(Model):
    """A line of a cell in two notebooks; None on the side that does not have it."""

    before: str | None
    after: str | None


class CellDifference(Model):
    """A cell that differs; positions count from 1 over all cells, None where the notebook does not have it."""

    kind: Literal["added", "removed", "changed"]
    cell_type: str
    before: int | None
    after: int | None
    lines: tuple[Line, ...]


class CellsComparison(Model):
    """The cells that differ between two notebooks, without outputs and injected values.

    `diff` is what nbdime says of them, over notebooks of their cells alone.
    """

    before: str
    after: str
    cells: tuple[CellDifference, ...]
    diff: list[JsonValue]
