"""Copies of executed notebooks, to work on."""

import json
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

import nbreduce_kernel
from nbreduce.archive.files import remove_tree
from nbreduce.archive.layout import LOG_FILE, MANIFEST_FILE, OUTPUTS
from nbreduce.archive.records import METADATA_KEY
from nbreduce.comparison.gather import NotebookUnreadable, executed_notebook
from nbreduce.domain.errors import Conflict, NotFound, Unavailable
from nbreduce.domain.model import Model, now
from nbreduce.domain.reduction import Reduction, Run
from nbreduce.domain.states import ENDED
from nbreduce.workspace import Workspace

FOLDER = "copies"
ORIGIN_KEY = "nbreduce_copy_of"
MAX_BYTES = 1_000_000_000


class Copied(Model):
    """A copy: its notebook, and which files were too large to come along."""

    notebook: Path
    left_out: tuple[str, ...]


def copy_reduction(
    workspace: Workspace, run: Run, reduction: Reduction, max_bytes: int = MAX_BYTES
) -> Copied:
    """Copy an executed notebook, with what its cells need, into a writable folder of its own.

    Beside the notebook are the step modules, the files that the reduction wrote, and the modules that notebooks use of
    nbreduce, so that any kernel of the environment can run all its cells. Nothing is linked: who works on the copy
    changes nothing in the archive.

    Parameters
    ----------
    max_bytes:
        How much is copied beside the notebook; what is larger is left out, the largest first.

    Raises
    ------
    Conflict
        The reduction has not ended yet.
    NotFound
        Its notebook is not in the archive.
    Unavailable
        The copy cannot be written.
    """
    source = workspace.archive.layout.notebook(run, reduction)
    if reduction.state not in ENDED:
        raise Conflict(f"{reduction.name} is {reduction.state}", "Copy it when it has ended")
    if not source.is_file():
        raise NotFound(
            f"the notebook of {reduction.name} is not in the archive", "Rerun it to make another"
        )
    try:
        folder, suffix = _free_folder(workspace.path / FOLDER, reduction.name)
        try:
            (folder / OUTPUTS).mkdir()
            about = {source, source.with_name(MANIFEST_FILE), source.with_name(LOG_FILE)}
            found = [*_kernel_modules(), *files_in(source.parent, about)]
            left_out = copy_files(found, folder, max_bytes)
            notebook = folder / f"{reduction.name}-copy{suffix}.ipynb"
            notebook.write_text(_as_copy(source, reduction.name), encoding="utf-8")
        except BaseException:
            remove_tree(folder)
            raise
    except OSError as error:
        raise Unavailable(
            f"no copy of {reduction.name} can be made in {workspace.path / FOLDER} ({error.strerror or error})",
            "Free space or mend its permissions",
        ) from error
    return Copied(notebook=notebook, left_out=left_out)


def _free_folder(parent: Path, name: str) -> tuple[Path, str]:
    """Make the first folder of a name that is free; return it with what was added to the name."""
    parent.mkdir(exist_ok=True)
    number = 1
    while True:
        suffix = "" if number == 1 else f"-{number}"
        folder = parent / f"{name}{suffix}"
        try:
            folder.mkdir()
        except FileExistsError:
            number += 1
            continue
        return folder, suffix


def copy_files(found: Iterable[tuple[Path, Path]], folder: Path, room: float) -> tuple[str, ...]:
    """Copy files so that they can be changed, as far as there is room; return which were left out.

    Parameters
    ----------
    found:
        The name of each in the folder, and where it is; what comes first is copied first.
    room:
        Bytes that all may have together.
    """
    left_out = []
    for name, path in found:
        size = path.stat().st_size
        if size > room:
            left_out.append(name.as_posix())
            continue
        room -= size
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        # Content alone: in the archive it is read-only.
        shutil.copyfile(path, folder / name)
    return tuple(left_out)


def files_in(source: Path, about: Collection[Path]) -> list[tuple[Path, Path]]:
    """Return the files in a folder with their names, but for those in `about` and links: the smallest first."""
    found = [
        (path.relative_to(source), path)
        for path in source.rglob("*")
        if path.is_file() and not path.is_symlink() and path not in about
    ]
    return sorted(found, key=lambda one: one[1].stat().st_size)


def _kernel_modules() -> list[tuple[Path, Path]]:
    package = Path(nbreduce_kernel.__file__).parent
    return [(path.relative_to(package.parent), path) for path in sorted(package.rglob("*.py"))]


def _as_copy(source: Path, name: str) -> str:
    """Return the notebook, its outputs kept, as one that is no record."""
    content = executed_notebook(source)
    metadata = content.setdefault("metadata", {})
    if not isinstance(metadata, dict):
        raise NotebookUnreadable(f"{source.name} is no notebook")
    metadata.pop(METADATA_KEY, None)
    metadata[ORIGIN_KEY] = {"name": name, "copied": now().isoformat(timespec="seconds")}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
