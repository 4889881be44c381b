"""Everything that is wrong with a template, before a run meets it. Nothing of it is executed."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import Field, JsonValue

from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.model import Model
from nbreduce.domain.template import Template
from nbreduce.templates.library import (
    INSTRUMENT_FILE,
    TemplateLibrary,
    check_defaults,
    draft_template,
)
from nbreduce.templates.mantid import wrong_calls
from nbreduce.templates.names import undefined_names
from nbreduce.templates.notebook import (
    Notebook,
    TemplateError,
    check_form,
    examine,
    read_notebook,
    source_of,
)
from nbreduce.templates.problem import Problem, Severity
from nbreduce.templates.source import MAX_SOURCE, Part, parts_of
from nbreduce.templates.validity import validity_problems
from nbreduce.templates.writes import undeclared_writes


class Checked(Model):
    """A template and what is wrong with it: first what is about the whole, then cell by cell.

    Attributes
    ----------
    json_schema:
        Of a request's values; None where the template cannot be used.
    """

    instrument: str
    template: str
    problems: tuple[Problem, ...]
    json_schema: dict[str, JsonValue] | None = Field(default=None, exclude=True)

    @property
    def errors(self) -> int:
        """How many of the problems are errors."""
        return sum(problem.severity is Severity.ERROR for problem in self.problems)

    @property
    def verdict(self) -> str:
        """The whole in a few words."""
        warnings = len(self.problems) - self.errors
        counts = [_count(self.errors, "error"), _count(warnings, "warning")]
        return ", ".join(filter(None, counts)) or "good"


def check_template(path: Path, content: Any = None) -> Checked:
    """Check one template notebook, and what `instrument.toml` beside it says of it.

    Parameters
    ----------
    content:
        The notebook as JSON, where it is to be checked before it is saved; else it is read from its file.
    """
    problems, template = _examined(path, content)
    return Checked(
        instrument=path.parent.name,
        template=path.stem,
        problems=tuple(sorted(problems, key=_place)),
        json_schema=None if template is None else template.json_schema(),
    )


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}" if number else ""


def _place(problem: Problem) -> tuple[int, int]:
    return (-1 if problem.cell is None else problem.cell, problem.line or 0)


def _examined(path: Path, content: Any) -> tuple[list[Problem], Template | None]:
    try:
        content = read_notebook(path) if content is None else check_form(content, path.name)
    except TemplateError as error:
        return [_told(error)], None
    if invalid := list(validity_problems(content)):
        return invalid, None
    found = examine(content)
    problems = _style(content) + _code(content["cells"])
    if not isinstance(found, Notebook):
        return [*found, *problems], None
    try:
        template = draft_template(path, found)
    except NbreduceError as error:
        return [*problems, _told(error)], None
    return problems + _beside(template), template


def _told(error: NbreduceError) -> Problem:
    return Problem(message=error.message, hint=error.hint)


def _beside(template: Template) -> list[Problem]:
    """Check what `instrument.toml` says of a template that is sound in itself."""
    folder = template.path.parent
    if not (folder / INSTRUMENT_FILE).is_file():
        hint = 'Make one with at least: name = "…"'
        return [Problem(message=f"there is no {INSTRUMENT_FILE} beside it", hint=hint)]
    try:
        instrument = TemplateLibrary(folder.parent).instrument(folder.name)
    except NbreduceError as error:
        return [_told(error)]
    about_others = " has no template "
    return [
        Problem(message=f"{INSTRUMENT_FILE}: {word}")
        for word in check_defaults(instrument, [template])
        if about_others not in word
    ]


def _style(content: dict[str, Any]) -> list[Problem]:
    problems = []
    if (content.get("nbformat"), content.get("nbformat_minor", 0)) < (4, 5):
        old = "the notebook format is older than 4.5"
        problems.append(Problem(message=old, hint="Save it in a current JupyterLab"))
    for index, cell in enumerate(content["cells"]):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        if cell.get("outputs") or cell.get("execution_count"):
            hint = "Clear the outputs of all cells (menu Edit) and save"
            problems.append(Problem(message="outputs are not stripped", hint=hint, cell=index))
    return problems


def _code(cells: list[Any]) -> list[Problem]:
    """Check the code as a whole, as far as it is Python."""
    size = sum(len(source_of(cell)) for cell in cells if isinstance(cell, dict))
    if size > MAX_SOURCE:
        hint = "Put functions into a module beside the notebook"
        return [Problem(message=f"the cells hold {size / 1e6:.1f} MB of text", hint=hint)]
    parts = parts_of(cells)
    analyses = (undefined_names, undeclared_writes, wrong_calls)
    return _syntax(parts) + [problem for look in analyses for problem in look(parts)]


def _syntax(parts: Iterable[Part]) -> list[Problem]:
    return [
        Problem(message=f"not Python: {one.trouble}", cell=one.index, line=one.trouble.line or None)
        for one in parts
        if one.trouble is not None
    ]
