"""Environments as Jupyter knows them: a kernelspec and the interpreter that it starts."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from nbreduce.environments.errors import EnvironmentNotFound, EnvironmentUnusable

if TYPE_CHECKING:
    from jupyter_client.kernelspec import KernelSpecManager

_PYTHON_NAME = re.compile(r"(python|pypy)[0-9.]*t?d?(\.exe)?$")
_INSTALL = "PYTHON -m ipykernel install --user --name {name}"


@dataclass(frozen=True)
class KernelEnvironment:
    """One environment: what Jupyter starts, and with which settings.

    Attributes
    ----------
    name : Name of the kernelspec.
    display_name : How JupyterLab shows it.
    interpreter : Path of the Python that the kernel runs in; symbolic links are kept, because a
        virtual environment is recognised by the path of its link.
    argv : The kernelspec's whole command line, with its placeholders.
    variables : Environment variables that the kernelspec sets, with ``${NAME}`` filled in.
    """

    name: str
    display_name: str
    interpreter: Path
    argv: tuple[str, ...]
    variables: Mapping[str, str]

    @property
    def settings(self) -> dict[str, str]:
        """The variables that matter to its interpreter, as its command line lets them matter.

        Options such as ``-I``, ``-E`` and ``-s`` switch off variables and the user's site folder.
        """
        found = dict(self.variables)
        options = interpreter_options(self.argv)
        if options & {"I", "E"}:
            found = {key: value for key, value in found.items() if not key.startswith("PYTHON")}
        if options & {"I", "s"}:
            found["PYTHONNOUSERSITE"] = "1"
        return found


def find(kernelspec_name: str) -> KernelEnvironment:
    """Find the environment of a kernelspec.

    Raises
    ------
    EnvironmentNotFound
        No kernelspec has this name.
    EnvironmentUnusable
        Its command does not start a Python interpreter that exists.
    """
    manager = _manager()
    resources = manager.find_kernel_specs()
    if kernelspec_name.lower() not in resources:
        raise EnvironmentNotFound(_not_found(kernelspec_name, resources))
    return _load(manager, kernelspec_name.lower(), resources[kernelspec_name.lower()])


def available() -> list[KernelEnvironment]:
    """Every usable environment, sorted by name; :func:`survey` also gives the unusable ones."""
    return [item for item in survey().values() if isinstance(item, KernelEnvironment)]


def survey() -> dict[str, KernelEnvironment | EnvironmentUnusable]:
    """Every kernelspec by name: its environment, or why it is none."""
    manager = _manager()
    found: dict[str, KernelEnvironment | EnvironmentUnusable] = {}
    for name, folder in sorted(manager.find_kernel_specs().items()):
        try:
            found[name] = _load(manager, name, folder)
        except EnvironmentUnusable as problem:
            found[name] = problem
    return found


def _manager() -> KernelSpecManager:
    from jupyter_client.kernelspec import KernelSpecManager

    return KernelSpecManager()


def _load(manager: KernelSpecManager, name: str, folder: str) -> KernelEnvironment:
    try:
        spec = manager.get_kernel_spec(name)
    except Exception as error:
        # jupyter_client passes on whatever a broken kernel.json brings: JSON, traits, key errors.
        raise EnvironmentUnusable(
            f"the kernelspec {name!r} in {folder} cannot be read ({error!r}); repair its "
            f"kernel.json or write it anew with: {_INSTALL.format(name=name)}"
        ) from error
    variables = {
        str(key): Template(str(value)).safe_substitute(os.environ)
        for key, value in (spec.env or {}).items()
    }
    argv = tuple(str(word) for word in spec.argv)
    interpreter = _interpreter(name, folder, argv, variables)
    return KernelEnvironment(name, spec.display_name or name, interpreter, argv, variables)


def _interpreter(
    name: str, folder: str, argv: tuple[str, ...], variables: Mapping[str, str]
) -> Path:
    advice = f"write it anew with: {_INSTALL.format(name=name)}"
    if not argv:
        raise EnvironmentUnusable(f"the kernelspec {name!r} in {folder} has no command; {advice}")
    if not _PYTHON_NAME.fullmatch(Path(argv[0]).name):
        raise EnvironmentUnusable(
            f"the kernelspec {name!r} in {folder} starts {argv[0]!r}, which is not a Python "
            f"interpreter; reductions run in Python kernels only. If it is a wrapper of a Python, "
            f"let the kernelspec start that Python itself: {advice}"
        )
    if argv[0] in _own_names():
        return Path(sys.executable)
    path = variables.get("PATH", os.environ.get("PATH", os.defpath))
    located = shutil.which(argv[0], path=path)
    if located is None:
        raise EnvironmentUnusable(
            f"the kernelspec {name!r} in {folder} starts {argv[0]!r}, which does not exist or "
            f"cannot be executed; was its environment removed? Remove the kernelspec with "
            f"'jupyter kernelspec remove {name}' or {advice}"
        )
    return Path(os.path.abspath(located))  # noqa: PTH100 -- resolve() would follow a venv's link


def _own_names() -> set[str]:
    """Words that jupyter_client replaces by the running interpreter (``format_kernel_cmd``)."""
    major, minor = sys.version_info[:2]
    return {"python", f"python{major}", f"python{major}.{minor}"}


def interpreter_options(argv: tuple[str, ...]) -> set[str]:
    """Single-letter options before the module or script, as a set of letters."""
    letters: set[str] = set()
    for word in argv[1:]:
        if not word.startswith("-") or word.startswith("--") or word in {"-m", "-c"}:
            break
        letters.update(word[1:])
    return letters


def _not_found(name: str, resources: Mapping[str, str]) -> str:
    known = ", ".join(sorted(resources)) or "none at all"
    return (
        f"no environment is called {name!r}; there are: {known}. Add one from a Python that has "
        f"ipykernel with: {_INSTALL.format(name=name)}"
    )
