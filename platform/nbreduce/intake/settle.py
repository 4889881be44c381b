"""Is a file finished? Decided from what is seen of it, by our own clock.

One case can't be told over a network: a writer of the older HDF5 format that flushes and then pauses for longer than
`stable_for` leaves a file like any closed one. It needs a sentinel, or a longer `stable_for`.
"""

import os
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from nbreduce.domain.model import Model
from nbreduce.domain.run import FileStamp, stamp_of
from nbreduce.intake.hdf5_head import Head, read_head
from nbreduce.intake.leases import has_no_writer

Identity = tuple[int, int, int, int, int]


class SettleSettings(Model):
    """When a file counts as finished."""

    stable_for: float = Field(
        default=2.0,
        ge=0,
        description="Seconds for which a complete file must not change, where it can't be proven that nobody writes it",
    )
    give_up_after: float = Field(
        default=60.0,
        ge=0,
        description="Seconds for which an incomplete file must not change to be taken as it is",
    )
    ask_kernel: bool = Field(
        default=True,
        description="Take a complete file at once when the kernel says that nobody has it open for writing; "
        "false where other machines write to this machine's own disks over NFS",
    )


@dataclass(frozen=True)
class Settled:
    """The file is finished, or will not get any better.

    Parameters
    ----------
    why:
        How that was told.
    stamp:
        The state in which it was; None where it can't be looked at.
    """

    why: str
    stamp: FileStamp | None = None


@dataclass(frozen=True)
class Waiting:
    """The file is not finished yet, for the reason given."""

    reason: str


@dataclass(frozen=True)
class Gone:
    """There is no such file (any more)."""

    reason: str


Verdict = Settled | Waiting | Gone


@dataclass(frozen=True)
class Sight:
    """What one look at a regular file showed.

    Parameters
    ----------
    identity:
        Device, inode, size, modification and change time: different whenever the file was touched.
    stamp:
        Size and modification time.
    head:
        What its first bytes say.
    no_writer:
        It is certain that no process has it open for writing.
    """

    identity: Identity
    stamp: FileStamp
    head: Head
    no_writer: bool


def decide(sight: Sight, quiet: float, settings: SettleSettings) -> Settled | Waiting:
    """Decide whether a file is finished.

    Parameters
    ----------
    sight:
        The file now.
    quiet:
        Seconds for which it was seen unchanged.
    settings:
        The time limits.
    """
    head = sight.head
    if head.complete and sight.no_writer:
        return Settled("complete, and nobody has it open for writing", sight.stamp)
    if head.complete and head.exact:
        if quiet >= settings.stable_for:
            return Settled(f"complete and unchanged for {quiet:.1f} s", sight.stamp)
        return Waiting(f"complete, unchanged for {quiet:.1f} of {settings.stable_for:g} s")
    if quiet >= settings.give_up_after:
        return Settled(f"{_lack(head)}, but unchanged for {quiet:.0f} s", sight.stamp)
    return Waiting(_lack(head))


def _lack(head: Head) -> str:
    if head.kind == "empty":
        return "no content yet"
    if head.open_for_writing:
        return "still open for writing"
    if head.end is None:
        return "its beginning is not written yet"
    if head.end < head.size:
        return f"it announces {head.end} bytes, but {head.size} are there"
    return f"{head.size} of {head.end} bytes are there"


class Settling:
    """Watches files settle; remembers each one until it has.

    Not safe for use by several threads at once.

    Parameters
    ----------
    settings:
        The time limits.
    clock:
        Monotonic seconds.
    """

    def __init__(
        self,
        settings: SettleSettings | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings or SettleSettings()
        self._clock = clock
        self._seen: dict[Path, tuple[Identity | str, float]] = {}

    def check(self, path: Path, sentinel: Path | None = None, now: float | None = None) -> Verdict:
        """Look at a file and say whether it is finished.

        Parameters
        ----------
        path:
            The file.
        sentinel:
            A file that its writer makes when it is done; nothing else counts then.
        now:
            The present on the clock of this object, in seconds; read from it by default.
        """
        verdict = self._check(path, sentinel, self._clock() if now is None else now)
        if not isinstance(verdict, Waiting):
            self.forget(path)
        return verdict

    def forget(self, path: Path) -> None:
        """Drop what is remembered of a file."""
        self._seen.pop(path, None)

    def _check(self, path: Path, sentinel: Path | None, now: float) -> Verdict:
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                return Settled("not an ordinary file", stamp_of(status))
            if sentinel is not None:
                return _by_sentinel(sentinel, status)
            sight = _look(path, self._settings.ask_kernel)
        except (FileNotFoundError, NotADirectoryError):
            return Gone(f"{path.name!r} is not there (any more)")
        except PermissionError:
            return Settled("it may not be read")
        except OSError as error:
            return self._unreachable(path, error, now)
        return decide(sight, self._quiet(path, sight.identity, now), self._settings)

    def _unreachable(self, path: Path, error: OSError, now: float) -> Settled | Waiting:
        reason = error.strerror or str(error)
        quiet = self._quiet(path, reason, now)
        if quiet >= self._settings.give_up_after:
            return Settled(f"it can't be reached for {quiet:.0f} s: {reason}")
        return Waiting(f"it can't be reached: {reason}")

    def _quiet(self, path: Path, state: Identity | str, now: float) -> float:
        """Return for how many seconds a file was seen in one state."""
        before = self._seen.get(path)
        if before is None or before[0] != state:
            self._seen[path] = (state, now)
            return 0.0
        return now - before[1]


def _by_sentinel(sentinel: Path, status: os.stat_result) -> Settled | Waiting:
    if sentinel.exists():
        return Settled(f"{sentinel.name!r} is there", stamp_of(status))
    return Waiting(f"{sentinel.name!r} is not there yet")


def _look(path: Path, ask_kernel: bool) -> Sight:
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        # The lease is asked for first: what is read after it was granted can't be half of a write before it.
        no_writer = ask_kernel and has_no_writer(descriptor)
        status, head = os.fstat(descriptor), read_head(descriptor)
    finally:
        os.close(descriptor)
    identity = (
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )
    return Sight(identity, stamp_of(status), head, no_writer)
