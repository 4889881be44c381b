"""What ``nbreduce environment`` does: list, lock and verify."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nbreduce.environments.errors import EnvironmentProblem, EnvironmentUnusable
from nbreduce.environments.kernelspecs import KernelEnvironment, survey
from nbreduce.environments.references import ManifestRef
from nbreduce.environments.snapshot import Package, Snapshot
from nbreduce.environments.store import ManifestStore


@dataclass(frozen=True)
class EnvironmentDescription:
    """One line of ``nbreduce environment list``.

    Attributes
    ----------
    name, display_name : Of the kernelspec.
    interpreter : Path of its Python; empty if there is none.
    manifest : sha256 of the stored manifest of its present state; empty if there is none yet.
    package_count : Packages in that manifest, or None.
    hashes_missing : How many of them have no hash, or None.
    problem : Why it cannot be used; empty if it can.
    """

    name: str
    display_name: str
    interpreter: str = ""
    manifest: str = ""
    package_count: int | None = None
    hashes_missing: int | None = None
    problem: str = ""


@dataclass(frozen=True)
class Difference:
    """One way in which an environment does not match a manifest.

    Attributes
    ----------
    kind : Seen from the manifest: a package was added, removed or changed since.
    subject : ``pip NAME`` or ``conda NAME``, or ``python``, ``platform``, ``libc``.
    before, after : What the manifest says, and what is there now; empty for nothing.
    """

    kind: Literal["added", "removed", "changed"]
    subject: str
    before: str
    after: str


def list_environments(store: ManifestStore) -> list[EnvironmentDescription]:
    """Describe every kernelspec, those that cannot be used included."""
    described = []
    for name, item in survey().items():
        if isinstance(item, EnvironmentUnusable):
            described.append(EnvironmentDescription(name, name, problem=str(item)))
        else:
            described.append(describe(item, store))
    return described


def describe(environment: KernelEnvironment, store: ManifestStore) -> EnvironmentDescription:
    """Describe one environment, without capturing anything."""
    name, shown = environment.name, environment.display_name
    interpreter = str(environment.interpreter)
    try:
        ref = store.stored(environment)
    except EnvironmentProblem as problem:
        return EnvironmentDescription(name, shown, interpreter, problem=str(problem))
    if ref is None:
        return EnvironmentDescription(name, shown, interpreter)
    return EnvironmentDescription(
        name, shown, interpreter, ref.sha256, ref.package_count, len(ref.hashes_missing)
    )


def lock(store: ManifestStore, environment: KernelEnvironment, *, timeout: float) -> ManifestRef:
    """Give the manifest of an environment, with as many hashes as the index can tell now."""
    ref = store.ensure(environment, ask_index=True, timeout=timeout)
    return store.complete(ref, timeout=timeout) if ref.hashes_missing else ref


def verify(environment: KernelEnvironment, manifest: Path) -> tuple[Difference, ...]:
    """Tell how an environment differs from a manifest; empty if it still matches.

    Raises
    ------
    CaptureFailed
        The environment cannot be read.
    ManifestUnreadable
        The manifest cannot be read.
    """
    from nbreduce.environments.capture import capture
    from nbreduce.environments.manifest import read

    return compare(read(manifest), capture(environment))


def compare(before: Snapshot, after: Snapshot) -> tuple[Difference, ...]:
    """List what changed between two snapshots, in a stable order (pure)."""
    return (*_about_platform(before, after), *_about_packages(before, after))


def _about_platform(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    for subject in ("python", "platform", "libc"):
        old, new = getattr(before, subject), getattr(after, subject)
        if old != new:
            yield Difference("changed", subject, old, new)


def _about_packages(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    olds = {package.key: package for package in before.packages}
    news = {package.key: package for package in after.packages}
    for key in sorted(olds.keys() | news.keys()):
        old, new = olds.get(key), news.get(key)
        subject = " ".join(key)
        if old is None and new is not None:
            yield Difference("added", subject, "", _identity(new))
        elif new is None and old is not None:
            yield Difference("removed", subject, _identity(old), "")
        elif old is not None and new is not None and _identity(old) != _identity(new):
            yield Difference("changed", subject, _identity(old), _identity(new))


def _identity(package: Package) -> str:
    """What the environment itself tells of a package: an index's URL and hash are not in it."""
    if package.origin == "index":
        return package.version
    if package.origin == "channel":
        return f"{package.version} {package.build} {package.url}"
    return f"{package.version} {package.origin} {package.url}"
