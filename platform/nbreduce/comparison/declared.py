"""The curves that an executed notebook declares. Archive files may be damaged: everything is parsed, and bounded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nbreduce.comparison.arrays import MAX_POINTS, Damaged, decode, length_of, sources_in
from nbreduce.comparison.curves import Chart, Curve, Style

MEDIA_TYPE = "application/vnd.nbreduce.plot+json"
MAX_CHARTS = 100


class _Stored(BaseModel):
    # A later release may say more of a curve.
    model_config = ConfigDict(extra="ignore", frozen=True)


class _StoredCurve(_Stored):
    name: str = Field(max_length=500)
    source: str
    style: Style = "line"
    first_edge: float | None = Field(default=None, allow_inf_nan=False)


class _StoredChart(_Stored):
    name: str = Field(default="", max_length=500)
    title: str = Field(max_length=500)
    x_label: str = Field(max_length=500)
    y_label: str = Field(max_length=500)
    x_log: bool = False
    y_log: bool = False
    curves: tuple[_StoredCurve, ...] = Field(max_length=100)


@dataclass(frozen=True)
class Declared:
    """What a notebook declares; `notes` say in words what of its plots cannot be compared, and why."""

    charts: tuple[Chart, ...] = ()
    notes: tuple[str, ...] = ()


def read_declared(notebook: dict[str, Any]) -> Declared:
    """Read the declared curves of a notebook; what is damaged is noted and left out."""
    charts: dict[str, Chart] = {}
    notes: list[str] = []
    undeclared = 0
    room = MAX_POINTS
    for cell, plot in _plots(notebook):
        if "charts" not in plot:
            undeclared += 1
            continue
        try:
            found = _charts(cell, plot, len(charts), room)
        except (Damaged, ValidationError, ValueError, RecursionError) as error:
            notes.append(f"the plot of cell {cell!r} is left out: {_words(error)}")
            continue
        room -= sum(curve.x.size for chart in found for curve in chart.curves)
        charts |= {chart.key: chart for chart in found}
    if undeclared:
        plots = "a plot does" if undeclared == 1 else f"{undeclared} plots do"
        notes.append(
            f"{plots} not declare curves: made before plots did so, or not by nbreduce_kernel.plots.curves"
        )
    return Declared(tuple(charts.values()), tuple(notes))


def _plots(notebook: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each plot with the id of its cell, or with the cell's position where it has none."""
    for index, cell in enumerate(_list(notebook, "cells")):
        for output in _list(cell, "outputs"):
            data = output.get("data") if isinstance(output, dict) else None
            plot = data.get(MEDIA_TYPE) if isinstance(data, dict) else None
            if isinstance(plot, dict):
                name = cell.get("id")
                yield name if isinstance(name, str) else f"cell {index + 1}", plot


def _list(owner: Any, name: str) -> list[Any]:
    value = owner.get(name) if isinstance(owner, dict) else None
    return value if isinstance(value, list) else []


def _charts(cell: str, plot: dict[str, Any], known: int, room: int) -> list[Chart]:
    declared = plot["charts"]
    if not isinstance(declared, list) or known + len(declared) > MAX_CHARTS:
        raise Damaged(f"it declares no list of charts, or there are more than {MAX_CHARTS}")
    stored = [_StoredChart.model_validate(one) for one in declared]
    wanted = {curve.source for chart in stored for curve in chart.curves}
    document = plot.get("doc_json")
    if not isinstance(document, str):
        raise Damaged("it has no document")
    sources = sources_in(json.loads(document), wanted)
    points = sum(
        length_of(sources.get(curve.source, {}).get("x"))
        for chart in stored
        for curve in chart.curves
    )
    if points > room:
        raise Damaged(f"its notebook's curves have more than {MAX_POINTS} points")
    return [
        Chart(
            key=chart.name or f"{cell}/{index}",
            title=chart.title,
            x_label=chart.x_label,
            y_label=chart.y_label,
            x_log=chart.x_log,
            y_log=chart.y_log,
            curves=tuple(_curve(curve, sources[curve.source]) for curve in chart.curves),
        )
        for index, chart in enumerate(stored)
    ]


def _curve(stored: _StoredCurve, columns: dict[str, Any]) -> Curve:
    import numpy as np

    x, resolution = decode(columns.get("x"))
    y, _ = decode(columns.get("y"))
    if x.size != y.size:
        raise Damaged(f"curve {stored.name!r} has {x.size} x for {y.size} y")
    error = None
    if "upper" in columns:
        upper, precision = decode(columns["upper"])
        if upper.size != y.size:
            raise Damaged(f"curve {stored.name!r} has {upper.size} errors for {y.size} y")
        with np.errstate(all="ignore"):
            error = upper - y
            # What is left of an error below the precision of storage is rounding.
            error[~(error > 4 * precision * np.abs(y))] = 0.0
    return Curve(
        stored.name, x, y, error, stored.first_edge, resolution=resolution, style=stored.style
    )


def _words(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error)
