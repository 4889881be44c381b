"""What a workspace's archive tells of reductions that are compared. Its files may be damaged."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbreduce.archive.files import sha256_of
from nbreduce.archive.layout import MANIFEST_FILE
from nbreduce.comparison.declared import read_declared
from nbreduce.comparison.side import Side
from nbreduce.comparison.source import Source
from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.states import ENDED
from nbreduce.templates.notebook import has_tag, source_of

if TYPE_CHECKING:
    from nbreduce.environments.snapshot import Snapshot

MAX_NOTEBOOK_BYTES = 200_000_000
_DIGEST = re.compile(r"[0-9a-f]{64}")


class NotebookUnreadable(NbreduceError):
    """An executed notebook that is not there, or damaged."""

    exit_code = 1


def gather(source: Source) -> Side:
    """Return a reduction with what its folder tells; what cannot be read is noted."""
    reduction = source.reduction
    side = Side(
        run=source.run,
        reduction=reduction,
        asked=source.name,
        folder=source.notebook.parent,
        is_trial=source.is_trial,
    )
    if reduction.state not in ENDED:
        notes = (f"it is {reduction.state}; what it makes is compared when it has ended",)
        return replace(side, notes=notes)
    side = replace(side, files=_template_files(source))
    try:
        notebook = executed_notebook(source.notebook)
    except NotebookUnreadable as error:
        return replace(side, notes=(str(error),))
    declared = read_declared(notebook)
    none = () if declared.charts or declared.notes else ("it has no plots",)
    notes = (*declared.notes, *none)
    return replace(side, units=_units(notebook), declared=declared, notes=notes)


def executed_notebook(path: Path) -> dict[str, Any]:
    """Read an executed notebook.

    Raises
    ------
    NotebookUnreadable
        It is not there, too large, or no notebook.
    """
    try:
        if path.stat().st_size > MAX_NOTEBOOK_BYTES:
            raise NotebookUnreadable(
                f"{path.name} is larger than {MAX_NOTEBOOK_BYTES // 1_000_000} MB"
            )
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise _unreadable(path, error.strerror or "input/output error") from error
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, f"damaged: {error}") from error
    if not isinstance(content, dict):
        raise NotebookUnreadable(f"{path.name} is no notebook")
    return content


def _unreadable(path: Path, why: str) -> NotebookUnreadable:
    return NotebookUnreadable(
        f"the notebook {path.name} cannot be read ({why})",
        "Look at the reduction's folder in the archive, or rerun it",
    )


def _units(notebook: dict[str, Any]) -> dict[str, str]:
    """Return the units of parameters by name; none where the cell cannot be read."""
    from nbreduce.templates.parameters import CellError, parse_parameters

    found = notebook.get("cells")
    for cell in found if isinstance(found, list) else ():
        if isinstance(cell, dict) and has_tag(cell, "parameters"):
            try:
                return {one.name: one.unit for one in parse_parameters(source_of(cell))}
            except CellError:
                return {}
    return {}


def _template_files(source: Source) -> dict[str, str]:
    """Return digests of the kept template's files by name; none where it is not kept."""
    digest = source.reduction.template_sha256
    if not _DIGEST.fullmatch(digest):
        return {}
    folder = source.templates / digest
    try:
        return {path.name: sha256_of(path) for path in sorted(folder.iterdir()) if path.is_file()}
    except OSError:
        return {}


def with_environments(sides: list[Side]) -> list[Side]:
    """Read the manifests, unless all are one."""
    manifests = {side.reduction.manifest and side.reduction.manifest.sha256 for side in sides}
    if len(manifests) == 1:
        return sides
    read = []
    for side in sides:
        environment, notes = _environment(side)
        read.append(replace(side, environment=environment, notes=(*side.notes, *notes)))
    return read


def _environment(side: Side) -> tuple[Snapshot | None, tuple[str, ...]]:
    from nbreduce.environments.errors import ManifestUnreadable
    from nbreduce.environments.manifest import read

    if side.reduction.manifest is None or side.folder is None:
        ended = side.reduction.state in ENDED
        return None, ("no manifest says what its environment was",) if ended else ()
    try:
        return read(side.folder / MANIFEST_FILE), ()
    except ManifestUnreadable as error:
        return None, (str(error),)
