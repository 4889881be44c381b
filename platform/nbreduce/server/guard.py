"""Records never change: Jupyter's contents refuse to write into the archive, whoever the server runs as.

The folders are sealed read-only already, but that stops nobody who is root, and a listing of checkpoints alone makes a
folder beside each notebook.
"""

import os
from pathlib import Path
from typing import Any

from jupyter_server.services.contents.manager import AsyncContentsManager
from tornado.web import HTTPError

# The class that `protect` puts in its place.
_Manager: Any = object


def protect(manager: Any, archive: Path) -> None:
    """Let a contents manager refuse whatever would change an archive; reading stays as it is.

    By the time that an extension is loaded the manager is there, of a class that the configuration chose: so it becomes
    one of a class derived from its own, with the refusals in front.

    Parameters
    ----------
    manager:
        Any, synchronous or not. One whose contents are no files has nothing of the archive, and stays as it is.
    """
    kind: Any = manager.__class__
    if not hasattr(kind, "_get_os_path"):
        manager.log.warning(
            "nbreduce: %s is no manager of files; it is not kept from the archive", kind.__name__
        )
        return
    members = {"protected_folder": Path(os.path.realpath(archive))}
    bases = (ArchiveProtection, kind)
    manager.__class__ = kind.__class__(f"Protected{kind.__name__}", bases, members)


class ArchiveProtection(_Manager):  # type: ignore[misc]
    """What a contents manager does first: refuse."""

    protected_folder: Path

    def is_writable(self, path: str) -> bool:
        """Say whether a file or folder can be changed."""
        return not self._is_protected(path) and bool(super().is_writable(path))

    def save(self, model: Any, path: str = "") -> Any:
        """Save a file, or make a folder."""
        self._refuse(path)
        return super().save(model, path)

    def delete_file(self, path: str) -> Any:
        """Delete a file or folder."""
        self._refuse_to_take_away(path)
        return super().delete_file(path)

    def rename_file(self, old_path: str, new_path: str) -> Any:
        """Rename or move a file or folder."""
        self._refuse_to_take_away(old_path)
        self._refuse(new_path)
        return super().rename_file(old_path, new_path)

    def copy(self, from_path: str, to_path: str | None = None) -> Any:
        """Copy a file or folder; without `to_path` beside itself."""
        self._refuse(from_path.strip("/").rpartition("/")[0] if to_path is None else to_path)
        return super().copy(from_path, to_path)

    def create_checkpoint(self, path: str) -> Any:
        """Make a checkpoint."""
        self._refuse(path)
        return super().create_checkpoint(path)

    def restore_checkpoint(self, checkpoint_id: str, path: str) -> Any:
        """Put a checkpoint in a file's place."""
        self._refuse(path)
        return super().restore_checkpoint(checkpoint_id, path)

    def delete_checkpoint(self, checkpoint_id: str, path: str) -> Any:
        """Delete a checkpoint."""
        self._refuse(path)
        return super().delete_checkpoint(checkpoint_id, path)

    def list_checkpoints(self, path: str) -> Any:
        """List checkpoints; there are none of a record, and looking for them would make their folder."""
        if not self._is_protected(path):
            return super().list_checkpoints(path)
        return _nothing() if isinstance(self, AsyncContentsManager) else []

    def _refuse(self, path: str) -> None:
        if self._is_protected(path):
            raise _refusal(path)

    def _refuse_to_take_away(self, path: str) -> None:
        """Refuse what is in the archive, and any folder that the archive is in."""
        place = _without_last_link(self._place(path))
        if place.is_relative_to(self.protected_folder) or self.protected_folder.is_relative_to(
            place
        ):
            raise _refusal(path)

    def _is_protected(self, path: str) -> bool:
        """Say whether a path is in the archive, or a link to what is."""
        place = self._place(path)
        places = Path(os.path.realpath(place)), _without_last_link(place)
        return any(one.is_relative_to(self.protected_folder) for one in places)

    def _place(self, path: str) -> Path:
        return Path(self._get_os_path(path.strip("/")))


def _refusal(path: str) -> HTTPError:
    return HTTPError(
        403,
        f"{path} belongs to the archive, and the record of a reduction never changes. "
        "Work on a copy, or rerun it with other values",
    )


def _without_last_link(place: Path) -> Path:
    """Resolve the links to a file or folder, but not itself: it is the link that is deleted or renamed.

    Not by `Path.resolve`, which fails where links run in a circle.
    """
    return Path(os.path.realpath(place.parent), place.name)


async def _nothing() -> list[Any]:
    return []
