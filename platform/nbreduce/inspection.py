"""Whether a workspace is in order: each thing that it names is looked at, and what is wrong is told with its remedy."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from nbreduce.attendance import holder
from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.model import Model
from nbreduce.workspace import Workspace

_LOW_SPACE = 1_000_000_000


class Finding(Model):
    """One thing that was looked at: how it is and, where it is not good, what to do."""

    what: str
    good: bool
    words: str
    remedy: str = ""

    @property
    def sentence(self) -> str:
        """All of it in words."""
        words = f"{self.what}: {self.words.rstrip('.')}."
        return f"{words} {self.remedy.rstrip('.')}." if self.remedy else words


def inspect(workspace: Workspace, write: bool) -> Iterator[Finding]:
    """Look at what a workspace names, one thing after the other.

    Parameters
    ----------
    write:
        Try to write where the service must be able to; else look whether it can be read, as for someone who only reads.
    """
    for name, entry in sorted(workspace.config.environments.items()):
        yield kernel_finding(entry.kernelspec, f"environment {name}")
    yield _tried("archive", lambda: _archive(workspace, write))
    yield _tried("catalogue", lambda: _catalogue(workspace))
    yield _tried("templates", lambda: _templates(workspace))
    yield _tried("triggers", lambda: _triggers(workspace))
    yield _service(workspace)


def kernel_finding(name: str, label: str = "kernel") -> Finding:
    """Look whether a kernelspec's kernel can be started."""
    from nbreduce.environments import EnvironmentProblem, find

    try:
        environment = find(name)
    except EnvironmentProblem as error:
        return Finding(what=label, good=False, words=error.message, remedy=error.hint)
    return Finding(what=label, good=True, words=f"{name} runs {environment.interpreter}")


def free_space(folder: Path) -> int | None:
    """Return the free space of a folder's disk in bytes, None where the folder cannot be looked at."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def _tried(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what=what, good=True, words=look())
    except NbreduceError as error:
        return Finding(what=what, good=False, words=error.message, remedy=error.hint)
    except OSError as error:
        return Finding(
            what=what,
            good=False,
            words=f"{error.filename} cannot be used ({error.strerror})",
            remedy="Mount it, or let this user read it",
        )


def _archive(workspace: Workspace, write: bool) -> str:
    root = workspace.archive.root
    if write:
        workspace.archive.probe()
    elif not os.access(root, os.R_OK | os.X_OK):
        raise NbreduceError(
            f"{root} is not there, or this user may not read it",
            "Mount it, or mend [archive] path in nbreduce.toml; the service makes it where it may",
        )
    return f"{root} can be {'written' if write else 'read'}, {_room(root)}"


def _catalogue(workspace: Workspace) -> str:
    from nbreduce.catalogue.reductions import count_states

    with workspace.catalogue.read() as session:
        counts = count_states(session)
    words = ", ".join(f"{count} {state}" for state, count in counts.items()) or "no reductions yet"
    file = workspace.catalogue.file
    room = f"; {_room(file.parent)}" if file is not None else ""
    return f"{workspace.catalogue.shown_url}: {words}{room}"


def _room(folder: Path) -> str:
    """Say how much space is left, or raise where it is little."""
    free = free_space(folder)
    if free is None:
        return "its free space is not known"
    if free < _LOW_SPACE:
        raise NbreduceError(f"only {free / 1e6:.0f} MB are free at {folder}", "Free space")
    return f"{free / 1e9:.0f} GB free"


def _templates(workspace: Workspace) -> str:
    from nbreduce.templates.check import check_template

    library = workspace.library
    paths = [
        library.folder / key / f"{name}.ipynb"
        for key in library.instruments()
        for name in library.names(key)
    ]
    broken = [
        f"{one.instrument}/{one.template}" for one in map(check_template, paths) if one.errors
    ]
    if broken:
        raise NbreduceError(f"not in order: {', '.join(broken)}", "See 'nbreduce template check'")
    return f"{len(paths)} for {', '.join(library.instruments()) or 'no instrument'}, all in order"


def _triggers(workspace: Workspace) -> str:
    from nbreduce.triggers.configured import build_triggers

    built = build_triggers(workspace.config.triggers, workspace.path, workspace.library)
    folders = dict.fromkeys(folder for settings, _ in built for folder in settings.folders)
    missing = [str(folder) for folder in folders if not folder.is_dir()]
    if missing:
        raise NbreduceError(
            f"no folder {', '.join(missing)}", "It is waited for; mount it, or mend [[triggers]]"
        )
    return (
        ", ".join(f"{settings.kind} {settings.instrument}" for settings, _ in built)
        or "none (nbreduce submit only)"
    )


def _service(workspace: Workspace) -> Finding:
    found = holder(workspace)
    words = (
        "not running"
        if found is None
        else f"process {found.pid} since {found.since.astimezone():%Y-%m-%d %H:%M}"
    )
    return Finding(
        what="service",
        good=True,
        words=words,
        remedy="" if found else "Start it with: nbreduce up",
    )
