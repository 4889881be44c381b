"""Values that were edited in an executed notebook's own cells, read by AST and never executed."""

import ast
import json
from collections.abc import Iterable, Iterator, Mapping

from pydantic import Field, JsonValue

from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.model import Model, Values
from nbreduce.domain.parameters import SUPPLIED, Parameter, shown, widen
from nbreduce.templates.parameters import CellError, parse_parameters
from nbreduce.templates.syntax import parse


class Cells(Model):
    """Sources of the parameters cell, and of the one that nbreduce put its values into; None where it is not there."""

    parameters: str | None = Field(default=None, max_length=100_000)
    injected: str | None = Field(default=None, max_length=100_000)


class EditError(NbreduceError):
    """An edit that is not another value of a parameter."""


_WORDS = {"parameters": "the parameters cell", "injected": "the cell of injected values"}


def edited_values(archived: Cells, edited: Cells) -> Values:
    """Return the values in which edited cells differ from those that the archived notebook holds.

    An edit counts in either cell: a default in the one, a value in the other. A line that is taken out of the injected
    values gives the parameters cell its word back.

    Raises
    ------
    EditError
        A cell holds anything but plain assignments of literals, a name that is no parameter, another annotation, or a
        value for what the platform supplies; or the two cells were edited to different values of one parameter.
    """
    defaults = _edited(archived.parameters, edited.parameters, "parameters")
    values = _edited(archived.injected, edited.injected, "injected")
    known = {one.name: one for one in _read(archived.parameters, "parameters")}
    _refuse_others(defaults.keys() | values.keys(), known)
    found: Values = {name: one.default for name, one in defaults.items() if one is not None}
    _refuse_removed(name for name, one in defaults.items() if one is None)
    for name, one in values.items():
        value = known[name].default if one is None else one.default
        if one is not None and name in found and not _same(known[name], found[name], value):
            raise EditError(
                f"{name} was edited in both cells: {shown(found[name])} in {_WORDS['parameters']}, "
                f"{shown(value)} in {_WORDS['injected']}",
                "Change it in one of them",
            )
        found.setdefault(name, value)
    return found


def _edited(archived: str | None, edited: str | None, where: str) -> dict[str, Parameter | None]:
    """Return the assignments that differ from the archived ones, None for one that is gone."""
    if edited is None or edited == archived:
        return {}
    before = {one.name: one for one in _read(archived, where)}
    after = {one.name: one for one in _read(edited, where)}
    _refuse_annotations(archived or "", edited)
    changed: dict[str, Parameter | None] = {
        name: one
        for name, one in after.items()
        if name not in before or not _same(before[name], before[name].default, one.default)
    }
    return changed | {name: None for name in before if name not in after}


def _read(source: str | None, where: str) -> tuple[Parameter, ...]:
    try:
        return parse_parameters(source or "")
    except CellError as error:
        message = error.message.removeprefix("parameters cell, ")
        raise EditError(f"{_WORDS[where]}, {message}", error.hint) from error


def _refuse_others(names: Iterable[str], known: Mapping[str, Parameter]) -> None:
    for name in sorted(names):
        if name in SUPPLIED:
            raise EditError(f"{name} is supplied by the platform and cannot be set")
        if name not in known:
            settable = ", ".join(one for one in known if one not in SUPPLIED) or "none"
            raise EditError(f"there is no parameter {name!r}", f"Parameters: {settable}")


def _refuse_removed(names: Iterator[str]) -> None:
    for name in names:
        raise EditError(
            f"{name} was taken out of {_WORDS['parameters']}",
            "A rerun gives parameters other values; it cannot take one away",
        )


def _refuse_annotations(archived: str, edited: str) -> None:
    before, after = _annotations(archived), _annotations(edited)
    for name in before:
        if name in after and before[name] != after[name]:
            raise EditError(
                f"the annotation of {name} was changed",
                "A rerun gives parameters other values; what they are is changed in the template",
            )


def _annotations(source: str) -> dict[str, str]:
    """Return the annotation of each assignment, empty where it has none."""
    found = {}
    for statement in parse(source).body:
        if isinstance(statement, ast.AnnAssign):
            found[ast.unparse(statement.target)] = ast.unparse(statement.annotation)
        elif isinstance(statement, ast.Assign):
            found[ast.unparse(statement.targets[0])] = ""
    return found


def _same(parameter: Parameter, one: JsonValue, other: JsonValue) -> bool:
    # As JSON: 1 and True are not the same.
    return len({json.dumps(widen(parameter.schema_, value)) for value in (one, other)}) == 1
