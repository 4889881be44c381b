"""Values that people type, and values as notebooks take them."""

import ast
import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import JsonValue

from nbreduce.domain.model import Values
from nbreduce.domain.parameters import (
    Parameter,
    ParameterError,
    check_names,
    check_value,
    describe,
    shown,
)
from nbreduce.templates.annotations import as_json

_MISSING = object()


def parse_assignments(assignments: Iterable[str]) -> dict[str, str]:
    """Split ``name=value`` texts; a value may itself hold ``=``.

    Raises
    ------
    ParameterError
        A text has no ``=`` or no name, or a name stands twice.
    """
    found: dict[str, str] = {}
    for assignment in assignments:
        name, separator, value = assignment.partition("=")
        name = name.strip()
        if not separator or not name:
            raise ParameterError(f"{assignment!r} is not NAME=VALUE", "As in: -p d_min=0.9")
        if name in found:
            raise ParameterError(f"{name} is given twice")
        found[name] = value
    return found


def check_request(parameters: Iterable[Parameter], values: Mapping[str, JsonValue]) -> Values:
    """Validate values by name; see `check_value` for what is raised."""
    by_name = {parameter.name: parameter for parameter in parameters}
    check_names(by_name.values(), values)
    return {name: check_value(by_name[name], value) for name, value in values.items()}


def parse_request(parameters: Iterable[Parameter], texts: Mapping[str, str]) -> Values:
    """Validate values that were typed as text, each understood by its parameter's type."""
    by_name = {parameter.name: parameter for parameter in parameters}
    check_names(by_name.values(), texts)
    return {name: parse_text(by_name[name], text) for name, text in texts.items()}


def parse_text(parameter: Parameter, text: str) -> JsonValue:
    """Read one typed value.

    A text is taken as it stands where the parameter takes texts, unless it reads as another value that the parameter
    takes too (``null`` of an optional text). Otherwise it is JSON or a Python literal.

    Raises
    ------
    ParameterError
        The text is no value of the parameter.
    """
    literal = _literal(text)
    as_it_stands = parameter.schema_.get("type") == "string" or isinstance(literal, str)
    candidates = [text, literal] if as_it_stands else [literal, text]
    for candidate in candidates:
        if candidate is _MISSING:
            continue
        try:
            return check_value(parameter, candidate)  # type: ignore[arg-type]
        except ParameterError:
            continue
    raise ParameterError(f"{parameter.name} = {shown(text)}: must be {describe(parameter.schema_)}")


def _literal(text: str) -> object:
    for read in (json.loads, ast.literal_eval):
        try:
            return as_json(read(text.strip()))
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            continue
    return {"none": None, "true": True, "false": False}.get(text.strip().casefold(), _MISSING)


def as_literals(parameters: Iterable[Parameter], values: Mapping[str, JsonValue]) -> dict[str, Any]:
    """Turn JSON values into the Python values of a notebook: tuples where the cell says so."""
    by_name = {parameter.name: parameter for parameter in parameters}
    return {name: _as_python(by_name[name].schema_, value) for name, value in values.items()}


def _as_python(schema: Mapping[str, Any], value: JsonValue) -> Any:
    if not isinstance(value, list):
        return value
    for option in schema.get("anyOf", []):
        if option.get("type") == "array":
            return _as_python(option, value)
    items: list[Mapping[str, Any]] = schema.get("prefixItems") or [schema.get("items") or {}] * len(
        value
    )
    elements = [_as_python(item, element) for item, element in zip(items, value, strict=False)]
    return tuple(elements) if schema.get("x-tuple") else elements
