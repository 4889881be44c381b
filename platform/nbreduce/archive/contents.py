"""Folders by content: kept once, however many reductions need them."""

import hashlib
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import uuid4

from nbreduce.archive.files import remove_tree, seal, sha256_of, writing


def digest_of(files: Mapping[str, Path]) -> str:
    """Return one SHA-256 over files and the names that they get, in hexadecimal."""
    digest = hashlib.sha256()
    for name, path in files.items():
        digest.update(f"{name}\0{sha256_of(path)}\n".encode())
    return digest.hexdigest()


def keep_files(
    folder: Path, files: Mapping[str, Path], check: Callable[[Path], None] = lambda _: None
) -> Path:
    """Copy files, by the names that they get, into a folder that is named by their content, unless it is there.

    Parameters
    ----------
    check:
        Raises where the copy is not what it should be.

    Raises
    ------
    ArchiveUnavailable
        The folder cannot be written.
    """
    if folder.is_dir():
        return folder
    with writing(folder):
        temporary = folder.with_name(f".{folder.name}.{uuid4().hex}.tmp")
        try:
            for name, source in files.items():
                target = temporary / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
            check(temporary)
            seal(temporary)
            temporary.chmod(0o755)
            _rename(temporary, folder)
        except BaseException:
            remove_tree(temporary)
            raise
    return folder


def _rename(temporary: Path, folder: Path) -> None:
    """Put a folder in its place, unless another process was quicker."""
    try:
        temporary.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
        remove_tree(temporary)
