"""Write a file so that readers see all of it or none, on shared file systems too."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_atomically(path: Path, content: bytes, mode: int) -> None:
    """Write a file under a temporary name, make it durable and rename it into place.

    Parameters
    ----------
    path : Where to; an older file there is replaced.
    content : The whole content.
    mode : Permissions, such as ``0o444``.

    Raises
    ------
    OSError
        The folder is missing, full or not writable; nothing is left behind.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
