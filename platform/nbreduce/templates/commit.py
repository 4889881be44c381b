"""Templates in git: which commit one stands at, and a new commit of it."""

import subprocess
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from nbreduce.domain.errors import NbreduceError

_TIMEOUT = 10


class CommitError(NbreduceError):
    """Git does not commit."""

    exit_code = 1


def commit_of(path: Path) -> str:
    """Return the commit of the repository that holds a file, with ``-dirty`` where the file differs from it.

    Empty where the file is in no repository, or git is not there.
    """
    if not in_repository(path.parent):
        return ""
    head = _git(path.parent, "rev-parse", "HEAD")
    changed = _git(path.parent, "status", "--porcelain", "--", ".")
    return f"{head}-dirty" if changed else head


def commit_files(paths: Sequence[Path], message: str) -> None:
    """Commit files of one folder, and nothing else that may be staged; nothing is done where none has changed.

    Raises
    ------
    CommitError
        The folder is in no repository, or git refuses.
    """
    folder, names = paths[0].parent, [path.name for path in paths]
    if not in_repository(folder):
        raise CommitError(f"{folder} is in no git repository", "Publish without a commit")
    _git_or_raise(folder, "add", "--", *names)
    if _git(folder, "status", "--porcelain", "--", *names):
        _git_or_raise(folder, "commit", "--quiet", "--only", f"--message={message}", "--", *names)


@lru_cache(maxsize=256)
def in_repository(folder: Path) -> bool:
    """Say whether a folder is in a git repository."""
    return any((parent / ".git").exists() for parent in (folder, *folder.resolve().parents))


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = _run(folder, *arguments)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _git_or_raise(folder: Path, *arguments: str) -> None:
    hint = "Mend it with git, or publish without a commit"
    try:
        done = _run(folder, *arguments)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CommitError(f"git cannot be used in {folder}: {error}", hint) from error
    if done.returncode != 0:
        said = " ".join(f"{done.stderr} {done.stdout}".split())[:300]
        raise CommitError(f"git {arguments[0]} failed in {folder}: {said}", hint)


def _run(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["git", "--no-optional-locks", "-C", str(folder), *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=_TIMEOUT,
        check=False,
    )
