"""References to stored manifests, and the small JSON entries that they are kept in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nbreduce.environments.kernelspecs import KernelEnvironment

_FORMAT = 1


@dataclass(frozen=True)
class ManifestRef:
    """A stored manifest.

    Attributes
    ----------
    path : The conda-lock file.
    sha256 : Of its bytes; its name as well.
    fingerprint : The state of the environment that it describes.
    package_count : Packages in it.
    hashes_missing : Names of those without a hash; the manifest says why.
    warnings : Sentences for people.
    """

    path: Path
    sha256: str
    fingerprint: str
    package_count: int
    hashes_missing: tuple[str, ...]
    warnings: tuple[str, ...]


def to_entry(ref: ManifestRef, environment: KernelEnvironment) -> bytes:
    """Write a reference and the environment that it was captured from as JSON."""
    entry = {
        "format": _FORMAT,
        "sha256": ref.sha256,
        "package_count": ref.package_count,
        "hashes_missing": ref.hashes_missing,
        "warnings": ref.warnings,
        "environment": {**asdict(environment), "interpreter": str(environment.interpreter)},
    }
    return json.dumps(entry, indent=1).encode()


def from_entry(
    text: bytes, folder: Path, fingerprint: str
) -> tuple[ManifestRef, KernelEnvironment]:
    """Read what :func:`to_entry` wrote.

    Raises
    ------
    ValueError
        The entry is damaged.
    """
    try:
        entry: dict[str, Any] = json.loads(text)
        ref = ManifestRef(
            manifest_path(folder, str(entry["sha256"])),
            str(entry["sha256"]),
            fingerprint,
            int(entry["package_count"]),
            tuple(map(str, entry["hashes_missing"])),
            tuple(map(str, entry["warnings"])),
        )
        return ref, _environment(entry["environment"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"a damaged entry: {error!r}") from error


def manifest_path(folder: Path, digest: str) -> Path:
    """Where the manifest of a digest is kept."""
    if len(digest) != 64 or not digest.isalnum():
        raise ValueError(f"{digest!r} is not a sha256")
    return folder / f"{digest}.conda-lock.yml"


def _environment(told: Mapping[str, Any]) -> KernelEnvironment:
    return KernelEnvironment(
        str(told["name"]),
        str(told["display_name"]),
        Path(told["interpreter"]),
        tuple(map(str, told["argv"])),
        dict(told["variables"]),
    )
