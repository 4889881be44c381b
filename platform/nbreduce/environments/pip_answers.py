"""Understand what pip prints and reports (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from nbreduce.environments.snapshot import normalise, without_secrets

_UNKNOWN = re.compile(r"No matching distribution found for ([A-Za-z0-9._-]+)==")
_ASKED = re.compile(r"Fetching project page and analyzing links: ")
_FAILED = re.compile(r"Could not fetch URL \S+: (.+) - skipping")
_IGNORED = re.compile(r"WARNING: (The repository located at \S+ is not a trusted)")
_ERROR = re.compile(r"ERROR: (.+)")
_QUOTED = 160


@dataclass(frozen=True)
class Artefact:
    """A file at the index: its address and sha256."""

    url: str
    sha256: str


def read_report(report: Mapping[str, Any]) -> dict[str, Artefact]:
    """Artefacts by normalised name in pip's installation report (pure)."""
    found = {}
    for item in report.get("install", []):
        info = item.get("download_info", {})
        archive = info.get("archive_info", {})
        digest = archive.get("hashes", {}).get("sha256") or ""
        if not digest and str(archive.get("hash", "")).startswith("sha256="):
            digest = archive["hash"].removeprefix("sha256=")
        if re.fullmatch("[0-9a-f]{64}", digest):
            url = without_secrets(str(info.get("url", "")))
            found[normalise(item["metadata"]["name"])] = Artefact(url, digest)
    return found


def wheel_tags(url: str) -> set[str]:
    """All tags that a wheel's file name stands for (PEP 425); none if it is no wheel."""
    name = PurePosixPath(unquote(urlsplit(url).path))
    parts = name.stem.split("-")
    if name.suffix != ".whl" or len(parts) < 5:
        return set()
    pythons, abis, platforms = (part.split(".") for part in parts[-3:])
    return {f"{py}-{abi}-{plat}" for py in pythons for abi in abis for plat in platforms}


def unknown_name(output: str) -> str:
    """Normalised name of the package that pip found no artefact of; empty if it names none."""
    match = _UNKNOWN.search(output)
    return normalise(match.group(1)) if match else ""


@dataclass(frozen=True)
class Diagnosis:
    """Whether the indexes answered at all, from what pip prints with ``-vv``.

    Attributes
    ----------
    trouble : What went wrong with an index, other than not knowing the package; else empty.
    everywhere : Whether that is so for every index.
    """

    trouble: str
    everywhere: bool


def diagnose(output: str) -> Diagnosis:
    """Tell an index that is away, or refuses, from one that does not know a package."""
    ignored = _IGNORED.findall(output)
    troubles = [*ignored, *(r for r in _FAILED.findall(output) if not r.startswith("404"))]
    asked = len(_ASKED.findall(output)) + len(ignored)
    if not troubles:
        return Diagnosis("", everywhere=False)
    return Diagnosis(without_secrets(troubles[0])[:_QUOTED], everywhere=len(troubles) >= asked)


def last_error(output: str) -> str:
    """pip's last error sentence; empty if there is none."""
    errors = _ERROR.findall(output)
    return without_secrets(errors[-1])[:_QUOTED] if errors else ""
