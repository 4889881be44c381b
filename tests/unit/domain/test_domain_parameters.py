"""Values against their parameters: what is taken, what is widened, what the message says."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbreduce.domain.parameters import (
    ParameterError,
    Source,
    Value,
    check_names,
    check_value,
    describe,
    plain,
    widen,
)
from support.making import parameter

FLOAT = parameter('d_min: Annotated[float, {"unit": "angstrom", "gt": 0}] = 0.7')
NESTED = parameter("x: list[tuple[float, int]] = []")


@pytest.mark.parametrize(
    ("source", "value", "taken"),
    [
        ("x: float = 1.0", 2, 2.0),
        ("x: float = 1.0", True, None),
        ("x: int = 1", 2.5, None),
        ("x: int = 1", 2.0, 2),
        ("x: int | None = 1", 2.0, 2),
        ("x: int | float = 1", 2.0, 2.0),
        ("x: int = 1", True, None),
        ("x: bool = True", 1, None),
        ("x: bool = True", False, False),
        ("x: str = ''", 5, None),
        ("x: str = ''", "5", "5"),
        ("x: float | None = None", 3, 3.0),
        ("x: int | float = 1", 3, 3),
        ("x: list[float] = []", [1, 2.5], [1.0, 2.5]),
        ("x: list[float] = []", [1, "a"], None),
        ("x: list[list[float]] = []", [[1], [2]], [[1.0], [2.0]]),
        ("x: tuple[float, int] = (1.0, 1)", [3, 4], [3.0, 4]),
        ("x: tuple[float, int] = (1.0, 1)", [3, 4, 5], None),
        ("x: list[tuple[float, int]] = []", [[3, 4]], [[3.0, 4]]),
        ("x: list[float] | None = None", [1], [1.0]),
        ("x: Literal['a', 'b'] = 'a'", "b", "b"),
        ("x: Literal['a', 'b'] = 'a'", "c", None),
        ("x: Literal[1, 2] = 1", True, None),
        ("x: Path = ''", "/a b", "/a b"),
    ],
)
def test_values(source: str, value: object, taken: object) -> None:
    one = parameter(source)
    if taken is None:
        with pytest.raises(ParameterError, match=r"^x = "):
            check_value(one, value)  # type: ignore[arg-type]
        return
    found = check_value(one, value)  # type: ignore[arg-type]
    assert found == taken
    assert repr(found) == repr(taken)


def test_a_message_names_parameter_value_and_what_is_allowed() -> None:
    with pytest.raises(ParameterError) as caught:
        check_value(FLOAT, -1)
    assert str(caught.value) == "d_min = -1: must be a number > 0 (angstrom)"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, [1.0, math.nan], [[math.inf]]])
@pytest.mark.parametrize("source", ["x = None", "x: list = []", "x: list[list[float]] = []"])
def test_numbers_that_are_not_finite_are_never_taken(source: str, value: object) -> None:
    with pytest.raises(ParameterError, match=r"^x = "):
        check_value(parameter(source), value)  # type: ignore[arg-type]


def test_a_number_that_is_not_finite_is_found_in_an_object_too() -> None:
    with pytest.raises(ParameterError, match="not a finite number"):
        check_value(parameter("x: list = []"), [{"a": math.nan}])


def test_an_integer_that_no_float_can_hold_is_refused_in_words() -> None:
    with pytest.raises(ParameterError, match=r"^d_min = 1000"):
        check_value(FLOAT, 10**400)


def test_a_text_that_is_no_unicode_is_refused_in_words() -> None:
    with pytest.raises(ParameterError, match=r"^x = "):
        check_value(parameter("x: str = ''"), "caf\udce9")


def test_a_value_nested_without_end_is_refused_in_words() -> None:
    value: list[object] = []
    for _ in range(5000):
        value = [value]
    with pytest.raises(ParameterError, match=r"^x: "):
        check_value(parameter("x: list = []"), value)  # type: ignore[arg-type]


SMALL = st.integers(-(2**53), 2**53)


@given(st.recursive(st.none() | st.booleans() | SMALL | st.text(), st.lists, max_leaves=5))
def test_widening_keeps_every_value_that_floats_can_hold(value: object) -> None:
    for schema in ({}, {"type": "number"}, NESTED.schema_, FLOAT.schema_):
        widened = widen(schema, value)  # type: ignore[arg-type]
        assert widened == value


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('x: Annotated[int, {"ge": 1, "le": 64}] = 1', "an integer >= 1 and <= 64"),
        ('x: Annotated[float | None, {"gt": 0, "unit": "K"}] = None', "a number > 0 or null (K)"),
        ("x: bool = True", "true or false"),
        ("x: Path = ''", "a path"),
        ("x: Literal['a', 1] = 1", "one of 'a', 1"),
        ("x: list[int] = []", "a list of which each is an integer"),
        ("x: list = []", "a list"),
        ("x: tuple[int, str] = (1, '')", "[an integer, a text]"),
        ('x: Annotated[list[int], {"max_length": 3}] = []', "a list of which each is an integer"),
        ('x: Annotated[str, {"pattern": "^a"}] = "a"', "a text matching ^a"),
        ("x = None", "any value"),
    ],
)
def test_descriptions(source: str, words: str) -> None:
    assert describe(parameter(source).schema_).startswith(words)


def test_names_that_are_unknown_or_supplied() -> None:
    cell = [FLOAT, parameter('run_file: Path = ""')]
    check_names(cell, ["d_min"])
    with pytest.raises(ParameterError, match="run_file is supplied by the platform"):
        check_names(cell, ["run_file"])
    with pytest.raises(ParameterError, match=r"no parameter 'dmin'. Parameters: d_min$"):
        check_names(cell, ["dmin"])
    with pytest.raises(ParameterError, match="Parameters: none"):
        check_names([], ["dmin"])


def test_plain_values() -> None:
    assert plain({"a": Value(value=1, source=Source.REQUEST)}) == {"a": 1}


def test_every_supplied_name_of_the_contract_is_supplied() -> None:
    for name in ("run_file", "run_files", "run_number", "instrument", "experiment", "output_dir"):
        assert parameter(f"{name} = None").supplied
