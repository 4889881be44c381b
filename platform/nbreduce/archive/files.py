"""Files that are never half-written."""

import hashlib
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from nbreduce.domain.errors import Unavailable

_BLOCK = 1 << 20


class ArchiveUnavailable(Unavailable):
    """The archive cannot be written just now: full, read-only, not permitted or not there."""


def write_atomic(path: Path, content: bytes, sync: bool = True) -> None:
    """Write a file under a temporary name in the same folder, then rename it into place.

    Readers see the old content or the new one, never a part.

    Parameters
    ----------
    sync:
        Wait until the content would survive a power cut.
    """
    temporary = path.with_name(f".{path.name}.{uuid4().hex}.tmp")
    try:
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            if sync:
                os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file a second name, or a copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def hash_of_files(paths: Iterable[Path]) -> str:
    """Return one SHA-256 over files, their names and contents, in the given order, in hexadecimal."""
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def seal(folder: Path) -> None:
    """Make a folder and all in it durable and read-only."""
    for path in _bottom_up(folder):
        if path.is_symlink():
            continue
        if path.is_file():
            _sync(path)
        path.chmod(0o555 if path.is_dir() else 0o444)


def remove_tree(folder: Path) -> None:
    """Remove a folder, sealed or not; nothing is done where it is not there."""
    if folder.is_symlink() or not folder.exists():
        return
    for path in _bottom_up(folder):
        if path.is_dir() and not path.is_symlink():
            path.chmod(stat.S_IRWXU)
    shutil.rmtree(folder)


def _bottom_up(folder: Path) -> Iterator[Path]:
    for parent, _, files in os.walk(folder, topdown=False):
        yield from (Path(parent, name) for name in files)
        yield Path(parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Turn what keeps an archive from being written into `ArchiveUnavailable`."""
    try:
        yield
    except OSError as error:
        raise ArchiveUnavailable(
            f"the archive cannot be written at {place} ({error.strerror or error})",
            "Free space or mend its permissions; reductions wait until then",
        ) from error
