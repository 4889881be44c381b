"""What a reduction was made of, and whether that is still as it was."""

from pathlib import Path
from typing import Literal

from pydantic import JsonValue

from nbreduce.archive.files import sha256_of
from nbreduce.domain.model import Model
from nbreduce.domain.parameters import Parameter, Source
from nbreduce.domain.reduction import Input, Reduction, Run
from nbreduce.templates.notebook import Notebook, TemplateError, read_notebook, understand
from nbreduce.templates.publications import Publication, publications
from nbreduce.workspace import Workspace


class UsedValue(Model):
    """A parameter's value, where it came from, and what the template said of it then."""

    name: str
    value: JsonValue
    source: Source
    unit: str
    help: str


class InputCheck(Model):
    """An input file as it is now: the same, changed, gone, or unreadable for a `reason`."""

    path: str
    state: Literal["same", "changed", "gone", "unreadable"]
    reason: str = ""


def template_then(workspace: Workspace, reduction: Reduction) -> Notebook | None:
    """Return what a reduction's template said when it was planned, None where that was not kept or cannot be read."""
    folder = workspace.archive.layout.templates / reduction.template_sha256
    try:
        content = read_notebook(folder / f"{reduction.template}.ipynb")
        return understand(content, reduction.template)
    except TemplateError:
        return None


def published_as(workspace: Workspace, run: Run, reduction: Reduction) -> Publication | None:
    """Return the published version that a reduction's template is, None where it is none.

    Of several with the same content, the newest of when the reduction was queued; else the first that came after it.

    Raises
    ------
    PublicationError
        A record of a published version is damaged.
    """
    newest_first = publications(workspace.archive, run.instrument, reduction.template)
    same = [one for one in newest_first if one.sha256 == reduction.template_sha256]
    before = [one for one in same if one.time <= reduction.queued]
    return next(iter(before or same[::-1]), None)


def used_values(reduction: Reduction, template: Notebook | None) -> tuple[UsedValue, ...]:
    """Return the values in the order of the parameters cell, with units."""
    known = {one.name: one for one in template.parameters} if template else {}
    names = [*(name for name in known if name in reduction.parameters)]
    names += [name for name in reduction.parameters if name not in known]
    return tuple(_used(name, reduction, known.get(name)) for name in names)


def _used(name: str, reduction: Reduction, parameter: Parameter | None) -> UsedValue:
    used = reduction.parameters[name]
    return UsedValue(
        name=name,
        value=used.value,
        source=used.source,
        unit=parameter.unit if parameter else "",
        help=parameter.help if parameter else "",
    )


def check_inputs(reduction: Reduction) -> tuple[InputCheck, ...]:
    """Compare a reduction's input files with what they were; each is read to its end."""
    return tuple(_check(one) for one in reduction.inputs)


def _check(then: Input) -> InputCheck:
    path = Path(then.path)
    try:
        size = path.stat().st_size
        same = size == then.size and sha256_of(path) == then.sha256
    except (FileNotFoundError, NotADirectoryError):
        return InputCheck(path=then.path, state="gone")
    except OSError as error:
        return InputCheck(path=then.path, state="unreadable", reason=error.strerror or str(error))
    reason = "" if same else _change(then.size, size)
    return InputCheck(path=then.path, state="same" if same else "changed", reason=reason)


def _change(before: int, after: int) -> str:
    return "same size, other content" if before == after else f"{before} B then, {after} B now"


def lists_conda_packages(manifest: Path) -> bool:
    """Say whether conda could install what a lock file of ours lists; one of Python packages alone it could not."""
    with manifest.open(encoding="utf-8") as lines:
        return any(line.strip() == "manager: conda" for line in lines)
