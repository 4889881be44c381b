"""Manifests: a snapshot as a conda-lock file (version 1), and back.

The format and its models are conda-lock's own. What its fields have no place for stands in
``metadata.custom_metadata`` under keys that begin with ``nbreduce.``:

``nbreduce.python``, ``nbreduce.libc``
    Interpreter and C library.
``nbreduce.origin.NAME``
    ``editable``, ``folder``, ``archive``, ``vcs`` or ``other``, for Python packages that came from
    no index.
``nbreduce.tags.NAME``
    Tags of the installed wheel, for packages without a hash, so that it can be found later.
``nbreduce.missing.NAME``
    Why a package has no hash. Its entry then has an empty ``hash``, and where its file is not
    known either, a package URL (``pkg:pypi/…``) in place of an address.
``nbreduce.unlisted.NAME``
    A conda package that version 1 cannot list because conda recorded no md5 of it.
``nbreduce.note.N``
    What else could not be told.

The same snapshot always gives the same bytes: no times, no paths of this machine, sorted.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args
from urllib.parse import quote

from nbreduce.environments.errors import ManifestUnreadable
from nbreduce.environments.snapshot import Origin, Package, Snapshot, in_order

if TYPE_CHECKING:
    from conda_lock.lockfile.v2prelim.models import LockedDependency

_PREFIX = "nbreduce."
# What conda-lock's reader raises on other content; pydantic's ValidationError is a ValueError.
_UNREADABLE = (OSError, ValueError, TypeError, AttributeError, KeyError, AssertionError)
_HEADER = """\
# What was installed in the environment of a kernel when a reduction ran, written by nbreduce.
# A conda-lock file, version 1. Entries with an empty hash say why in metadata.custom_metadata.
"""


def render(snapshot: Snapshot) -> bytes:
    """Write a snapshot as a conda-lock file (pure)."""
    from conda_lock.lockfile import write_conda_lock_file
    from conda_lock.lockfile.v1.models import LockMeta
    from conda_lock.lockfile.v2prelim.models import Lockfile
    from conda_lock.models.channel import Channel

    listed = [
        _to_locked(package, snapshot.platform)
        for package in snapshot.packages
        if not _is_unlisted(package)
    ]
    custom = dict(sorted(_custom(snapshot)))
    channels = sorted({package.channel for package in snapshot.packages} - {""})
    metadata = LockMeta(
        content_hash={snapshot.platform: _content_hash(custom, listed)},
        channels=[Channel(url=channel, used_env_vars=()) for channel in channels],
        platforms=[snapshot.platform],
        sources=[],
        custom_metadata=custom,
    )
    with tempfile.TemporaryDirectory(prefix="nbreduce-manifest-") as folder:
        path = Path(folder, "environment.conda-lock.yml")
        lockfile = Lockfile(package=listed, metadata=metadata)
        write_conda_lock_file(lockfile, path, metadata_choices=None, include_help_text=False)
        return _HEADER.encode() + path.read_bytes()


def read(path: Path) -> Snapshot:
    """Read a manifest back.

    Raises
    ------
    ManifestUnreadable
        The file is missing, is no conda-lock file, or was not written by nbreduce.
    """
    import yaml  # type: ignore[import-untyped]
    from conda_lock.lockfile import parse_conda_lock_file

    try:
        lockfile = parse_conda_lock_file(path)
    except (*_UNREADABLE, yaml.YAMLError) as error:
        raise ManifestUnreadable(
            f"{path} cannot be read as a conda-lock file ({_first_line(error)})",
            "Copy it again from where it was stored, or capture the environment anew",
        ) from error
    custom = lockfile.metadata.custom_metadata or {}
    if f"{_PREFIX}python" not in custom or len(lockfile.metadata.platforms) != 1:
        raise ManifestUnreadable(
            f"{path} is a lock file, but not a manifest of nbreduce: it does not say which "
            f"Python it describes"
        )
    listed = (_from_locked(entry, custom) for entry in lockfile.package)
    return Snapshot(
        python=custom[f"{_PREFIX}python"],
        platform=lockfile.metadata.platforms[0],
        libc=custom.get(f"{_PREFIX}libc", ""),
        packages=in_order([*listed, *_unlisted(custom)]),
        notes=tuple(text for key, text in sorted(custom.items()) if _is_kind(key, "note")),
    )


def _content_hash(custom: dict[str, str], listed: list[LockedDependency]) -> str:
    canonical = json.dumps([custom, [entry.model_dump(exclude={"categories"}) for entry in listed]])
    return hashlib.sha256(canonical.encode()).hexdigest()


def _custom(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    yield f"{_PREFIX}python", snapshot.python
    if snapshot.libc:
        yield f"{_PREFIX}libc", snapshot.libc
    for number, note in enumerate(snapshot.notes, 1):
        yield f"{_PREFIX}note.{number:04d}", note
    for package in snapshot.packages:
        yield from _custom_of(package)


def _custom_of(package: Package) -> Iterator[tuple[str, str]]:
    if _is_unlisted(package):
        yield f"{_PREFIX}unlisted.{package.name}", json.dumps(asdict(package), sort_keys=True)
        return
    if package.manager == "pip" and package.origin != "index":
        yield f"{_PREFIX}origin.{package.name}", package.origin
    if package.missing:
        yield f"{_PREFIX}missing.{package.name}", package.missing
        if package.tags:
            yield f"{_PREFIX}tags.{package.name}", " ".join(package.tags)


def _is_unlisted(package: Package) -> bool:
    return package.manager == "conda" and not (package.md5 and package.url)


def _is_kind(key: str, kind: str) -> bool:
    return key.startswith(f"{_PREFIX}{kind}.")


def _to_locked(package: Package, platform: str) -> LockedDependency:
    from conda_lock.lockfile.v1.models import HashModel
    from conda_lock.lockfile.v2prelim.models import LockedDependency

    digests = {"md5": package.md5, "sha256": package.sha256}
    fields: dict[str, Any] = {"build": package.build} if package.build else {}
    return LockedDependency(
        name=package.name,
        version=package.version,
        manager=package.manager,
        platform=platform,
        dependencies=dict(package.depends),
        url=package.url or _package_url(package),
        hash=HashModel(**{name: value for name, value in digests.items() if value}),
        categories={"main"},
        **fields,
    )


def _package_url(package: Package) -> str:
    return f"pkg:pypi/{quote(package.name)}@{quote(package.version)}"


def _from_locked(entry: LockedDependency, custom: dict[str, str]) -> Package:
    own = {} if entry.manager == "conda" else custom
    origin = own.get(f"{_PREFIX}origin.{entry.name}", "index")
    if origin not in get_args(Origin):
        raise ManifestUnreadable(f"the manifest names an unknown origin of {entry.name}: {origin}")
    return Package(
        manager=entry.manager,
        name=entry.name,
        version=entry.version,
        origin="channel" if entry.manager == "conda" else cast(Origin, origin),
        url="" if entry.url.startswith("pkg:pypi/") else entry.url,
        sha256=entry.hash.sha256 or "",
        md5=entry.hash.md5 or "",
        build=entry.build or "",
        depends=tuple(sorted(entry.dependencies.items())),
        tags=tuple(own.get(f"{_PREFIX}tags.{entry.name}", "").split()),
        missing=own.get(f"{_PREFIX}missing.{entry.name}", ""),
    )


def _unlisted(custom: dict[str, str]) -> Iterator[Package]:
    for key, text in custom.items():
        if _is_kind(key, "unlisted"):
            try:
                fields = json.loads(text)
                fields["depends"] = tuple(map(tuple, fields["depends"]))
                yield Package(**{**fields, "tags": tuple(fields["tags"])})
            except (ValueError, TypeError, KeyError) as error:
                raise ManifestUnreadable(f"the manifest's {key} is damaged: {error!r}") from error


def _first_line(error: Exception) -> str:
    return (str(error) or repr(error)).splitlines()[0][:200]
