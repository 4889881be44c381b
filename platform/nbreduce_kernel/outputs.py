"""Declare the files that a reduction makes.

A declaration is a display message, so the executed notebook itself records it wherever it ran.
"""

import os
import stat
from pathlib import Path

from nbreduce_kernel import _display

MEDIA_TYPE = "application/vnd.nbreduce.output+json"

_VERBS = {"keep": "kept", "publish": "published", "scratch": "scratch"}

StrPath = str | os.PathLike[str]


def keep(path: StrPath, title: str | None = None) -> Path:
    """Declare a file that stays with the reduction in the archive.

    Parameters
    ----------
    path
        The file, absolute or relative to the working directory, which it must not leave.
    title
        What the file is, for the people who look for it.

    Returns
    -------
    The path, relative to the working directory.

    Raises
    ------
    ValueError
        If there is no such file, if it is not a regular one, or if it lies elsewhere.
    """
    return _declare(path, "keep", title)


def publish(path: StrPath, title: str | None = None) -> Path:
    """Declare a file that is a result for others to use; otherwise as `keep`."""
    return _declare(path, "publish", title)


def scratch(path: StrPath, title: str | None = None) -> Path:
    """Declare a file that may be deleted once the reduction has ended; otherwise as `keep`."""
    return _declare(path, "scratch", title)


def _declare(path: StrPath, kind: str, title: str | None) -> Path:
    relative = _inside(Path(path), Path.cwd())
    name = relative.as_posix()
    line = f"Output ({_VERBS[kind]}): {name}"
    _display.emit(
        {
            MEDIA_TYPE: {"path": name, "kind": kind, "title": title},
            "text/plain": line if title is None else f"{line} - {title}",
        }
    )
    return relative


def _inside(path: Path, folder: Path) -> Path:
    """The path relative to the folder, links followed, if it is a regular file in it."""
    root = folder.resolve()
    try:
        resolved = (root / path).resolve(strict=True)
        mode = resolved.stat().st_mode
    except (OSError, RuntimeError, ValueError) as error:
        raise ValueError(
            f"Cannot declare the output '{path}': {error}. Write the file before declaring it."
        ) from error
    if not resolved.is_relative_to(root):
        raise ValueError(
            f"Cannot declare the output '{path}': it lies outside the working directory '{root}'. "
            "Write it into the working directory."
        )
    if not stat.S_ISREG(mode):
        raise ValueError(
            f"Cannot declare the output '{path}': it is not a regular file. "
            "Declare files one by one, or pack a folder into one file."
        )
    return resolved.relative_to(root)
