"""Annotations of a parameters cell, as JSON Schema; read by AST and never executed."""

import ast
import re
import sys
from collections.abc import Callable

from pydantic import JsonValue

from nbreduce.domain.parameters import describe
from nbreduce.templates.syntax import parse_expression

Schema = dict[str, JsonValue]

SCALARS: dict[str, Schema] = {
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "str": {"type": "string"},
    "Path": {"type": "string", "format": "path"},
    "None": {"type": "null"},
}
_LIMITS = {
    "gt": "exclusiveMinimum",
    "ge": "minimum",
    "lt": "exclusiveMaximum",
    "le": "maximum",
    "multiple_of": "multipleOf",
    "min_length": "minLength",
    "max_length": "maxLength",
    "pattern": "pattern",
}
_LIST_LIMITS = {"min_length": "minItems", "max_length": "maxItems"}
_LIMITED = {
    "integer": {"gt", "ge", "lt", "le", "multiple_of"},
    "number": {"gt", "ge", "lt", "le", "multiple_of"},
    "string": {"min_length", "max_length", "pattern"},
    "array": {"min_length", "max_length"},
}
_ANNOTATIONS = {"unit", "title", "group"}
_GREATEST = sys.float_info.max
_SHOWN = 60


class NotUnderstood(ValueError):
    """An annotation or a literal that is none, in words."""


def read_annotation(node: ast.expr) -> Schema:
    """Return the JSON Schema of an annotation.

    Raises
    ------
    NotUnderstood
        It is none of those that the contract has.
    """
    try:
        return _schema(node)
    except RecursionError as error:
        raise NotUnderstood(f"{shown(node)!r} is not a known annotation") from error


def read_literal(node: ast.expr) -> JsonValue:
    """Return the value of a literal, tuples as lists.

    Raises
    ------
    NotUnderstood
        It is no literal, or has no form in JSON.
    """
    try:
        return as_json(ast.literal_eval(node))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
        raise NotUnderstood(f"{shown(node)!r} is not a literal that JSON knows") from error


def shown(node: ast.AST) -> str:
    """Return the beginning of a node's source."""
    try:
        return ast.unparse(node)[:_SHOWN]
    except RecursionError:
        return "…"


def as_json(value: object) -> JsonValue:
    """Return a Python value as a parameter's value, tuples as lists.

    Raises
    ------
    ValueError
        A parameter cannot have such a value.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [as_json(element) for element in value]
    raise ValueError(f"{type(value).__name__} has no form in JSON")


def _schema(node: ast.expr) -> Schema:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _quoted(node.value)
    if isinstance(node, ast.Constant) and node.value is None:
        return dict(SCALARS["None"])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _union([node.left, node.right])
    if isinstance(node, ast.Subscript):
        generic, arguments = _name(node.value), _arguments(node.slice)
        if generic in _GENERICS:
            return _GENERICS[generic](arguments)
        raise NotUnderstood(f"{generic}[…] is not a known annotation")
    name = _name(node)
    if name in SCALARS:
        return dict(SCALARS[name])
    if name in {"list", "List", "tuple", "Tuple"}:
        return {"type": "array"}
    raise NotUnderstood(f"{shown(node)!r} is not a known annotation")


def _quoted(text: str) -> Schema:
    try:
        return _schema(parse_expression(text).body)
    except (SyntaxError, ValueError, MemoryError) as error:
        if isinstance(error, NotUnderstood):
            raise
        raise NotUnderstood(f"{text[:_SHOWN]!r} is not a known annotation") from error


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Name):
        return node.id
    raise NotUnderstood(f"{shown(node)!r} is not a known annotation")


def _arguments(node: ast.expr) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple) else [node]


def _union(nodes: list[ast.expr]) -> Schema:
    options: list[JsonValue] = []
    for node in nodes:
        if isinstance(node, ast.Subscript) and _name(node.value) == "Annotated":
            # Python itself refuses this: a union needs hashable parts, and a dict is not.
            raise NotUnderstood("None goes inside Annotated, as in Annotated[float | None, {...}]")
        option = _schema(node)
        nested = option.get("anyOf")
        options.extend(nested if isinstance(nested, list) else [option])
    return {"anyOf": options}


def _optional(arguments: list[ast.expr]) -> Schema:
    return _union([*arguments, ast.Constant(None)])


def _literal_options(arguments: list[ast.expr]) -> Schema:
    options = [read_literal(argument) for argument in arguments]
    if not options:
        raise NotUnderstood("Literal needs at least one option")
    return {"enum": options}


def _list(arguments: list[ast.expr]) -> Schema:
    if len(arguments) != 1:
        raise NotUnderstood("list takes one type")
    return {"type": "array", "items": _schema(arguments[0])}


def _tuple(arguments: list[ast.expr]) -> Schema:
    if len(arguments) == 2 and isinstance(arguments[1], ast.Constant) and arguments[1].value is ...:
        return {**_list(arguments[:1]), "x-tuple": True}
    return {
        "type": "array",
        "prefixItems": [_schema(argument) for argument in arguments],
        "items": False,
        "minItems": len(arguments),
        "maxItems": len(arguments),
        "x-tuple": True,
    }


def _annotated(arguments: list[ast.expr]) -> Schema:
    if len(arguments) != 2:
        raise NotUnderstood(
            'Annotated takes a type and one dict, as in Annotated[float, {"unit": "mm", "gt": 0}]'
        )
    return _with_details(_schema(arguments[0]), _details(arguments[1]))


def _details(node: ast.expr) -> dict[object, object]:
    try:
        details = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
        raise NotUnderstood(
            f"the second part of Annotated is not a literal: {shown(node)!r}"
        ) from error
    if not isinstance(details, dict):
        raise NotUnderstood("the second part of Annotated must be a dict")
    return details


def _with_details(schema: Schema, details: dict[object, object]) -> Schema:
    annotations: Schema = {}
    limits: dict[str, JsonValue] = {}
    for key, value in details.items():
        if key in _ANNOTATIONS:
            annotations[str(key)] = str(value)
        elif key in _LIMITS:
            limits[str(key)] = _limit_value(str(key), value)
        else:
            known = ", ".join(sorted(_ANNOTATIONS | _LIMITS.keys()))
            raise NotUnderstood(f"{key!r} is not known in Annotated; known: {known}")
    options = schema.get("anyOf")
    if not isinstance(options, list):
        return {**_limited(schema, limits), **annotations}
    limited: list[JsonValue] = [
        option if option.get("type") == "null" else _limited(option, limits)
        for option in options
        if isinstance(option, dict)
    ]
    return {"anyOf": limited, **annotations}


def _limited(schema: Schema, limits: dict[str, JsonValue]) -> Schema:
    kind = str(schema.get("type"))
    limited = dict(schema)
    for key, value in limits.items():
        if key not in _LIMITED.get(kind, ()):
            raise NotUnderstood(f"{key} says nothing of {describe(schema)}")
        limited[(_LIST_LIMITS if kind == "array" else _LIMITS)[key]] = value
    return limited


def _limit_value(key: str, value: object) -> JsonValue:
    if key == "pattern":
        try:
            re.compile(str(value))
        except (re.error, OverflowError, RecursionError) as error:
            raise NotUnderstood(f"pattern {value!r} is not a regular expression") from error
        return str(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _GREATEST:
        raise NotUnderstood(f"{key} must be a number, not {value!r}")
    if key == "multiple_of" and value <= 0:
        raise NotUnderstood(f"{key} must be a number > 0, not {value!r}")
    return value


_GENERICS: dict[str, Callable[[list[ast.expr]], Schema]] = {
    "Annotated": _annotated,
    "Literal": _literal_options,
    "Optional": _optional,
    "Union": _union,
    "list": _list,
    "List": _list,
    "tuple": _tuple,
    "Tuple": _tuple,
}
