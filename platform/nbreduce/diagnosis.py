"""What `nbreduce doctor` looks at."""

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from nbreduce.config import load_config
from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.model import Model
from nbreduce.workspace import Workspace

_PACKAGES = (
    "papermill",
    "nbclient",
    "jupyterlab",
    "distributed",
    "bokeh",
    "ipywidgets",
    "scipp",
    "scippneutron",
)
_LOW_SPACE = 1_000_000_000


class Finding(Model):
    """One thing that was looked at."""

    what: str
    good: bool
    words: str
    remedy: str = ""


def diagnose(workspace: Path | None) -> list[Finding]:
    """Look at the installation, and at a workspace where one is given."""
    findings = [_python(), _packages(), _engine(), _extension(), _kernel("python3")]
    return findings + (list(_workspace(workspace)) if workspace else [])


def _python() -> Finding:
    return Finding(
        what="Python", good=True, words=f"{platform.python_version()} at {sys.executable}"
    )


def _packages() -> Finding:
    found: list[str] = []
    missing: list[str] = []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding(
            what="packages",
            good=False,
            words=f"missing: {', '.join(missing)}",
            remedy="Install nbreduce with its dependencies: pip install nbreduce",
        )
    return Finding(what="packages", good=True, words=", ".join(found))


def _engine() -> Finding:
    from importlib.metadata import entry_points

    engines = {point.name for point in entry_points(group="papermill.engine")}
    good = "nbreduce" in engines
    remedy = "" if good else "nbreduce is not installed in this environment: pip install ."
    return Finding(
        what="papermill engine",
        good=good,
        words="registered" if good else "not registered",
        remedy=remedy,
    )


def _extension() -> Finding:
    from jupyter_core.paths import jupyter_path

    folders = [Path(path) / "labextensions" for path in jupyter_path()]
    found = [folder for folder in folders for _ in folder.glob("**/nbreduce*/package.json")]
    found += [folder for folder in folders for _ in folder.glob("@nbreduce/*/package.json")]
    if not found:
        remedy = "Plots will not show in JupyterLab; install nbreduce again: pip install --force-reinstall --no-deps ."
        return Finding(
            what="JupyterLab extension", good=False, words="not installed", remedy=remedy
        )
    return Finding(what="JupyterLab extension", good=True, words=f"in {found[0]}")


def _kernel(name: str, label: str = "kernel") -> Finding:
    from nbreduce.environments import EnvironmentProblem, find

    try:
        environment = find(name)
    except EnvironmentProblem as error:
        return Finding(what=label, good=False, words=error.message, remedy=error.hint)
    return Finding(what=label, good=True, words=f"{name} runs {environment.interpreter}")


def _workspace(folder: Path) -> Iterator[Finding]:
    try:
        config = load_config(folder)
    except NbreduceError as error:
        yield Finding(what="workspace", good=False, words=error.message, remedy=error.hint)
        return
    opened = Workspace(config)
    yield Finding(what="workspace", good=True, words=str(folder))
    for name, entry in config.environments.items():
        yield _kernel(entry.kernelspec, f"environment {name}")
    yield _tried("archive", lambda: _archive(opened))
    yield _tried("catalogue", lambda: _catalogue(opened))
    yield _tried("templates", lambda: _templates(opened))
    yield _tried("triggers", lambda: _triggers(opened))
    yield _service(opened)


def _tried(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what=what, good=True, words=look())
    except NbreduceError as error:
        return Finding(what=what, good=False, words=error.message, remedy=error.hint)


def _archive(workspace: Workspace) -> str:
    workspace.archive.probe()
    free = shutil.disk_usage(workspace.archive.root).free
    if free < _LOW_SPACE:
        raise NbreduceError(
            f"only {free / 1e6:.0f} MB are free at {workspace.archive.root}", "Free space"
        )
    return f"{workspace.archive.root} can be written, {free / 1e9:.0f} GB free"


def _catalogue(workspace: Workspace) -> str:
    from nbreduce.catalogue.reductions import count_states

    with workspace.catalogue.read() as session:
        counts = count_states(session)
    words = ", ".join(f"{count} {state}" for state, count in counts.items()) or "no reductions yet"
    return f"{workspace.catalogue.shown_url}: {words}"


def _templates(workspace: Workspace) -> str:
    from nbreduce.templates.check import check_template

    library = workspace.library
    paths = [
        library.folder / key / f"{name}.ipynb"
        for key in library.instruments()
        for name in library.names(key)
    ]
    broken = [
        f"{one.instrument}/{one.template}" for one in map(check_template, paths) if one.problems
    ]
    if broken:
        raise NbreduceError(f"not in order: {', '.join(broken)}", "See 'nbreduce template check'")
    return f"{len(paths)} for {', '.join(library.instruments()) or 'no instrument'}, all in order"


def _triggers(workspace: Workspace) -> str:
    from nbreduce.triggers.configured import build_triggers

    built = build_triggers(workspace.config.triggers, workspace.path, workspace.library)
    missing = [
        folder for settings, _ in built for folder in settings.folders if not folder.is_dir()
    ]
    if missing:
        raise NbreduceError(
            f"no folder {missing[0]}", "It is waited for; mount it, or mend [[triggers]]"
        )
    return (
        ", ".join(f"{settings.kind} {settings.instrument}" for settings, _ in built)
        or "none (nbreduce submit only)"
    )


def _service(workspace: Workspace) -> Finding:
    from nbreduce.presence import holder_of

    holder = holder_of(workspace.config.logs_path / "service.lock")
    words = (
        "not running"
        if holder is None
        else f"process {holder.pid} since {holder.since.astimezone():%Y-%m-%d %H:%M}"
    )
    return Finding(
        what="service",
        good=True,
        words=words,
        remedy="" if holder else "Start it with: nbreduce up",
    )
