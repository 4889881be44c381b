"""`nbreduce compare`."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from nbreduce.cli.output import (
    JsonOption,
    WorkspaceOption,
    console,
    dump,
    open_workspace,
    print_json,
    print_table,
)

if TYPE_CHECKING:
    from nbreduce.comparison.model import (
        Agreement,
        CellsComparison,
        Comparison,
        Entry,
        PlotComparison,
        Row,
        Section,
    )
    from nbreduce.workspace import Workspace

_DIGITS = 12


def compare(
    names: Annotated[
        list[str],
        typer.Argument(
            help="Reductions, the reference first, as in ENGINX241391-powder-v1.",
            metavar="NAMES...",
        ),
    ],
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Say what differs between two or more reductions, and how far their curves are apart."""
    from nbreduce.comparison import service

    opened = open_workspace(workspace)
    found = service.compare(opened, names)
    cells, untold = _compare_cells(opened, found, names)
    found = found.model_copy(update={"notes": (*found.notes, *untold)})
    if as_json:
        print_json({**dump(found), "cells": [dump(one) for one in cells]})
        return
    console().print(found.sentence, markup=False, soft_wrap=True)
    for section in found.sections:
        _print_section(found, section)
    for plot in found.plots:
        _print_plot(found, plot)
    for one in cells:
        _print_cells(one)
    for note in found.notes:
        console().print(f"\nnote: {note}", markup=False, soft_wrap=True)


def _compare_cells(
    workspace: "Workspace", found: "Comparison", names: list[str]
) -> "tuple[list[CellsComparison], list[str]]":
    """Compare the cells that may differ; say in words where that cannot be done."""
    from nbreduce.comparison import service
    from nbreduce.domain.errors import NbreduceError

    cells, untold = [], []
    for name in _with_other_template(found, names):
        try:
            cells.append(service.cells(workspace, [names[0], name]))
        except NbreduceError as error:
            untold.append(f"the cells of {names[0]} and {name} cannot be compared: {error}")
    return cells, untold


def _with_other_template(found: "Comparison", names: list[str]) -> list[str]:
    """Return the reductions whose cells may differ from the reference's."""
    from nbreduce.domain.states import ENDED

    rows = [row for section in found.sections for row in section.rows if section.name == "template"]
    if not rows or found.reductions[0].state not in ENDED:
        return []
    differ = {
        index
        for row in rows
        for index, entry in enumerate(row.entries)
        if entry != row.entries[0] and found.reductions[index].state in ENDED
    }
    return [names[index] for index in sorted(differ)]


def _print_section(found: "Comparison", section: "Section") -> None:
    _head(section.name)
    columns = ["", *(one.label for one in found.reductions)]
    print_table(columns, (_cells_of(row) for row in section.rows), "")


def _cells_of(row: "Row") -> list[str]:
    return [row.what, *(_entry_words(row, entry) for entry in row.entries)]


def _entry_words(row: "Row", entry: "Entry | None") -> str:
    if entry is None:
        return "–"
    words = str(entry.value)
    if row.kind == "digest":
        words = words[:_DIGITS]
    elif row.kind == "time":
        words = datetime.fromisoformat(words).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    elif row.unit:
        words += f" {row.unit}"
    return f"{words} ({entry.detail})" if entry.detail else words


def _print_plot(found: "Comparison", plot: "PlotComparison") -> None:
    labels = {one.name: one.label for one in found.reductions}
    _head(f"{plot.title}: difference from {labels[plot.reference]}")
    rows = (
        [curve.curve, labels[one.reduction], *_numbers(plot, one)]
        for curve in plot.curves
        for one in curve.agreements
    )
    print_table(
        ["curve", "of", "points", "largest", "of maximum", "at", "χ² per point", ""], rows, ""
    )


def _numbers(plot: "PlotComparison", one: "Agreement") -> list[str]:
    from nbreduce.comparison.sentence import percent, unit_of

    if one.greatest is None or one.at is None:
        return ["", "", "", "", "", one.why]
    greatest = f"{one.greatest:.3g} {unit_of(plot.y_label)}".strip()
    relative = "" if one.relative is None else percent(one.relative)
    place = f"{one.at:.5g} {unit_of(plot.x_label)}".strip() if one.greatest else ""
    chi2 = "" if one.chi2 is None else f"{one.chi2:.3g}"
    return [str(one.points), greatest, relative, place, chi2, "" if one.greatest else "identical"]


def _print_cells(one: "CellsComparison") -> None:
    _head(f"{len(one.cells)} cells differ: {one.before} → {one.after}")
    for cell in one.cells:
        number = cell.after if cell.before is None else cell.before
        console().print(f"  {cell.kind} {cell.cell_type} cell {number}", markup=False)
        for line in cell.lines:
            if line.before != line.after:
                _print_line("-", line.before)
                _print_line("+", line.after)


def _print_line(sign: str, text: str | None) -> None:
    if text is not None:
        console().print(f"    {sign} {text}", markup=False, soft_wrap=True)


def _head(words: str) -> None:
    from rich.text import Text

    console().print(Text(f"\n{words}", style="bold"), soft_wrap=True)
