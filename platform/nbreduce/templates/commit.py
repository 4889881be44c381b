"""Which commit a template stands at."""

import subprocess
from functools import lru_cache
from pathlib import Path


def commit_of(path: Path) -> str:
    """Return the commit of the repository that holds a file, with ``-dirty`` where the file differs from it.

    Empty where the file is in no repository, or git is not there.
    """
    if not _in_repository(path.parent):
        return ""
    head = _git(path.parent, "rev-parse", "HEAD")
    changed = _git(path.parent, "status", "--porcelain", "--", ".")
    return f"{head}-dirty" if changed else head


@lru_cache(maxsize=256)
def _in_repository(folder: Path) -> bool:
    return any((parent / ".git").exists() for parent in (folder, *folder.resolve().parents))


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
