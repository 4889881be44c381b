"""Work in the archive: staging, publishing a reduction in one step, keeping run records and templates."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbreduce.archive.files import ArchiveUnavailable, remove_tree, seal, write_atomic
from nbreduce.archive.layout import LATEST, OUTPUTS, RUN_FILE, Layout
from nbreduce.domain.record import RunRecord
from nbreduce.domain.reduction import Reduction, Run
from nbreduce.domain.template import Template


class Archive:
    """One archive.

    Parameters
    ----------
    root:
        Its folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.layout = Layout(root)

    def prepare(self) -> None:
        """Make the folders that everything else stands on.

        Raises
        ------
        ArchiveUnavailable
            They cannot be made.
        """
        with writing(self.root):
            for folder in (
                self.layout.manifests,
                self.layout.templates,
                self.root / ".store" / "staging",
            ):
                folder.mkdir(parents=True, exist_ok=True)

    def stage(self, reduction: Reduction, attempt: int) -> Path:
        """Make the folder in which an attempt works, without what an earlier try of the same number left there."""
        folder = self.layout.staging(reduction, attempt)
        remove_tree(folder)
        (folder / OUTPUTS).mkdir(parents=True)
        return folder

    def publish(self, staged: Path, run: Run, reduction: Reduction) -> Path:
        """Seal a staged folder and make it the reduction's own, in one rename.

        Raises
        ------
        FileExistsError
            The reduction is there already: some earlier attempt ended after it was given up.
        """
        target = self.layout.reduction(run, reduction)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            raise FileExistsError(target)
        seal(staged)
        # The owner needs to write a folder to rename it on some file systems; its content stays sealed.
        staged.chmod(0o755)
        staged.rename(target)
        target.chmod(0o555)
        _sync_folder(target.parent)
        return target

    def point_latest(self, run: Run, reduction: Reduction) -> None:
        """Let `latest` point at a succeeded reduction, unless it points at a newer one."""
        folder = self.layout.template(run, reduction.template)
        latest = folder / LATEST
        if latest.is_symlink() and _version(latest.readlink().name) >= reduction.version:
            return
        temporary = folder / f".{LATEST}.tmp"
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(f"v{reduction.version}")
        temporary.replace(latest)

    def write_run(self, record: RunRecord) -> None:
        """Write a run's own record.

        Raises
        ------
        ArchiveUnavailable
            It cannot be written.
        """
        folder = self.layout.run(record.run)
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            write_atomic(folder / RUN_FILE, record.model_dump_json(indent=1).encode())

    def keep_template(self, template: Template) -> Path:
        """Keep a template with the files that go beside it, by content; return the folder.

        Raises
        ------
        ArchiveUnavailable
            It cannot be written.
        """
        folder = self.layout.templates / template.sha256
        if folder.is_dir():
            return folder
        with writing(self.layout.templates):
            temporary = self.layout.templates / f".{template.sha256}.{os.getpid()}.tmp"
            remove_tree(temporary)
            temporary.mkdir(parents=True)
            for path in (template.path, *template.files):
                shutil.copyfile(path, temporary / path.name)
            seal(temporary)
            temporary.chmod(0o755)
            try:
                temporary.rename(folder)
            except OSError:
                remove_tree(temporary)
                if not folder.is_dir():
                    raise
        return folder


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


def _version(name: str) -> int:
    return int(name[1:]) if name[1:].isdigit() else 0


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
