"""What an environment held at one moment: plain values that capture, index and manifest share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Manager = Literal["conda", "pip"]
Origin = Literal["index", "channel", "editable", "folder", "archive", "vcs", "other"]

_SYSTEMS = {"linux": "linux", "darwin": "osx", "win32": "win"}
_MACHINES = {"x86_64": "64", "amd64": "64", "i686": "32", "i386": "32"}
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")
_TOKEN = re.compile(r"/t/[^/\s]+(?=/)")


@dataclass(frozen=True)
class Package:
    """One installed package.

    Attributes
    ----------
    manager : Who installed it: conda, or pip and its like.
    name : Normalised name (PEP 503) for pip, the record's own name for conda.
    version : As the package itself says.
    origin : Where it came from; `index` and `channel` can be fetched again by name and version,
        `other` is an operating system's own package and the like.
    url : Where its artefact or source is; empty if not known.
    sha256, md5 : Digests of the artefact, hexadecimal; empty if not known.
    build : conda's build string; empty for pip.
    depends : conda's dependency specifications (name, constraint).
    tags : Tags of the wheel that was installed (PEP 425); empty if not known.
    missing : Why there is no hash; empty where there is one.
    """

    manager: Manager
    name: str
    version: str
    origin: Origin
    url: str = ""
    sha256: str = ""
    md5: str = ""
    build: str = ""
    depends: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()
    missing: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Manager and name: a manifest holds each key once."""
        return (self.manager, self.name)

    @property
    def channel(self) -> str:
        """Address of the conda channel: artefacts lie at ``CHANNEL/PLATFORM/FILE``."""
        return self.url.rsplit("/", 2)[0] if self.manager == "conda" else ""

    @property
    def pin(self) -> str:
        """The package as an exact pip requirement."""
        return f"{self.name}=={self.version}"


@dataclass(frozen=True)
class Snapshot:
    """An environment at one moment.

    Attributes
    ----------
    python : Version and implementation, such as ``3.11.7 CPython``.
    platform : conda's name of the platform, such as ``linux-64``.
    libc : C library and its version; empty where the interpreter does not tell.
    packages : Sorted by key.
    notes : What could not be told, in sentences.
    """

    python: str
    platform: str
    libc: str
    packages: tuple[Package, ...]
    notes: tuple[str, ...] = ()

    @property
    def hashes_missing(self) -> tuple[str, ...]:
        """Names of the packages without a hash."""
        return tuple(package.name for package in self.packages if package.missing)


def normalise(name: str) -> str:
    """Normalise a distribution's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def conda_platform(system: str, machine: str) -> str:
    """Name a platform as conda does, from ``sys.platform`` and ``platform.machine()``."""
    family = _SYSTEMS.get(system, system)
    return f"{family}-{_MACHINES.get(machine.lower(), machine.lower())}"


def without_secrets(text: str) -> str:
    """Take user names, passwords and conda tokens out of the URLs in a text."""
    return _TOKEN.sub("", _CREDENTIALS.sub("", text))


def in_order(packages: Iterable[Package]) -> tuple[Package, ...]:
    """Sort packages by key."""
    return tuple(sorted(packages, key=lambda package: package.key))
