"""Run metadata from NeXus files, read in a bounded child process.

The HDF5 library may crash, hang or ask for all memory when a file is bad. It therefore runs in a process of its own
that is killed and started anew when it misbehaves; nothing of h5py is imported here.
"""

import json
import os
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import ValidationError

import nbreduce
from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.model import Model
from nbreduce.domain.run import RunMetadata
from nbreduce.intake.line_child import ChildFailed, LineChild

TIMEOUT = 20.0
SECOND_TIMEOUT = 5.0
MEMORY_BYTES = 2 << 30

_KEPT_VARIABLES = (
    "PATH",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "LD_LIBRARY_PATH",
    "PYTHONHOME",
    "PYTHONPATH",
    "HDF5_PLUGIN_PATH",
)

_WAIT = (
    "If it is still being copied, submit it again when that is done; else ask for the original file"
)
_SENTENCES = {
    "empty": ("has no content (0 bytes)", _WAIT),
    "hdf4": ("is an HDF4 file, which is not supported", "Convert it to HDF5, e.g. with h4toh5"),
    "text": ("is a text file, not NeXus", "Check that the right file was given"),
    "unknown-format": ("is not an HDF5 file", "Check that the right file was given"),
    "truncated": ("is cut short", _WAIT),
    "damaged": ("is damaged", "Check it with h5dump or h5check, or ask for the original file"),
    "not-closed": (
        "was not closed by the program that wrote it",
        "Close it there, or run h5clear -s on a copy",
    ),
    "denied": ("may not be read by this service", "Give the service's user permission to read it"),
    "missing": ("does not exist (any more)", "Check whether it was moved or renamed"),
    "directory": ("is a folder, not a file", "Give the file itself"),
    "not-a-file": ("is not an ordinary file", "Give the file itself"),
    "broken-link": ("is a link that leads nowhere", "Give the file itself"),
    "no-entry": ("holds no NXentry, so it is not a NeXus run", "Check that it is a raw data file"),
    "memory": (
        "needs more memory to open than is allowed",
        "It is probably damaged; check it with h5dump",
    ),
    "hung": (
        "could not be read in time",
        "It may be damaged, or its disk very slow; submit it again to retry",
    ),
    "died": ("made the reader crash", "It is probably damaged; check it with h5dump"),
    "babbled": ("made the reader fail", "It is probably damaged; check it with h5dump"),
}


class UnreadableRun(NbreduceError):
    """A file from which no run can be made.

    Parameters
    ----------
    path:
        The file.
    kind:
        Why, as a key: one of those that the child gives, or "hung", "died", "babbled".
    detail:
        What is particular to this file.
    """

    def __init__(self, path: Path, kind: str, detail: str = "") -> None:
        what, hint = _SENTENCES.get(kind, _SENTENCES["damaged"])
        super().__init__(
            f"{shown(Path(path.name))} {what}" + (f": {detail}" if detail else ""), hint
        )
        self.path = path
        self.kind = kind
        self.detail = detail


class _Refusal(Model):
    kind: str
    detail: str


class _Reply(Model):
    id: int
    metadata: RunMetadata | None = None
    refused: _Refusal | None = None


def shown(path: Path) -> str:
    """Return a path as it can be printed and stored, whatever bytes it is made of."""
    return os.fsencode(path).decode("utf-8", "replace")


class MetadataReader:
    """Reads run metadata, one file at a time, from any thread.

    Parameters
    ----------
    timeout:
        Seconds on the clock, and of processor time, for one file.
    memory_bytes:
        Address space of the child in bytes.
    """

    def __init__(self, timeout: float = TIMEOUT, memory_bytes: int = MEMORY_BYTES) -> None:
        self._timeout = timeout
        self._memory_bytes = memory_bytes
        self._lock = threading.Lock()
        self._child: LineChild | None = None
        self._asked = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the child now, so that the first read is as fast as the others."""
        with self._lock:
            self._living_child()

    def close(self) -> None:
        """End the child; a later read starts a new one."""
        with self._lock:
            if self._child is not None:
                self._child.close()
                self._child = None

    @property
    def pid(self) -> int | None:
        """Process id of the child, where it runs."""
        child = self._child
        return child.pid if child is not None and child.alive else None

    def read(self, path: Path, prefixes: Iterable[str] = ()) -> RunMetadata:
        """Read what a raw file says of its run.

        A file on which the child dies is read again, since the child may have been killed for another reason; one
        whose detector data bring it down is read without adding them up.

        Parameters
        ----------
        path:
            The file.
        prefixes:
            What the names of the instrument's run files begin with, before the run number.

        Raises
        ------
        UnreadableRun
            The file gives no run; the message says why.
        """
        absolute, known = Path(os.path.abspath(path)), list(prefixes)  # noqa: PTH100 - keeps links
        with self._lock:
            try:
                return self._ask_twice(absolute, known)
            except ChildFailed as why:
                return self._ask_for_less(absolute, known, why)

    def _ask_twice(self, path: Path, prefixes: list[str]) -> RunMetadata:
        try:
            return self._ask(path, prefixes, self._timeout, counts=True)
        except ChildFailed as why:
            if why.kind != "died":
                raise
            return self._ask(path, prefixes, self._timeout, counts=True)

    def _ask_for_less(self, path: Path, prefixes: list[str], first: ChildFailed) -> RunMetadata:
        try:
            found = self._ask(path, prefixes, min(self._timeout, SECOND_TIMEOUT), counts=False)
        except ChildFailed as second:
            raise UnreadableRun(path, second.kind, second.detail) from first
        what = "took too long" if first.kind == "hung" else "made the reader fail"
        note = f"counts unknown: adding up the detectors {what}"
        return found.model_copy(update={"notes": (*found.notes, note)})

    def _ask(self, path: Path, prefixes: list[str], timeout: float, counts: bool) -> RunMetadata:
        child = self._living_child()
        self._asked += 1
        request = {
            "id": self._asked,
            "path": str(path),
            "prefixes": prefixes,
            "counts": counts,
            "cpu_seconds": timeout,
        }
        line = child.ask(json.dumps(request).encode("ascii"), timeout)
        reply = self._parse(child, line)
        if reply.refused is not None:
            raise UnreadableRun(path, reply.refused.kind, reply.refused.detail)
        assert reply.metadata is not None
        return reply.metadata

    def _parse(self, child: LineChild, line: bytes) -> _Reply:
        try:
            reply = _Reply.model_validate_json(line)
        except ValidationError as why:
            child.close(0)
            raise ChildFailed("babbled", "an answer that makes no sense") from why
        if reply.id != self._asked or (reply.metadata is None) == (reply.refused is None):
            child.close(0)
            raise ChildFailed("babbled", "an answer to something else")
        return reply

    def _living_child(self) -> LineChild:
        if self._child is not None and not self._child.alive:
            self._child.close(0)
            self._child = None
        if self._child is None:
            self._child = LineChild(self._command(), _environment())
        return self._child

    def _command(self) -> list[str]:
        return [sys.executable, "-P", "-m", "nbreduce.intake.nexus_child", str(self._memory_bytes)]


def _environment() -> dict[str, str]:
    """Return the child's environment: what it needs to start and nothing that a hostile file should reach."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    single = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    source = str(Path(nbreduce.__file__).parents[1])
    paths = [source, *filter(None, [kept.get("PYTHONPATH")])]
    return {**kept, **single, "PYTHONPATH": os.pathsep.join(paths)}
