"""The parameters cell, read by AST and never executed."""

import ast
import io
import tokenize
from collections.abc import Callable

from pydantic import JsonValue

from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.parameters import SUPPLIED, Parameter, ParameterError, check_value, describe

Schema = dict[str, JsonValue]

_ALLOWED_IMPORTS = {"typing", "pathlib", "typing_extensions", "__future__"}
_SCALARS: dict[str, Schema] = {
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
_ANNOTATIONS = {"unit", "title", "group"}


class CellError(NbreduceError):
    """A parameters cell that is not plain assignments of literals; `line` counts from 1 within the cell."""

    def __init__(self, message: str, line: int = 0, hint: str = "") -> None:
        super().__init__(f"parameters cell, line {line}: {message}" if line else message, hint)
        self.line = line


def parse_parameters(source: str) -> tuple[Parameter, ...]:
    """Read the source of a parameters cell.

    Parameters
    ----------
    source:
        Python source: annotated or plain assignments of literals, each with an optional trailing comment as its help;
        imports from `typing` and `pathlib`; comments.

    Returns
    -------
    :
        The parameters in the order of the cell.

    Raises
    ------
    CellError
        There is a syntax error, anything but such assignments, an annotation that is not known, or a default that its
        own annotation does not take.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 0
        raise CellError(f"not Python: {getattr(error, 'msg', error)}", line) from error
    comments = _comments(source)
    parameters: dict[str, Parameter] = {}
    for statement in tree.body:
        if _is_harmless(statement):
            continue
        parameter = _parameter(statement, comments)
        if parameter.name in parameters:
            raise CellError(f"{parameter.name} is assigned twice", statement.lineno)
        parameters[parameter.name] = parameter
    return tuple(parameters.values())


def _is_harmless(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.ImportFrom):
        if statement.module in _ALLOWED_IMPORTS and statement.level == 0:
            return True
        raise CellError(
            f"imports from {statement.module!r}", statement.lineno, "Only from typing and pathlib"
        )
    is_docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_docstring or isinstance(statement, ast.Pass)


def _parameter(statement: ast.stmt, comments: dict[int, str]) -> Parameter:
    line = statement.lineno
    target: ast.expr
    annotation: ast.expr | None
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        target, value, annotation = statement.target, statement.value, statement.annotation
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value, annotation = statement.targets[0], statement.value, None
    else:
        raise CellError(
            f"holds code ({ast.unparse(statement)[:60]!r})",
            line,
            "Only assignments of literals may stand here",
        )
    if not isinstance(target, ast.Name):
        raise CellError(f"assigns to {ast.unparse(target)!r}, which is not a name", line)
    default = _literal(value, target.id, line)
    schema = _infer(default) if annotation is None else _guarded_schema(annotation, target.id, line)
    help_text = comments.get(statement.end_lineno or line, "")
    if help_text:
        schema = {**schema, "description": help_text}
    parameter = Parameter(
        name=target.id,
        schema=schema,
        default=default,
        help=help_text,
        unit=str(schema.get("unit", "")),
    )
    return parameter.model_copy(update={"default": _checked_default(parameter, line)})


def _checked_default(parameter: Parameter, line: int) -> JsonValue:
    if parameter.supplied or parameter.name in SUPPLIED:
        return parameter.default
    try:
        return check_value(parameter, parameter.default)
    except ParameterError as error:
        allowed = describe(parameter.schema_)
        raise CellError(
            f"the default of {parameter.name} is not {allowed}: {parameter.default!r}", line
        ) from error


def _literal(node: ast.expr, name: str, line: int) -> JsonValue:
    try:
        return _as_json(ast.literal_eval(node))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
        raise CellError(
            f"{name} is not a literal: {ast.unparse(node)[:60]!r}",
            line,
            "Numbers, texts, True, False, None, lists and tuples of these",
        ) from error


def _as_json(value: object) -> JsonValue:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_as_json(element) for element in value]
    raise ValueError(f"{type(value).__name__} has no form in JSON")


def _infer(default: JsonValue) -> Schema:
    """Give the schema of a parameter without annotation: that of its default."""
    if default is None:
        return {}
    if isinstance(default, list):
        return {"type": "array"}
    for kind, name in ((bool, "bool"), (int, "int"), (float, "float"), (str, "str")):
        if isinstance(default, kind):
            return dict(_SCALARS[name])
    raise AssertionError(default)


def _guarded_schema(annotation: ast.expr, name: str, line: int) -> Schema:
    try:
        return _schema(annotation)
    except ValueError as error:
        raise CellError(
            f"{name}: {error}", line, "See the authors' README for what an annotation may be"
        ) from error


def _schema(node: ast.expr) -> Schema:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _schema(ast.parse(node.value, mode="eval").body)
    if isinstance(node, ast.Constant) and node.value is None:
        return dict(_SCALARS["None"])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _union([node.left, node.right])
    if isinstance(node, ast.Subscript):
        generic, arguments = _name(node.value), _arguments(node.slice)
        if generic in _GENERICS:
            return _GENERICS[generic](arguments)
        raise ValueError(f"{generic}[…] is not a known annotation")
    name = _name(node)
    if name in _SCALARS:
        return dict(_SCALARS[name])
    if name in {"list", "List", "tuple", "Tuple"}:
        return {"type": "array"}
    raise ValueError(f"{ast.unparse(node)!r} is not a known annotation")


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Name):
        return node.id
    raise ValueError(f"{ast.unparse(node)!r} is not a known annotation")


def _arguments(node: ast.expr) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple) else [node]


def _union(nodes: list[ast.expr]) -> Schema:
    options: list[JsonValue] = []
    for node in nodes:
        if isinstance(node, ast.Subscript) and _name(node.value) == "Annotated":
            # Python itself refuses this: a union needs hashable parts, and a dict is not.
            raise ValueError("None goes inside Annotated, as in Annotated[float | None, {...}]")
        option = _schema(node)
        nested = option.get("anyOf")
        options.extend(nested if isinstance(nested, list) else [option])
    return {"anyOf": options}


def _optional(arguments: list[ast.expr]) -> Schema:
    return _union([*arguments, ast.Constant(None)])


def _literal_options(arguments: list[ast.expr]) -> Schema:
    options = [_as_json(ast.literal_eval(argument)) for argument in arguments]
    if not options:
        raise ValueError("Literal needs at least one option")
    return {"enum": options}


def _list(arguments: list[ast.expr]) -> Schema:
    if len(arguments) != 1:
        raise ValueError("list takes one type")
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
        raise ValueError(
            'Annotated takes a type and one dict, as in Annotated[float, {"unit": "mm", "gt": 0}]'
        )
    details = ast.literal_eval(arguments[1])
    if not isinstance(details, dict):
        raise ValueError("the second part of Annotated must be a dict")
    return _with_details(_schema(arguments[0]), details)


def _with_details(schema: Schema, details: dict[str, JsonValue]) -> Schema:
    annotations: Schema = {}
    limits: Schema = {}
    for key, value in details.items():
        if key in _ANNOTATIONS:
            annotations[key] = str(value)
        elif key in _LIMITS:
            limits[_limit_name(key, schema)] = _limit_value(key, value)
        else:
            known = ", ".join(sorted(_ANNOTATIONS | _LIMITS.keys()))
            raise ValueError(f"{key!r} is not known in Annotated; known: {known}")
    if "anyOf" in schema:
        options = schema["anyOf"]
        assert isinstance(options, list)
        limited: list[JsonValue] = [
            option
            if isinstance(option, dict) and option.get("type") == "null"
            else {**option, **limits}
            for option in options
            if isinstance(option, dict)
        ]
        return {"anyOf": limited, **annotations}
    return {**schema, **limits, **annotations}


def _limit_name(key: str, schema: Schema) -> str:
    if schema.get("type") == "array" and key in {"min_length", "max_length"}:
        return {"min_length": "minItems", "max_length": "maxItems"}[key]
    return _LIMITS[key]


def _limit_value(key: str, value: JsonValue) -> JsonValue:
    if key == "pattern":
        import re

        try:
            re.compile(str(value))
        except re.error as error:
            raise ValueError(f"pattern {value!r} is not a regular expression") from error
        return str(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{key} must be a number, not {value!r}")
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


def _comments(source: str) -> dict[int, str]:
    """Map line numbers to the comments that end those lines."""
    found: dict[int, str] = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and token.line[: token.start[1]].strip():
            found[token.start[0]] = token.string.lstrip("# ").strip()
    return found
