"""Values that were edited in a notebook's own cells: read, never executed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbreduce.templates.edits import Cells, EditError, edited_values

PARAMETERS = """\
from typing import Annotated, Literal
run_file: Path = ""  # supplied: the raw file
scale: Annotated[float, {"gt": 0, "le": 10}] = 1.0  # factor
mode: Literal["plain", "fancy"] = "plain"
bins: tuple[int, int] = (1, 2)
count = 3
title: str = ""  # at its default, which is not injected
"""
INJECTED = (
    '# Parameters\nrun_file = "/raw"\nscale = 0.7\nmode = "plain"\nbins = (1, 2)\ncount = 3\n'
)
ARCHIVED = Cells(parameters=PARAMETERS, injected=INJECTED)


def edited(parameters: str = PARAMETERS, injected: str = INJECTED) -> dict[str, Any]:
    return edited_values(ARCHIVED, Cells(parameters=parameters, injected=injected))


def in_parameters(old: str, new: str) -> str:
    assert old in PARAMETERS
    return PARAMETERS.replace(old, new)


def in_injected(old: str, new: str) -> str:
    assert old in INJECTED
    return INJECTED.replace(old, new)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        ({}, {}),
        ({"parameters": in_parameters("= 1.0", "= 2.5")}, {"scale": 2.5}),
        ({"parameters": in_parameters("# factor", "# another help")}, {}),
        ({"injected": in_injected("scale = 0.7", "scale = 2.5")}, {"scale": 2.5}),
        ({"injected": in_injected("scale = 0.7", "scale=7e-1  # the same")}, {}),
        ({"injected": in_injected("(1, 2)", "(1, 5)")}, {"bins": [1, 5]}),
        ({"injected": in_injected("scale = 0.7\n", "")}, {"scale": 1.0}),
        ({"parameters": in_parameters("count = 3", "count = 4.5")}, {"count": 4.5}),
        ({"injected": INJECTED + "title = 'new'"}, {"title": "new"}),
        (
            {
                "parameters": in_parameters("= 1.0", "= 2.5"),
                "injected": in_injected("scale = 0.7", "scale = 2.5"),
            },
            {"scale": 2.5},
        ),
        (
            {
                "parameters": in_parameters("= 1.0", "= 2.5"),
                "injected": in_injected("scale = 0.7\n", ""),
            },
            {"scale": 2.5},
        ),
        (
            {
                "parameters": in_parameters('= "plain"', '= "fancy"'),
                "injected": in_injected("count = 3", "count = 9"),
            },
            {"mode": "fancy", "count": 9},
        ),
    ],
)
def test_an_edit_in_either_cell_counts(cells: dict[str, str], values: dict[str, Any]) -> None:
    assert edited(**cells) == values


def test_a_cell_that_is_not_there_was_not_edited() -> None:
    assert edited_values(ARCHIVED, Cells()) == {}
    assert edited_values(ARCHIVED, Cells(parameters=PARAMETERS)) == {}
    without = Cells(parameters=PARAMETERS)
    assert edited_values(without, Cells(parameters=in_parameters("1.0", "2.0"))) == {"scale": 2.0}


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (
            {
                "parameters": in_parameters("= 1.0", "= 2.5"),
                "injected": in_injected("scale = 0.7", "scale = 3.0"),
            },
            "scale was edited in both cells: 2.5 in the parameters cell, "
            "3.0 in the cell of injected values. Change it in one of them",
        ),
        (
            {"injected": in_injected("count = 3", "count = 1 + 2")},
            "the cell of injected values, line 6: count is not a literal: '1 + 2'",
        ),
        (
            {"parameters": PARAMETERS + "import os"},
            "the parameters cell, line 8: holds code ('import os')",
        ),
        (
            {"injected": INJECTED + "__import__('os').system('touch /tmp/x')"},
            "line 7: holds code",
        ),
        ({"parameters": PARAMETERS + "scale ="}, "the parameters cell, line 8: not Python"),
        ({"injected": INJECTED + "colour = 'red'"}, "there is no parameter 'colour'"),
        ({"injected": in_injected('"/raw"', '"/etc/passwd"')}, "run_file is supplied"),
        ({"injected": in_injected('run_file = "/raw"\n', "")}, "run_file is supplied"),
        ({"parameters": in_parameters("count = 3\n", "")}, "count was taken out of"),
        (
            {"parameters": in_parameters('"le": 10', '"le": 99')},
            "the annotation of scale was changed",
        ),
        ({"parameters": in_parameters("= 1.0", "= 11.0")}, "the default of scale is not a number"),
        ({"injected": in_injected("scale = 0.7", "scale = 0.7\nscale = 0.8")}, "assigned twice"),
    ],
)
def test_what_is_no_value_is_refused_in_words(cells: dict[str, str], words: str) -> None:
    with pytest.raises(EditError) as refused:
        edited(**cells)
    assert words in str(refused.value)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.lists(st.integers(), max_size=3),
)


@given(VALUES, VALUES)
def test_any_literal_is_read_as_the_value_that_it_is(before: Any, after: Any) -> None:
    archived = Cells(parameters="x = None\n", injected=f"x = {before!r}\n")
    found = edited_values(archived, Cells(injected=f"x = {after!r}\n"))
    same = type(before) is type(after) and before == after
    assert found == ({} if same else {"x": after}) or _as_float(before, after)


def _as_float(before: Any, after: Any) -> bool:
    """Whether one is the other, written with or without a point."""
    numbers = all(type(one) in {int, float} for one in (before, after))
    return numbers and float(before) == float(after)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        found = edited(injected=INJECTED + text)
    except EditError as error:
        assert error.message
    else:
        assert found.keys() <= {"scale", "mode", "bins", "count", "title"}
