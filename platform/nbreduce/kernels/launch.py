"""How a reduction's kernel is started, in a worker or in a Jupyter server."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nbreduce.environments.interpreter import clean_variables
from nbreduce.environments.kernelspecs import interpreter_options
from nbreduce_kernel import _lifeline

_NOT_THEIRS = ("NBREDUCE_", "JPY_")
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def reduction_variables(cores: int, modules: Path) -> dict[str, str]:
    """Return what a reduction's kernel finds in its environment.

    Parameters
    ----------
    modules:
        Folder that holds `nbreduce_kernel`.
    """
    return {**dict.fromkeys(_THREAD_VARIABLES, str(cores)), "PYTHONPATH": str(modules)}


def whole_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the whole environment of a kernel.

    What would bring other modules into the kernel than its own environment's, the platform's own settings, and what
    Jupyter told a kernel in which the platform was started, stay out of it.
    """
    found = clean_variables(variables)
    return {name: value for name, value in found.items() if not name.startswith(_NOT_THEIRS)}


def join_paths(spec: Any, variables: Mapping[str, str]) -> None:
    """Let a kernelspec that sets PYTHONPATH keep ours too: the kernelspec's variables win."""
    ours, theirs = variables.get("PYTHONPATH"), spec.env.get("PYTHONPATH")
    if ours and theirs and ours not in theirs.split(os.pathsep):
        spec.env["PYTHONPATH"] = os.pathsep.join([ours, theirs])


def can_be_held(command: Sequence[str]) -> bool:
    """Say whether a kernel can watch its own lease: ipykernel, with our modules on its path."""
    isolated = interpreter_options(tuple(command)) & {"I", "E"}
    return any("ipykernel" in word for word in command) and not isolated


def held_arguments() -> list[str]:
    """Return what makes a kernel watch its lease, on its command line."""
    return [f"--ext={_lifeline.__name__}"]


def held_variables(lease: Path) -> dict[str, str]:
    """Return what tells a kernel its lease."""
    return {_lifeline.VARIABLE: str(lease)}
