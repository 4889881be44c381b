"""What `nbreduce doctor` looks at."""

import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from nbreduce.config import load_config
from nbreduce.domain.errors import NbreduceError
from nbreduce.inspection import Finding, inspect, kernel_finding
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


def diagnose(workspace: Path | None) -> list[Finding]:
    """Look at the installation, and at a workspace where one is given."""
    findings = [_python(), _packages(), _engine(), _extension(), kernel_finding("python3")]
    return findings + (list(_workspace(workspace)) if workspace else [])


def _workspace(folder: Path) -> Iterator[Finding]:
    try:
        config = load_config(folder)
    except NbreduceError as error:
        yield Finding(what="workspace", good=False, words=error.message, remedy=error.hint)
        return
    yield Finding(what="workspace", good=True, words=str(folder))
    yield from inspect(Workspace(config), write=True)


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
