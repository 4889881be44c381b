"""Bring together what was captured and what the index tells."""

from __future__ import annotations

from dataclasses import replace

from nbreduce.environments.index import IndexAnswer, ask
from nbreduce.environments.kernelspecs import KernelEnvironment
from nbreduce.environments.snapshot import Package, Snapshot

_NEVER = "its version is not one that an index can hold"


def with_hashes(
    snapshot: Snapshot, environment: KernelEnvironment, timeout: float
) -> tuple[Snapshot, tuple[str, ...]]:
    """Fill in the hashes that a snapshot misses and an index may know.

    Parameters
    ----------
    snapshot : What was captured.
    environment : Whose interpreter decides which artefacts fit.
    timeout : Seconds for all questions to the index.

    Returns
    -------
    The new snapshot, and warnings about the index as a whole.
    """
    asked = [package for package in snapshot.packages if _may_be_known(package)]
    answer = ask(asked, environment, timeout)
    packages = tuple(merged(package, answer) for package in snapshot.packages)
    return replace(snapshot, packages=packages), (answer.warning,) if answer.warning else ()


def _may_be_known(package: Package) -> bool:
    return package.origin == "index" and bool(package.missing) and package.missing != _NEVER


def merged(package: Package, answer: IndexAnswer) -> Package:
    """Put what the index told of a package into it (pure)."""
    if package.origin != "index":
        return package
    artefact = answer.found.get(package.name)
    if artefact is not None:
        return replace(package, url=artefact.url, sha256=artefact.sha256, missing="")
    return replace(package, missing=answer.missing.get(package.name, package.missing))
