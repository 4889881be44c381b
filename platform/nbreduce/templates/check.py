"""Everything that is wrong with a template, before a run meets it."""

import ast
from pathlib import Path
from typing import Any

from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.model import Model
from nbreduce.templates.library import (
    INSTRUMENT_FILE,
    TemplateLibrary,
    check_defaults,
    read_template,
)
from nbreduce.templates.notebook import Notebook, Problem, TemplateError, examine, read_notebook


class Checked(Model):
    """A template and what is wrong with it."""

    instrument: str
    template: str
    problems: tuple[Problem, ...]


def check_template(path: Path) -> Checked:
    """Check one template notebook, and what `instrument.toml` beside it says of it."""
    problems = tuple(_problems(path))
    return Checked(instrument=path.parent.name, template=path.stem, problems=problems)


def _problems(path: Path) -> list[Problem]:
    try:
        content = read_notebook(path)
    except TemplateError as error:
        return [Problem(message=str(error))]
    found = examine(content)
    problems = [] if isinstance(found, Notebook) else list(found)
    problems += _style(content)
    return problems or _beside(path)


def _beside(path: Path) -> list[Problem]:
    """Check what stands beside a template that is sound in itself."""
    library = TemplateLibrary(path.parent.parent)
    try:
        template = read_template(path)
        if not (path.parent / INSTRUMENT_FILE).is_file():
            return [Problem(message=f"there is no {INSTRUMENT_FILE} beside it")]
        words = check_defaults(library.instrument(path.parent.name), [template])
    except NbreduceError as error:
        return [Problem(message=str(error))]
    about_others = " has no template "
    return [
        Problem(message=f"{INSTRUMENT_FILE}: {word}") for word in words if about_others not in word
    ]


def _style(content: dict[str, Any]) -> list[Problem]:
    problems = []
    if (content.get("nbformat"), content.get("nbformat_minor", 0)) < (4, 5):
        problems.append(
            Problem(
                message="the notebook format is older than 4.5; save it in a current JupyterLab"
            )
        )
    for index, cell in enumerate(content["cells"]):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        if cell.get("outputs") or cell.get("execution_count"):
            problems.append(Problem(message="outputs are not stripped", cell=index))
        problems += _syntax(cell, index)
    return problems


def _syntax(cell: dict[str, Any], index: int) -> list[Problem]:
    source = cell.get("source", "")
    text = "".join(source) if isinstance(source, list) else str(source)
    lines = [("pass" if line.lstrip()[:1] in {"%", "!"} else line) for line in text.splitlines()]
    if text.startswith("%%"):
        return []
    try:
        ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError) as error:
        where = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
        return [Problem(message=f"not Python{where}: {getattr(error, 'msg', error)}", cell=index)]
    return []
