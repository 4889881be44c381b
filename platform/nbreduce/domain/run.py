"""Runs, and the reports by which they are learnt of."""

import re
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from pydantic import Field

from nbreduce.domain.model import Model, Time, Values, now

UNKNOWN_EXPERIMENT = "unknown"
_LAST_NS = 2**63 - 1
MAX_NAME_BYTES = 70

_UNSAFE = re.compile(r"[^\w.+-]+")


class FileStamp(Model):
    """What tells one state of a file from another without reading it."""

    size: int
    mtime_ns: int


class Status(Protocol):
    """What `os.stat` tells of a file, as far as it matters here."""

    @property
    def st_size(self) -> int:
        """Size in bytes."""

    @property
    def st_mtime_ns(self) -> int:
        """Time of the last change, in ns since the epoch."""


def stamp_of(status: Status) -> FileStamp:
    """Return the stamp of a file's status. Times that no 64-bit integer holds (after 2262) are taken as its last."""
    mtime_ns = max(-_LAST_NS, min(status.st_mtime_ns, _LAST_NS))
    return FileStamp(size=status.st_size, mtime_ns=mtime_ns)


class Report(Model):
    """A trigger's word that a run is finished.

    A report names a file, a run number, or both. `parameters` and `templates` are an explicit request: values to
    use, and the templates to use them with (all that apply, where empty).
    """

    trigger: str
    instrument: str
    path: Path | None = None
    run_number: int | None = None
    sentinel: Path | None = None
    parameters: Values = Field(default_factory=dict)
    templates: tuple[str, ...] = ()
    received: Time = Field(default_factory=now)


class RunMetadata(Model):
    """What a raw file says of its run. Nothing in it is certain to be there.

    `notes` hold, in words, each oddity that was met and how it was understood.
    """

    run_number: int | None = None
    title: str = ""
    experiment: str = UNKNOWN_EXPERIMENT
    instrument_name: str = ""
    start: Time | None = None
    end: Time | None = None
    users: tuple[str, ...] = ()
    counts: int | None = None
    notes: tuple[str, ...] = ()


def safe_name(text: str) -> str:
    """Turn any text into one path component that stays inside its folder.

    Letters and digits of any script, ``. + - _`` are kept; everything else becomes ``_``. What is longer than 70 bytes
    is cut, and ends in a digest of the whole: three names and a suffix still make one file name everywhere.
    """
    name = _UNSAFE.sub("_", text.strip()).strip("._") or "unnamed"
    encoded = name.encode()
    if len(encoded) <= MAX_NAME_BYTES:
        return name
    digest = sha256(encoded).hexdigest()[:8]
    return encoded[: MAX_NAME_BYTES - 9].decode(errors="ignore") + f"-{digest}"


def run_name(run_number: int | None, path: Path | None) -> str:
    """Name a run: its number, or where it has none (or 0) the stem of its file."""
    if run_number:
        return str(run_number)
    return safe_name(path.stem) if path is not None else "unnamed"
