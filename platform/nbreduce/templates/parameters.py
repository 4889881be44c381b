"""The parameters cell, read by AST and never executed."""

import ast
import io
import tokenize

from pydantic import JsonValue

from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.parameters import SUPPLIED, Parameter, ParameterError, check_value, describe
from nbreduce.templates.annotations import (
    SCALARS,
    NotUnderstood,
    Schema,
    read_annotation,
    read_literal,
    shown,
)
from nbreduce.templates.syntax import parse

_ALLOWED_IMPORTS = {"typing", "pathlib", "typing_extensions", "__future__"}


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
        tree = parse(source)
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
        if any(alias.name == "*" for alias in statement.names):
            raise CellError("imports everything", statement.lineno, "Name what is used")
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
            f"holds code ({shown(statement)!r})",
            line,
            "Only assignments of literals may stand here",
        )
    if not isinstance(target, ast.Name):
        raise CellError(f"assigns to {shown(target)!r}, which is not a name", line)
    default = _literal(value, target.id, line)
    schema = _infer(default) if annotation is None else _annotated(annotation, target.id, line)
    help_text = _help(statement, value, comments)
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


def _annotated(annotation: ast.expr, name: str, line: int) -> Schema:
    try:
        return read_annotation(annotation)
    except NotUnderstood as error:
        raise CellError(
            f"{name}: {error}", line, "See the authors' README for what an annotation may be"
        ) from error


def _help(statement: ast.stmt, value: ast.expr, comments: dict[int, str]) -> str:
    """Return the comment that ends an assignment.

    Formatters put it inside the parentheses in which they wrap a long one: then it ends the line of the value, or that
    of the opening parenthesis.
    """
    lines = [statement.end_lineno or 0, value.end_lineno or 0]
    lines += range(statement.lineno, value.lineno)
    return next((comments[line] for line in lines if line in comments), "")


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
        return read_literal(node)
    except NotUnderstood as error:
        raise CellError(
            f"{name} is not a literal: {shown(node)!r}",
            line,
            "Numbers, texts, True, False, None, lists and tuples of these",
        ) from error


def _infer(default: JsonValue) -> Schema:
    """Give the schema of a parameter without annotation: that of its default."""
    if default is None:
        return {}
    if isinstance(default, list):
        return {"type": "array"}
    for kind, name in ((bool, "bool"), (int, "int"), (float, "float"), (str, "str")):
        if isinstance(default, kind):
            return dict(SCALARS[name])
    raise AssertionError(default)


def _comments(source: str) -> dict[int, str]:
    """Map line numbers to the comments that end those lines."""
    found: dict[int, str] = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and token.line[: token.start[1]].strip():
            found[token.start[0]] = token.string.lstrip("# ").strip()
    return found
