"""Who runs the service of a workspace: one process at most, told by a lock that ends with it."""

import fcntl
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from nbreduce.config import Config
from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.model import Model, Time, now
from nbreduce.locks import take_lock


class ServiceError(NbreduceError):
    """The service cannot start."""


class ServiceLock:
    """Keeps a workspace to one service; the lock goes with its process, however that ends.

    Parameters
    ----------
    serves:
        Whether its holder is the service, and not only in need of its absence.
    """

    def __init__(self, config: Config, serves: bool = True) -> None:
        self.path = config.lock_path
        self._serves = serves
        self._stream: IO[str] | None = None

    def __enter__(self) -> "ServiceLock":
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._stream = self.path.open("a+", encoding="utf-8")
        try:
            take_lock(self._stream)
        except OSError as error:
            self._stream.close()
            holder = holder_of(self.path)
            who = (
                f"process {holder.pid} since {holder.since.astimezone():%H:%M}"
                if holder
                else "another process"
            )
            raise ServiceError(
                f"the service of {self.path.parents[1]} is running already ({who})"
            ) from error
        self._stream.truncate(0)
        self._stream.write(Holder(pid=os.getpid(), since=now()).model_dump_json())
        self._stream.flush()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._stream is not None
        if self._serves:
            self._stream.truncate(0)
        self._stream.close()


class Holder(Model):
    """Who runs the service."""

    pid: int
    since: Time


def holder_of(path: Path) -> Holder | None:
    """Return who holds a service lock, None where nobody does."""
    try:
        with path.open(encoding="utf-8") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return Holder.model_validate(json.load(stream))
    except (OSError, ValueError):
        return None
    return None


def end_of(path: Path) -> datetime | None:
    """Return when the service ended that had a lock; None where there was none, or it was killed.

    Who ends empties the file, and nobody writes it then; who is killed leaves it as it was.
    """
    try:
        found = path.stat()
    except OSError:
        return None
    return datetime.fromtimestamp(found.st_mtime, UTC) if found.st_size == 0 else None
