"""The parameters cell: what may stand in it, what it means, and that nothing else gets by."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbreduce.domain.parameters import Parameter
from nbreduce.templates.parameters import CellError, parse_parameters
from support.making import parameter

CONTRACT = """
from typing import Annotated, Literal
run_file: Path = ""                                        # supplied: the raw file
d_min: Annotated[float, {"unit": "angstrom", "gt": 0}] = 0.7   # lower end of the d-spacing axis
bank: Literal["both", "north", "south"] = "both"           # detector bank
"""


def test_the_cell_of_the_contract() -> None:
    run_file, d_min, bank = parse_parameters(CONTRACT)
    assert run_file.supplied
    assert run_file.schema_["format"] == "path"
    assert (d_min.name, d_min.default, d_min.unit) == ("d_min", 0.7, "angstrom")
    assert d_min.help == "lower end of the d-spacing axis"
    assert d_min.schema_ == {
        "type": "number",
        "exclusiveMinimum": 0,
        "unit": "angstrom",
        "description": "lower end of the d-spacing axis",
    }
    assert bank.schema_["enum"] == ["both", "north", "south"]


NUMBER, NULL = {"type": "number"}, {"type": "null"}
PAIR = {
    "type": "array",
    "prefixItems": [NUMBER, {"type": "integer"}],
    "items": False,
    "minItems": 2,
    "maxItems": 2,
    "x-tuple": True,
}


@pytest.mark.parametrize(
    ("annotation", "default", "schema"),
    [
        ("bool", "True", {"type": "boolean"}),
        ("int", "1", {"type": "integer"}),
        ("float", "1", NUMBER),
        ("str", "''", {"type": "string"}),
        ("Path", "''", {"type": "string", "format": "path"}),
        ("pathlib.Path", "''", {"type": "string", "format": "path"}),
        ("'float'", "1", NUMBER),
        ("Literal['a', 2, None]", "None", {"enum": ["a", 2, None]}),
        ("typing.Literal['a']", "'a'", {"enum": ["a"]}),
        ("float | None", "None", {"anyOf": [NUMBER, NULL]}),
        ("Optional[float]", "1.5", {"anyOf": [NUMBER, NULL]}),
        ("Union[float, str, None]", "''", {"anyOf": [NUMBER, {"type": "string"}, NULL]}),
        ("None | float | str", "''", {"anyOf": [NULL, NUMBER, {"type": "string"}]}),
        ("list[float]", "[1]", {"type": "array", "items": NUMBER}),
        ("List[float]", "[1]", {"type": "array", "items": NUMBER}),
        ("list", "[1, 'a']", {"type": "array"}),
        ("tuple[float, int]", "(1, 2)", PAIR),
        (
            "tuple[float, ...]",
            "(1,)",
            {"type": "array", "items": NUMBER, "x-tuple": True},
        ),
        ("list[tuple[float, int]]", "[(1, 2)]", {"type": "array", "items": PAIR}),
        (
            "Annotated[int, {'ge': 1, 'le': 9}]",
            "1",
            {"type": "integer", "minimum": 1, "maximum": 9},
        ),
        ("Annotated[int, {'multiple_of': 2}]", "2", {"type": "integer", "multipleOf": 2}),
        ("Annotated[str, {'pattern': '^a'}]", "'ab'", {"type": "string", "pattern": "^a"}),
        ("Annotated[str, {'max_length': 3}]", "'ab'", {"type": "string", "maxLength": 3}),
        ("Annotated[list, {'min_length': 1}]", "[1]", {"type": "array", "minItems": 1}),
        (
            "Annotated[float | None, {'lt': 5, 'unit': 'K', 'title': 'T', 'group': 'g'}]",
            "None",
            {
                "anyOf": [{"type": "number", "exclusiveMaximum": 5}, NULL],
                "unit": "K",
                "title": "T",
                "group": "g",
            },
        ),
    ],
)
def test_annotations(annotation: str, default: str, schema: dict[str, object]) -> None:
    found = parameter(f"x: {annotation} = {default}")
    assert found.schema_ == schema
    assert found.unit == schema.get("unit", "")


@pytest.mark.parametrize(
    ("source", "schema", "default"),
    [
        ("x = True", {"type": "boolean"}, True),
        ("x = 1", {"type": "integer"}, 1),
        ("x = -1.5", {"type": "number"}, -1.5),
        ("x = 'a'", {"type": "string"}, "a"),
        ("x = None", {}, None),
        ("x = (1, [2, 'b'])", {"type": "array"}, [1, [2, "b"]]),
        ("x = 'a' 'b'", {"type": "string"}, "ab"),
    ],
)
def test_without_annotation(source: str, schema: dict[str, object], default: object) -> None:
    found = parameter(source)
    assert found.schema_ == schema
    assert found.default == default


def test_a_default_is_widened_as_a_value_would_be() -> None:
    assert repr(parameter("x: float = 1").default) == "1.0"


def test_what_may_stand_beside_assignments() -> None:
    cell = '"""Words."""\nfrom __future__ import annotations\nfrom pathlib import Path\npass\n# words\n'
    assert parse_parameters(cell) == ()
    assert parse_parameters("") == ()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import os", "holds code"),
        ("import typing", "holds code"),
        ("from os import path", "imports from 'os'"),
        ("from .typing import x", "imports from"),
        ("from . import x", "imports from"),
        ("from typing import *", "imports everything"),
        ("x = 1 + 1", "x is not a literal"),
        ("x = open('/etc/passwd')", "x is not a literal"),
        ("x = y", "x is not a literal"),
        ("x = f'{1}'", "x is not a literal"),
        ("x = [i for i in range(3)]", "x is not a literal"),
        ("x = [*range(3)]", "x is not a literal"),
        ("x = (y := 1)", "x is not a literal"),
        ("x = lambda: 1", "x is not a literal"),
        ("x = b'a'", "x is not a literal"),
        ("x = {1, 2}", "x is not a literal"),
        ("x = {'a': 1}", "x is not a literal"),
        ("x = 1j", "x is not a literal"),
        ("x = ...", "x is not a literal"),
        ("x = await y", "not Python|not a literal"),
        ("print('x')", "holds code"),
        ("(x := 1)", "holds code"),
        ("x += 1", "holds code"),
        ("x = y = 1", "holds code"),
        ("x: int", "holds code"),
        ("def f(): pass", "holds code"),
        ("if True:\n    x = 1", "holds code"),
        ("del x", "holds code"),
        ("%matplotlib inline", "not Python"),
        ("x, y = 1, 2", "not a name"),
        ("x.y = 1", "not a name"),
        ("x[0] = 1", "not a name"),
        ("x = 1\nx = 2", "x is assigned twice"),
        ("x = (", "not Python"),
        ("x = 'a", "not Python"),
        (" x = 1", "not Python"),
        ("x = 1\0", "not Python"),
        ("x = 1e999", "not a number|not any value"),
        ("x: float = -1e999", "not a number"),
        ("x: list = [1e999]", "not a list"),
        ("x = " + "9" * 5000, "not Python"),
        ("x: float = " + "9" * 400, "the default of x"),
        ("x = " + "[" * 300 + "]" * 300, "not Python"),
        ("x = " + "-" * 150 + "1", "not a literal"),
        ("x = " + "1+" * 300 + "1", "not a literal"),
        ("x = " + "1+" * 3000 + "1", "not a literal|not Python"),
        ("x" + ".y" * 400 + " = 1", "not a name"),
        ("x: A" + ".b" * 400 + "[1] = 1", "not a known annotation"),
        ("x: int = 'a'", "the default of x is not an integer"),
        ("x: int = True", "the default of x is not an integer"),
        ("x: str = None", "the default of x is not a text"),
        ("x: Literal['a'] = 'b'", "the default of x is not one of 'a'"),
        ("x: tuple[int, int] = (1,)", "the default of x"),
        ("x: Annotated[int, {'gt': 1}] = 1", "not an integer > 1"),
        ("x: Annotated[float, {'gt': 0}] | None = None", "None goes inside Annotated"),
        ("x: Optional[Annotated[float, {'gt': 0}]] = None", "None goes inside Annotated"),
        ("x: Union[None, Annotated[float, {'gt': 0}]] = None", "None goes inside Annotated"),
        ("x: dict = 1", "'dict' is not a known annotation"),
        ("x: dict[str, int] = 1", "dict"),
        ("x: 'in t' = 1", "not a known annotation"),
        ("x: 'def' = 1", "not a known annotation"),
        ("x: f() = 1", "not a known annotation"),
        ("x: f()[1] = 1", "not a known annotation"),
        ("x: int + str = 1", "not a known annotation"),
        ("x: 5 = 1", "not a known annotation"),
        ("x: list[int, str] = []", "list takes one type"),
        ("x: Literal[()] = 1", "Literal needs at least one option"),
        ("x: Literal[y] = 1", "'y' is not a literal"),
        ("x: Literal[{[]: 1}] = 1", "not a literal that JSON knows"),
        ("x: Literal[{1: 1}] = 1", "not a literal that JSON knows"),
        ("x: Annotated[int] = 1", "Annotated takes a type and one dict"),
        ("x: Annotated[int, 5] = 1", "must be a dict"),
        ("x: Annotated[int, y] = 1", "Annotated"),
        ("x: Annotated[int, {[]: 1}] = 1", "Annotated"),
        ("x: Annotated[int, {'above': 1}] = 1", "'above' is not known in Annotated; known: ge"),
        ("x: Annotated[int, {1: 1}] = 1", "1 is not known in Annotated"),
        ("x: Annotated[int, {'gt': 'a'}] = 1", "gt must be a number"),
        ("x: Annotated[int, {'gt': True}] = 1", "gt must be a number"),
        ("x: Annotated[int, {'le': 1e999}] = 1", "le must be a number"),
        ("x: Annotated[int, {'le': " + "9" * 400 + "}] = 1", "le must be a number"),
        ("x: Annotated[int, {'multiple_of': 0}] = 1", "multiple_of must be"),
        ("x: Annotated[str, {'pattern': '('}] = ''", "not a regular expression"),
        ("x: Annotated[str, {'pattern': 'a{99999999999}'}] = ''", "not a regular expression"),
        ("x: Annotated[str, {'gt': 1}] = ''", "gt says nothing of a text"),
        ("x: Annotated[int, {'max_length': 1}] = 1", "max_length says nothing of an integer"),
    ],
)
def test_bad_cells(source: str, words: str) -> None:
    with pytest.raises(CellError, match=words) as caught:
        parse_parameters(source)
    assert len(str(caught.value)) < 1000


def test_an_error_names_its_line() -> None:
    with pytest.raises(CellError, match="parameters cell, line 3: y is not a literal") as caught:
        parse_parameters("x = 1\n\ny = f()\n")
    assert caught.value.line == 3


def helps(source: str) -> dict[str, str]:
    return {one.name: one.help for one in parse_parameters(source)}


@pytest.mark.parametrize(
    "source",
    [
        "x: float = 1.0  # help",
        "x: float = 1.0  #help",
        "x: float = (\n    1.0  # help\n)",
        "x: float = (  # help\n    1.0\n)",
        "x: Annotated[\n    float, {'unit': 'K'}\n] = 1.0  # help",
        "x: list = [\n    1,\n    2,\n]  # help",
        "x: list = (\n    [1, 2]  # help\n)",
        "x: float = 1.0; y = 2  # help",
        "x = 'a # no help'  # help",
        "x = '''a\nb'''  # help",
    ],
)
def test_help_is_found_where_formatters_put_it(source: str) -> None:
    assert helps(source)["x"] == "help"


@pytest.mark.parametrize(
    "source",
    [
        "x = 1",
        "# words\nx = 1\n# words",
        "x = '# no help'",
        "x = [\n    1,  # one\n    2,\n]",
        "y = 1  # words\nx = 1",
    ],
)
def test_other_comments_are_no_help(source: str) -> None:
    assert helps(source)["x"] == ""


def test_names_of_any_script() -> None:
    assert helps("größe = 1  # wie groß") == {"größe": "wie groß"}


JSON_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
)


@given(st.recursive(JSON_LEAVES, lambda inner: st.lists(inner, max_size=4), max_leaves=10))
def test_every_value_comes_back_from_its_literal(value: object) -> None:
    found = parameter(f"x = {value!r}  # help").default
    assert found == value
    assert repr(found) == repr(value)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_read_or_refused(source: str) -> None:
    assert_read_or_refused(source)


WORDS = (
    "x y = : int float Annotated Literal [ ] ( ) { } , | None 1 -2 1e9 'a' '(' # ; ... * f'{' 'gt'"
)
MORE = ['"""', "\\", "\n", "\t", "\f", "\r", "lambda", "not", "if", "else", ":=", ""]
TOKENS = st.sampled_from([*WORDS.split(), *MORE])


@given(st.lists(TOKENS, max_size=25).map(" ".join))
def test_any_sequence_of_tokens_is_read_or_refused(source: str) -> None:
    assert_read_or_refused(source)


@given(st.lists(TOKENS, max_size=8).map(" ".join), st.lists(TOKENS, max_size=8).map(" ".join))
def test_any_annotation_and_value_is_read_or_refused(annotation: str, value: str) -> None:
    assert_read_or_refused(f"x: {annotation} = {value}")
    assert_read_or_refused(f"x: Annotated[{annotation}, {value}] = 1")


def assert_read_or_refused(source: str) -> None:
    try:
        found = parse_parameters(source)
    except CellError:
        return
    assert all(isinstance(one, Parameter) for one in found)
    names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    assert names.issuperset(one.name for one in found)
