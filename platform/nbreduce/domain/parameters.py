"""Parameters of a template, their values, and what a value may be."""

import math
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from pydantic import ConfigDict, Field, JsonValue

from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.model import Model, Values

SUPPLIED = frozenset(
    {"run_file", "run_files", "run_number", "instrument", "experiment", "output_dir"}
)
_SHOWN = 200


class Source(StrEnum):
    """Where a value came from, highest precedence first."""

    SUPPLIED = "supplied"
    REQUEST = "request"
    EXPERIMENT = "experiment"
    RUN_RANGE = "run-range"
    INSTRUMENT = "instrument"
    TEMPLATE = "template"


class Parameter(Model):
    """One assignment of a parameters cell.

    Attributes
    ----------
    schema_:
        JSON Schema (draft 2020-12) of its values; ``unit`` and ``description`` among its annotations.
    default:
        The value that the cell assigns, as JSON.
    """

    name: str
    schema_: dict[str, JsonValue] = Field(alias="schema")
    default: JsonValue
    help: str = ""
    unit: str = ""

    model_config = ConfigDict(populate_by_name=True)

    @property
    def supplied(self) -> bool:
        """Whether the platform gives the value."""
        return self.name in SUPPLIED


class Value(Model):
    """A parameter's value and where it came from."""

    value: JsonValue
    source: Source


class ParameterError(NbreduceError):
    """A value that its parameter does not take."""


def check_value(parameter: Parameter, value: JsonValue) -> JsonValue:
    """Return a value as its parameter takes it: validated, and an integer widened where a float is asked for.

    Raises
    ------
    ParameterError
        The value is not allowed; the message names the parameter, the value and what is allowed.
    """
    widened, objection = examine_value(parameter, value)
    if objection is not None:
        raise ParameterError(f"{_subject(parameter, value)}: {objection}")
    return widened


def _subject(parameter: Parameter, value: JsonValue) -> str:
    try:
        return f"{parameter.name} = {shown(value)}"
    except RecursionError:
        return parameter.name


def examine_value(parameter: Parameter, value: JsonValue) -> tuple[JsonValue, str | None]:
    """Return a value as its parameter takes it, and why it does not take it in words, None where it does."""
    try:
        widened = widen(parameter.schema_, value)
        return widened, _objection(parameter.schema_, widened)
    except RecursionError:
        return value, "lists within lists, too deep to be read"


def _objection(schema: Mapping[str, Any], value: JsonValue) -> str | None:
    """Say in words why a schema does not take a value, or return None where it does."""
    import jsonschema

    if not _finite(value):
        return "not a finite number"
    if not _encodable(value):
        return "holds bytes that are no text in UTF-8"
    validator = jsonschema.Draft202012Validator(schema)
    if next(iter(validator.iter_errors(value)), None) is not None:
        return f"must be {describe(schema)}"
    return None


def shown(value: JsonValue) -> str:
    """Return the beginning of a value, as a message shows it."""
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def check_names(parameters: Iterable[Parameter], names: Iterable[str]) -> None:
    """Raise `ParameterError` when a value is given for something that is no parameter, or that is supplied."""
    known = {parameter.name: parameter for parameter in parameters}
    settable = sorted(name for name in known if name not in SUPPLIED)
    for name in names:
        if name in known and known[name].supplied:
            raise ParameterError(f"{name} is supplied by the platform and cannot be set")
        if name not in known:
            listing = ", ".join(settable) or "none"
            raise ParameterError(f"there is no parameter {name!r}", f"Parameters: {listing}")


def widen(schema: Mapping[str, Any], value: JsonValue) -> JsonValue:
    """Turn integers into floats where a schema asks for floats, and whole floats into integers where it asks for those.

    Lists and options are looked through. An integer beyond all floats becomes infinite.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and _accepts(schema, "number", but="integer"):
        return _as_float(value)
    if (
        isinstance(value, float)
        and value.is_integer()
        and _accepts(schema, "integer", but="number")
    ):
        return int(value)
    if isinstance(value, list):
        prefix = schema.get("prefixItems")
        if prefix is not None:
            pairs = zip(prefix, value, strict=False)
            return [widen(item, element) for item, element in pairs] + value[len(prefix) :]
        options = [option for option in schema.get("anyOf", []) if option.get("type") == "array"]
        if options:
            return widen(options[0], value)
        return [widen(schema.get("items") or {}, element) for element in value]
    return value


def describe(schema: Mapping[str, Any]) -> str:
    """Say in words what a schema takes, as in ``a number > 0 (angstrom)``."""
    if "anyOf" in schema:
        text = " or ".join(describe(option) for option in schema["anyOf"])
    elif "enum" in schema:
        text = "one of " + ", ".join(repr(option) for option in schema["enum"])
    else:
        text = _describe_type(schema) + _describe_limits(schema)
    return f"{text} ({schema['unit']})" if schema.get("unit") else text


_TYPE_WORDS = {
    "boolean": "true or false",
    "integer": "an integer",
    "number": "a number",
    "string": "a text",
    "null": "null",
}
_LIMIT_WORDS = {
    "exclusiveMinimum": "> {}",
    "minimum": ">= {}",
    "exclusiveMaximum": "< {}",
    "maximum": "<= {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} elements",
    "maxItems": "at most {} elements",
    "pattern": "matching {}",
    "multipleOf": "a multiple of {}",
}


def _describe_type(schema: Mapping[str, Any]) -> str:
    if schema.get("type") == "array":
        if "prefixItems" in schema:
            return "[" + ", ".join(describe(item) for item in schema["prefixItems"]) + "]"
        return (
            f"a list of which each is {describe(schema['items'])}"
            if schema.get("items")
            else "a list"
        )
    if schema.get("format") == "path":
        return "a path"
    return _TYPE_WORDS.get(str(schema.get("type")), "any value")


def _describe_limits(schema: Mapping[str, Any]) -> str:
    fixed_length = "prefixItems" in schema
    words = [
        text.format(schema[key])
        for key, text in _LIMIT_WORDS.items()
        if key in schema and not (fixed_length and key in {"minItems", "maxItems"})
    ]
    return " " + " and ".join(words) if words else ""


def _accepts(schema: Mapping[str, Any], kind: str, but: str) -> bool:
    kinds = {option.get("type") for option in schema.get("anyOf", [schema])}
    return kind in kinds and but not in kinds


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _finite(value: JsonValue) -> bool:
    return all(math.isfinite(leaf) for leaf in _leaves(value) if isinstance(leaf, float))


def _encodable(value: JsonValue) -> bool:
    try:
        "".join(leaf for leaf in _leaves(value) if isinstance(leaf, str)).encode()
    except UnicodeEncodeError:
        return False
    return True


def _leaves(value: JsonValue) -> Iterator[JsonValue]:
    """Give all that is in a value, keys of objects too."""
    if isinstance(value, list):
        for element in value:
            yield from _leaves(element)
    elif isinstance(value, dict):
        yield from value
        for element in value.values():
            yield from _leaves(element)
    else:
        yield value


def plain(values: Mapping[str, Value]) -> Values:
    """Drop the sources: names and values alone."""
    return {name: value.value for name, value in values.items()}
