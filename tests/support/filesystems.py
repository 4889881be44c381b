"""Filesystems that are small, and folders that may not be written."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from support.needs import need


@contextmanager
def small_filesystem(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount a filesystem of its own on a folder; only root can."""
    folder.mkdir(parents=True, exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    need("mount", done.returncode == 0, f"a tmpfs cannot be mounted: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path, leave: int = 0) -> Path:
    """Fill a folder's filesystem but for some bytes; return the file that does it."""
    path = folder / "filler"
    free = os.statvfs(folder)
    size = free.f_bavail * free.f_frsize - leave
    with path.open("wb") as stream:
        os.posix_fallocate(stream.fileno(), 0, max(size, 1))
    return path


@contextmanager
def without_write_permission(folder: Path) -> Iterator[None]:
    """Take the permission to write from a folder and all folders in it, and give back what they had."""
    had = {
        path: path.stat().st_mode & 0o7777 for path in [folder, *folder.rglob("*")] if path.is_dir()
    }
    for path in had:
        path.chmod(0o555)
    try:
        yield
    finally:
        for path, mode in had.items():
            # From the top down: once a folder may be written again, what is in it may go.
            with suppress(FileNotFoundError):
                path.chmod(mode)
