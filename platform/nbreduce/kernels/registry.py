"""Which kernels a workspace keeps: a small file for each, in a folder of its owner's alone."""

import os
import socket
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from nbreduce.domain.model import Model, Time
from nbreduce.domain.run import safe_name
from nbreduce.kernels.processes import start_of

_SUFFIX = ".json"


class KeptKernel(Model):
    """A kernel that was left alive after its reduction. Its key stands in its lease's folder, not here."""

    reduction: str
    host: str
    pid: int
    started: int
    lease: Path
    kernelspec: str
    since: Time
    until: Time

    @property
    def here(self) -> bool:
        """Whether it is on this machine."""
        return self.host == socket.gethostname()

    @property
    def alive(self) -> bool:
        """Whether it still runs, on this machine."""
        return self.here and start_of(self.pid) == self.started


class Registry:
    """The kept kernels of a workspace.

    Parameters
    ----------
    folder:
        Where their files are; made when the first is added.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, kernel: KeptKernel) -> None:
        """Let others find a kernel."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(kernel.reduction)
        part = path.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(kernel.model_dump_json(), encoding="utf-8")
        part.replace(path)

    def remove(self, reduction: str) -> None:
        """Let nobody find a reduction's kernel any more."""
        self._path(reduction).unlink(missing_ok=True)

    def find(self, reduction: str) -> KeptKernel | None:
        """Return a reduction's kernel, None where there is none that lives, and is this user's on this machine."""
        kernel = _read(self._path(reduction))
        return kernel if kernel is not None and kernel.alive else None

    def all(self) -> list[KeptKernel]:
        """Return the kernels that live on this machine, and forget those that have ended."""
        found = []
        for path in self.folder.glob(f"*{_SUFFIX}"):
            kernel = _read(path)
            if kernel is None or not kernel.here:
                continue
            if kernel.alive:
                found.append(kernel)
            else:
                # Where it cannot be taken away it is no kernel all the same.
                with suppress(OSError):
                    path.unlink()
        return found

    def _path(self, reduction: str) -> Path:
        return self.folder / f"{safe_name(reduction)}{_SUFFIX}"


def _read(path: Path) -> KeptKernel | None:
    """Read a kernel's file, if there is one that this user wrote."""
    try:
        with path.open(encoding="utf-8") as stream:
            if os.fstat(stream.fileno()).st_uid != os.geteuid():
                return None
            return KeptKernel.model_validate_json(stream.read())
    except (OSError, ValidationError):
        return None
