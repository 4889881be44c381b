"""Cells that differ between two notebooks, by nbdime."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any, Literal, cast

from nbreduce.comparison.model import CellDifference, CellsComparison, Line
from nbreduce.domain.errors import NbreduceError
from nbreduce.templates.notebook import has_tag, source_of

MAX_CELLS = 1000
MAX_CHARACTERS = 1_000_000
_INJECTED = "injected-parameters"


class CellsTooLarge(NbreduceError):
    """More source than is compared while somebody waits."""


def compare_cells(
    before: tuple[str, dict[str, Any]], after: tuple[str, dict[str, Any]]
) -> CellsComparison:
    """Compare the cells of two notebooks, each given with its name.

    Only type and source count: what a reduction made of its cells is compared elsewhere, and injected values are
    parameters.

    Raises
    ------
    CellsTooLarge
        There is too much to compare.
    """
    import nbdime
    import nbformat

    olds, news = (list(_cells(name, content)) for name, content in (before, after))
    contents = [
        nbformat.from_dict({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        for cells in ([cell for _, cell in olds], [cell for _, cell in news])
    ]
    diff: list[Any] = nbdime.diff_notebooks(*contents)
    operations: list[Any] = next((one["diff"] for one in diff if one["key"] == "cells"), [])
    return CellsComparison(
        before=before[0],
        after=after[0],
        cells=tuple(_differences(operations, olds, news)),
        diff=cast(Any, _plain(diff)),
    )


_Placed = tuple[int, dict[str, Any]]


def _cells(name: str, content: dict[str, Any]) -> Iterator[_Placed]:
    """Give cells with their positions, without injected values, metadata and outputs."""
    cells = content.get("cells")
    if not isinstance(cells, list) or len(cells) > MAX_CELLS:
        raise CellsTooLarge(f"the notebook of {name} has no cells, or more than {MAX_CELLS}")
    room = MAX_CHARACTERS
    for position, cell in enumerate(cells, 1):
        if not isinstance(cell, dict) or has_tag(cell, _INJECTED):
            continue
        source = source_of(cell)
        room -= len(source)
        if room < 0:
            raise CellsTooLarge(
                f"the cells of {name} hold more than {MAX_CHARACTERS} characters",
                "Compare the two notebooks with 'nbdiff'",
            )
        yield position, _bare(cell, position, source)


def _bare(cell: dict[str, Any], position: int, source: str) -> dict[str, Any]:
    kind = cell.get("cell_type")
    known = kind if kind in ("code", "markdown", "raw") else "raw"
    name = cell.get("id")
    identity = name if isinstance(name, str) else f"cell-{position}"
    bare: dict[str, Any] = {"cell_type": known, "id": identity, "metadata": {}, "source": source}
    return {**bare, "outputs": [], "execution_count": None} if known == "code" else bare


def _differences(
    operations: Iterable[Any], olds: list[_Placed], news: list[_Placed]
) -> Iterator[CellDifference]:
    """Read nbdime's operations on a list of cells; `shift` is how far the new positions are ahead."""
    shift = 0
    for operation in operations:
        key, kind = operation["key"], operation["op"]
        if kind == "addrange":
            for index in range(key + shift, key + shift + len(operation["valuelist"])):
                yield _whole("added", news[index])
            shift += len(operation["valuelist"])
        elif kind == "removerange":
            for index in range(key, key + operation["length"]):
                yield _whole("removed", olds[index])
            shift -= operation["length"]
        else:
            (before, old), (after, new) = olds[key], news[key + shift]
            if (old["cell_type"], old["source"]) == (new["cell_type"], new["source"]):
                continue
            yield CellDifference(
                kind="changed",
                cell_type=new["cell_type"],
                before=before,
                after=after,
                lines=tuple(_lines(old["source"], operation["diff"])),
            )


def _whole(kind: Literal["added", "removed"], placed: _Placed) -> CellDifference:
    position, cell = placed
    lines = cell["source"].splitlines()
    added = kind == "added"
    return CellDifference(
        kind=kind,
        cell_type=cell["cell_type"],
        before=None if added else position,
        after=position if added else None,
        lines=tuple(
            Line(before=None if added else one, after=one if added else None) for one in lines
        ),
    )


def _lines(source: str, cell_diff: Iterable[Any]) -> Iterator[Line]:
    """Put the lines of a changed cell side by side, those that took the place of others beside them."""
    from nbdime.patching import patch_singleline_string

    lines = source.splitlines(keepends=True)
    operations: list[Any] = next((one["diff"] for one in cell_diff if one["key"] == "source"), [])
    added = {one["key"]: one["valuelist"] for one in operations if one["op"] == "addrange"}
    removed = {one["key"]: one["length"] for one in operations if one["op"] == "removerange"}
    patched = {one["key"]: one["diff"] for one in operations if one["op"] == "patch"}
    position = 0
    while True:
        gone = removed.pop(position, 0)
        new = added.pop(position, [])
        if gone or new:
            yield from _side_by_side(lines[position : position + gone], new)
            position += gone
        elif position < len(lines):
            old = lines[position]
            line = patch_singleline_string(old, patched[position]) if position in patched else old
            yield from _side_by_side([old], [line])
            position += 1
        else:
            return


def _side_by_side(removed: list[str], added: list[str]) -> Iterator[Line]:
    for old, new in zip_longest(removed, added):
        yield Line(
            before=None if old is None else old.rstrip("\n"),
            after=None if new is None else new.rstrip("\n"),
        )


def _plain(value: Any) -> Any:
    """Turn nbdime's and nbformat's dictionaries into plain ones."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value
