"""Cells side by side: each side can be put together again from what is shown of it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbreduce.comparison.cells import MAX_CELLS, CellsTooLarge, compare_cells
from nbreduce.comparison.model import CellsComparison
from support.making import code_cell

WORDS = st.text(alphabet="ab =(1\n", max_size=40)


def notebook(*sources: str, **named: str) -> dict[str, Any]:
    cells = [{**code_cell(source), "id": f"c{n}"} for n, source in enumerate(sources)]
    cells += [{**code_cell(source), "id": name} for name, source in named.items()]
    return {"cells": cells, "metadata": {"nbreduce": {"title": "x"}}, "nbformat": 4}


def compared(before: dict[str, Any], after: dict[str, Any]) -> CellsComparison:
    return compare_cells(("A", before), ("B", after))


def test_equal_cells_are_not_shown_whatever_they_made() -> None:
    after = notebook("a = 1", "b = 2")
    after["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1"}]
    after["cells"][0]["metadata"] = {"papermill": {"duration": 3}}
    found = compared(notebook("a = 1", "b = 2"), after)
    assert found.cells == ()
    assert found.diff == []


def test_injected_values_are_no_difference_of_cells() -> None:
    after = notebook("a = 1", "work(a)")
    after["cells"].insert(1, code_cell("a = 2", "injected-parameters"))
    assert compared(notebook("a = 1", "work(a)"), after).cells == ()


def test_changed_lines_stand_beside_each_other_with_the_positions_of_their_cells() -> None:
    (one,) = compared(
        notebook("first()", "x = 1\ny = 2\nz = 3"),
        notebook("first()", "x = 1\ny = 20\nz = 3\nmore()"),
    ).cells
    assert (one.kind, one.before, one.after) == ("changed", 2, 2)
    pairs = [(line.before, line.after) for line in one.lines]
    assert pairs == [
        ("x = 1", "x = 1"),
        ("y = 2", "y = 20"),
        ("z = 3", "z = 3"),
        (None, "more()"),
    ]


def test_added_and_removed_cells_are_told() -> None:
    found = compared(
        notebook(one="a = compute(1)", two="b = compute(2)"),
        notebook(zero="import numpy", one="a = compute(1)"),
    )
    assert [(one.kind, one.before, one.after) for one in found.cells] == [
        ("added", None, 1),
        ("removed", 2, None),
    ]


@settings(max_examples=60)
@given(before=st.lists(WORDS, max_size=5), after=st.lists(WORDS, max_size=5))
def test_both_sides_can_be_read_from_the_lines(before: list[str], after: list[str]) -> None:
    found = compared(notebook(*before), notebook(*after))
    left = {one.before: one for one in found.cells if one.before is not None}
    right = {one.after: one for one in found.cells if one.after is not None}
    for number, source in enumerate(before, 1):
        if number in left:
            told = [line.before for line in left[number].lines if line.before is not None]
            assert told == source.splitlines()
    for number, source in enumerate(after, 1):
        if number in right:
            told = [line.after for line in right[number].lines if line.after is not None]
            assert told == source.splitlines()
    unchanged = [source for n, source in enumerate(before, 1) if n not in left]
    assert unchanged == [source for n, source in enumerate(after, 1) if n not in right]


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"cells": 3},
        {"cells": [{}] * (MAX_CELLS + 1)},
        notebook("x" * 600_000, "y" * 600_000),
    ],
)
def test_what_is_too_much_is_refused_in_words(content: dict[str, Any]) -> None:
    with pytest.raises(CellsTooLarge, match="of A"):
        compared(content, notebook("a"))


def test_odd_cells_are_read_as_text() -> None:
    odd = {"cells": [3, {"cell_type": "x", "source": ["a\n", 7]}, {"source": None, "id": 5}]}
    found = compared(odd, notebook())
    assert [one.cell_type for one in found.cells] == ["raw", "raw"]
