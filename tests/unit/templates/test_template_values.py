"""Values that people type, and how they get into a notebook: as literals, whatever they look like."""

import ast
import math

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbreduce.domain.parameters import ParameterError
from nbreduce.execution.literals import LiteralTranslator, inject
from nbreduce.templates.parameters import parse_parameters
from nbreduce.templates.values import (
    as_literals,
    check_request,
    parse_assignments,
    parse_request,
    parse_text,
)
from support.making import notebook, parameter


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["a=1"], {"a": "1"}),
        (["a=b=c"], {"a": "b=c"}),
        (["a="], {"a": ""}),
        ([" a = x "], {"a": " x "}),
        (["a='x'\ny", 'b="'], {"a": "'x'\ny", "b": '"'}),
        (["a==", "b=1"], {"a": "=", "b": "1"}),
        ([], {}),
    ],
)
def test_assignments(texts: list[str], found: dict[str, str]) -> None:
    assert parse_assignments(texts) == found


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["a"], "'a' is not NAME=VALUE"),
        (["=1"], "'=1' is not NAME=VALUE"),
        ([""], "is not NAME=VALUE"),
        (["a=1", "a=2"], "a is given twice"),
    ],
)
def test_bad_assignments(texts: list[str], words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        parse_assignments(texts)


CODE = ["__import__('os').system('x')", "'; import os; '", "1 + 1", "None", "True", "[1]", "{x!r}"]


@pytest.mark.parametrize("text", [*CODE, "a=b", "'quoted'", '"', "a\nb", "", " ", "5", "null"])
def test_a_text_parameter_takes_a_text_as_it_stands(text: str) -> None:
    assert parse_text(parameter("x: str = ''"), text) == text
    assert parse_text(parameter("x: Path = ''"), text) == text


@pytest.mark.parametrize(
    ("source", "text", "value"),
    [
        ("x: int = 1", " 5 ", 5),
        ("x: int = 1", "5.0", 5),
        ("x: int = 1", "5.5", None),
        ("x: int = 1", "five", None),
        ("x: int = 1", "0x10", 16),
        ("x: float = 1.0", "5", 5.0),
        ("x: float = 1.0", "1e-3", 0.001),
        ("x: float = 1.0", ".5", 0.5),
        ("x: float = 1.0", "nan", None),
        ("x: float = 1.0", "NaN", None),
        ("x: float = 1.0", "Infinity", None),
        ("x: float = 1.0", "1e999", None),
        ("x: float = 1.0", "9" * 400, None),
        ("x: float = 1.0", "9" * 5000, None),
        ("x: float = 1.0", "0.5 angstrom", None),
        ("x: bool = False", "true", True),
        ("x: bool = False", "True", True),
        ("x: bool = True", "FALSE", False),
        ("x: bool = True", "1", None),
        ("x: Literal['both', 'north'] = 'both'", "north", "north"),
        ("x: Literal['both', 'north'] = 'both'", "south", None),
        ("x: Literal['1', 'a'] = 'a'", "1", "1"),
        ("x: Literal[1, 2] = 1", "2", 2),
        ("x: list[int] = []", "[1, 2]", [1, 2]),
        ("x: list[int] = []", "1, 2", [1, 2]),
        ("x: list[int] = []", "(1, 2)", [1, 2]),
        ("x: list[str] = []", '["a", "b"]', ["a", "b"]),
        ("x: list[str] = []", "a", None),
        ("x: list[str] = []", "[" * 3000 + "]" * 3000, None),
        ("x: tuple[float, float] = (1.0, 2.0)", "(3, 4)", [3.0, 4.0]),
        ("x: tuple[float, float] = (1.0, 2.0)", "(3, 4, 5)", None),
        ("x: list[tuple[int, int]] = []", "[(1, 2), (3, 4)]", [[1, 2], [3, 4]]),
        ("x: list = []", "[(1, 2)]", [[1, 2]]),
        ("x: list = []", "[{1, 2}]", None),
        ("x: list = []", "[b'a']", None),
        ("x: list = []", "[1j]", None),
        ("x: list = []", '[{"a": 1}]', None),
        ("x: float | None = 1.0", "null", "None"),
        ("x: float | None = 1.0", "None", "None"),
        ("x: float | None = 1.0", "2", 2.0),
        ("x: str | None = ''", "none", "None"),
        ("x: str | None = ''", "5", "5"),
        ("x: str | None = ''", '"quoted"', '"quoted"'),
        ("x: str | None = ''", "a b", "a b"),
        ("x = None", "a b", "a b"),
    ],
)
def test_typed_texts(source: str, text: str, value: object) -> None:
    one = parameter(source)
    if value is None:
        with pytest.raises(ParameterError, match=r"^x = .*: must be|^x = .*finite") as caught:
            parse_text(one, text)
        assert len(str(caught.value)) < 1000
        return
    found = parse_text(one, text)
    assert repr(found) == repr(None if value == "None" else value)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_taken_or_refused(text: str) -> None:
    for source in ("x: float = 1.0", "x: list = []", "x: str | None = ''", "x = None"):
        one = parameter(source)
        try:
            value = parse_text(one, text)
        except ParameterError:
            continue
        assert repr(LiteralTranslator.translate(value)) is not None
        assert check_request([one], {"x": value}) == {"x": value}


def test_requests_by_name() -> None:
    cell = parse_parameters("a: int = 1\nb: str = ''\nrun_file: Path = ''")
    assert parse_request(cell, {"a": "5", "b": "5"}) == {"a": 5, "b": "5"}
    assert check_request(cell, {"a": 5}) == {"a": 5}
    with pytest.raises(ParameterError, match="no parameter 'c'"):
        parse_request(cell, {"c": "5"})
    with pytest.raises(ParameterError, match="run_file is supplied"):
        check_request(cell, {"run_file": "/x"})
    with pytest.raises(ParameterError, match="a = '5': must be an integer"):
        check_request(cell, {"a": "5"})


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.sampled_from(CODE)
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.lists(inner).map(tuple), max_leaves=10
)


def injected(values: dict[str, object]) -> dict[str, object]:
    """Inject values into a notebook, write and read it, and evaluate the cell's assignments as literals."""
    template = nbformat.from_dict(notebook("x = None\ny = None"))
    template.metadata["papermill"] = {}
    made = inject(template, values, "python3")
    again = nbformat.reads(nbformat.writes(made), as_version=4)
    (cell,) = [cell for cell in again.cells if "injected-parameters" in cell.metadata.tags]
    statements = ast.parse(cell.source).body
    assert all(isinstance(one, ast.Assign) for one in statements)
    return {
        one.targets[0].id: ast.literal_eval(one.value)  # type: ignore[attr-defined]
        for one in statements
    }


@given(VALUES, VALUES)
def test_injected_values_are_the_same_values_of_the_same_types(x: object, y: object) -> None:
    assert repr(injected({"x": x, "y": y})) == repr({"x": x, "y": y})


@pytest.mark.parametrize("value", [math.nan, math.inf, object(), [math.nan]])
def test_what_has_no_literal_is_never_written(value: object) -> None:
    with pytest.raises((ValueError, SyntaxError)):
        LiteralTranslator.translate(value)


def test_tuples_are_tuples_where_the_cell_says_so() -> None:
    cell = parse_parameters(
        "a: tuple[int, ...] = (1,)\nb: list[tuple[int, int]] = []\nc: list[int] = []\n"
        "d: tuple[int, int] | None = None\ne: tuple[list[int], int] = ([], 1)\nf = 1"
    )
    values = {"a": [1, 2], "b": [[1, 2]], "c": [1], "d": [1, 2], "e": [[1], 2], "f": 5}
    assert as_literals(cell, values) == {  # type: ignore[arg-type]
        "a": (1, 2),
        "b": [(1, 2)],
        "c": [1],
        "d": (1, 2),
        "e": ([1], 2),
        "f": 5,
    }
    assert as_literals(cell, {"d": None}) == {"d": None}
