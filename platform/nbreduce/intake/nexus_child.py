"""The process in which raw files are opened: `python -m nbreduce.intake.nexus_child`.

It reads one JSON request per line from standard input and answers each with one JSON line on standard output. It
limits its own memory and, for each request, its processor time; whoever started it limits the time on the clock.
"""

import errno
import json
import os
import resource
import stat
import sys
from pathlib import Path
from typing import Any, BinaryIO

import h5py

from nbreduce.intake.hdf5_head import Head, read_head
from nbreduce.intake.nexus_entry import NoEntry, read_entry


class Refused(Exception):
    """The file can't be read.

    Parameters
    ----------
    kind:
        One of the kinds that `nbreduce.intake.nexus` has a sentence for.
    detail:
        What is particular to this file.
    """

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail


_HEADS = {"empty": "empty", "hdf4": "hdf4", "text": "text", "unknown": "unknown-format"}
_ERRNOS = {
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.EISDIR: "directory",
    errno.ELOOP: "broken-link",
}


def read(request: dict[str, Any]) -> dict[str, Any]:
    """Read the metadata of the file that a request names.

    Raises
    ------
    Refused
        With the reason.
    """
    path = Path(request["path"])
    head = _head(path)
    if head.kind != "hdf5":
        raise Refused(_HEADS[head.kind])
    if head.end is not None and head.end > head.size:
        raise Refused("truncated", f"{head.size} of {head.end} bytes")
    try:
        # Unlocked: a lock held for this moment would refuse the file to a data acquisition that opens it again.
        with h5py.File(os.fsencode(path), "r", locking=False) as file:
            return read_entry(file, path.stem, request["prefixes"], request["counts"])
    except NoEntry as why:
        raise Refused("no-entry", str(why)) from why
    except MemoryError as why:
        raise Refused("memory") from why
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, UnicodeError) as why:
        raise _refusal(why, head) from why


def _head(path: Path) -> Head:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise Refused("directory")
        if not stat.S_ISREG(mode):
            raise Refused("not-a-file")
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as why:
        raise _refusal(why, None) from why
    try:
        return read_head(descriptor)
    except OSError as why:
        raise _refusal(why, None) from why
    finally:
        os.close(descriptor)


def _refusal(error: Exception, head: Head | None) -> Refused:
    detail = str(error).partition("\n")[0][:200]
    if isinstance(error, OSError) and error.errno in _ERRNOS:
        return Refused(_ERRNOS[error.errno], "" if head is None else detail)
    if head is not None and head.open_for_writing:
        return Refused("not-closed", detail)
    if "truncated file" in detail:
        return Refused("truncated", detail)
    return Refused("damaged", detail)


def answer(line: bytes) -> dict[str, Any]:
    """Answer one request."""
    request = json.loads(line)
    _limit_cpu(request["cpu_seconds"])
    reply: dict[str, Any] = {"id": request["id"]}
    try:
        return reply | {"metadata": read(request)}
    except Refused as why:
        return reply | {"refused": {"kind": why.kind, "detail": why.detail}}
    except MemoryError:
        return reply | {"refused": {"kind": "memory", "detail": ""}}


def _limit_cpu(seconds: float) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime + seconds) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))


def confine(memory_bytes: int) -> None:
    """Bound the memory of this process, and let it write no file and no core dump."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer requests until there are no more."""
    for line in requests:
        replies.write(json.dumps(answer(line)).encode("ascii") + b"\n")
        replies.flush()


def main() -> None:
    """Run the process: the first argument is the memory limit in bytes."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    confine(int(sys.argv[1]))
    serve(sys.stdin.buffer, replies)


if __name__ == "__main__":
    main()
