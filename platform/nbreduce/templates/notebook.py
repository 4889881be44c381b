"""One template notebook: read, checked, understood."""

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.model import Model
from nbreduce.domain.parameters import Parameter
from nbreduce.domain.template import TemplateMetadata
from nbreduce.templates.parameters import CellError, parse_parameters
from nbreduce.templates.problem import Problem
from nbreduce.templates.validity import validity_problems

MAX_BYTES = 20_000_000


class TemplateError(NbreduceError):
    """A template that cannot be used."""


class Notebook(Model):
    """What a template notebook says."""

    metadata: TemplateMetadata
    parameters: tuple[Parameter, ...]


def read_notebook(path: Path) -> dict[str, Any]:
    """Read a notebook file as JSON.

    Raises
    ------
    TemplateError
        It is no notebook, too large, or not of format 4.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise TemplateError(
                f"{path.name} is larger than {MAX_BYTES // 1_000_000} MB", "Strip its outputs"
            )
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise TemplateError(f"{path.name} is not a readable notebook ({error})") from error
    return check_form(content, path.name)


def check_form(content: Any, name: str) -> dict[str, Any]:
    """Return JSON that is a notebook of format 4, and raise `TemplateError` where it is none."""
    if (
        not isinstance(content, dict)
        or content.get("nbformat") != 4
        or type(content.get("nbformat_minor", 0)) is not int
        or not isinstance(content.get("cells"), list)
    ):
        raise TemplateError(f"{name} is not a notebook of format 4")
    return content


def understand(content: dict[str, Any], name: str) -> Notebook:
    """Read metadata and parameters of a template.

    Raises
    ------
    TemplateError
        Anything that keeps it from being used, all problems in one message.
    """
    found = examine(content)
    if isinstance(found, Notebook):
        return found
    raise TemplateError(f"template {name}: " + "; ".join(problem.words for problem in found))


def examine(content: dict[str, Any]) -> Notebook | tuple[Problem, ...]:
    """Read metadata and parameters of a template, or say all that keeps it from being used."""
    problems = list(validity_problems(content))
    if problems:
        return tuple(problems)
    metadata = _metadata(content, problems)
    parameters = _parameters(content, problems)
    if metadata is None or parameters is None or problems:
        return tuple(problems)
    return Notebook(metadata=metadata, parameters=parameters)


def _metadata(content: dict[str, Any], problems: list[Problem]) -> TemplateMetadata | None:
    metadata = content.get("metadata")
    own = metadata.get("nbreduce") if isinstance(metadata, dict) else None
    if own is None:
        hint = "Add it in the property inspector, under Advanced Tools"
        problems.append(
            Problem(message="no notebook metadata 'nbreduce' (at least a title)", hint=hint)
        )
        return None
    try:
        return TemplateMetadata.model_validate(own)
    except ValidationError as error:
        problems += [
            Problem(message=f"metadata nbreduce.{_where(item)}: {item['msg']}")
            for item in error.errors()
        ]
        return None


def _where(item: Any) -> str:
    return ".".join(str(part) for part in item["loc"])


def _parameters(content: dict[str, Any], problems: list[Problem]) -> tuple[Parameter, ...] | None:
    tagged = [index for index, cell in enumerate(content["cells"]) if has_tag(cell, "parameters")]
    if len(tagged) != 1:
        words = "no cell is" if not tagged else f"{len(tagged)} cells are"
        problems += _untagged(words, tagged)
        return None
    cell = content["cells"][tagged[0]]
    if cell.get("cell_type") != "code":
        problems.append(
            Problem(message="the cell tagged 'parameters' is not a code cell", cell=tagged[0])
        )
        return None
    try:
        return parse_parameters(source_of(cell))
    except CellError as error:
        problems.append(
            Problem(message=error.message, hint=error.hint, cell=tagged[0], line=error.line or None)
        )
        return None


def tagged_source(content: dict[str, Any], tag: str) -> str | None:
    """Return the source of the first cell with a tag, None where there is none."""
    cells = (cell for cell in content["cells"] if has_tag(cell, tag))
    return next((source_of(cell) for cell in cells), None)


def _untagged(words: str, tagged: list[int]) -> list[Problem]:
    message = f"{words} tagged 'parameters'; exactly one must be"
    hint = "Tag it in the property inspector, under Common Tools"
    places: list[int | None] = [*tagged] or [None]
    return [Problem(message=message, hint=hint, cell=index) for index in places]


def source_of(cell: dict[str, Any]) -> str:
    """Return a cell's source as one text, whichever of the two forms it has."""
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def has_tag(cell: Any, tag: str) -> bool:
    """Say whether something is a cell that has a tag."""
    metadata = cell.get("metadata") if isinstance(cell, dict) else None
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return isinstance(tags, list) and tag in tags
