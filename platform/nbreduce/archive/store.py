"""Work in the archive: staging, publishing a reduction in one step, keeping run records and templates."""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from time import time

import nbreduce_kernel
from nbreduce.archive.contents import digest_of, keep_files
from nbreduce.archive.files import (
    ArchiveUnavailable,
    hash_of_files,
    remove_tree,
    seal,
    write_atomic,
    writing,
)
from nbreduce.archive.layout import LATEST, OUTPUTS, RUN_FILE, Layout
from nbreduce.archive.records import RecordError, read_record
from nbreduce.domain.errors import NbreduceError, Unavailable
from nbreduce.domain.record import Record, RunRecord
from nbreduce.domain.reduction import Reduction, Run
from nbreduce.domain.template import Template

_GIVEN_UP = ".given-up"
_ROOM = 100_000_000
_MARK_KEPT = 24 * 3600


class ReductionExists(NbreduceError):
    """Something is in a reduction's place in the archive."""

    exit_code = 1


class AttemptGivenUp(NbreduceError):
    """An attempt that must not work any more."""


class TemplateChanged(Unavailable):
    """A template was changed while it was read."""


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

    def probe(self) -> None:
        """Raise `ArchiveUnavailable` unless the archive can be written."""
        self.prepare()
        probe = self.layout.stagings / f".probe.{os.getpid()}"
        with writing(self.root):
            try:
                write_atomic(probe, b"x" * 65536)
            finally:
                probe.unlink(missing_ok=True)

    def check_room(self) -> None:
        """Raise `ArchiveUnavailable` unless the archive can be written, and has room for a result."""
        self.probe()
        free = shutil.disk_usage(self.root).free
        if free < _ROOM:
            raise ArchiveUnavailable(
                f"the archive {self.root} has only {free / 1e6:.0f} MB left",
                "No space left: free some",
            )

    def stage(self, reduction: Reduction, attempt: int) -> Path:
        """Make the folder in which an attempt works, without what an earlier try of the same number left there.

        Raises
        ------
        AttemptGivenUp
            The attempt was withdrawn before it began.
        """
        folder = self.layout.staging(reduction, attempt)
        remove_tree(folder)
        (folder / OUTPUTS).mkdir(parents=True)
        # After the folder is made: whoever withdraws meets either the folder, or this look.
        if self.is_given_up(reduction, attempt):
            remove_tree(folder)
            raise AttemptGivenUp(
                f"attempt {attempt} of {reduction.name} was given up before it began"
            )
        return folder

    def is_given_up(self, reduction: Reduction, attempt: int) -> bool:
        """Say whether an attempt was withdrawn."""
        return _given_up(self.layout.staging(reduction, attempt)).exists()

    def publish(self, staged: Path, run: Run, reduction: Reduction) -> Path:
        """Seal a staged folder and make it the reduction's own, in one rename.

        Raises
        ------
        ReductionExists
            Something is in its place already.
        """
        target = self.layout.reduction(run, reduction)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            raise ReductionExists(f"{target} is there already", "Move it out of the archive")
        seal(staged)
        # The owner needs to write a folder to rename it on some file systems; its content stays sealed.
        staged.chmod(0o755)
        staged.rename(target)
        target.chmod(0o555)
        _sync_folder(target.parent)
        return target

    def withdraw(self, run: Run, reduction: Reduction) -> Record | None:
        """Give up a reduction's newest attempt: take its staged folder away, so that it can publish nothing any more.

        Returns
        -------
        :
            The record, if the attempt was quicker: then the reduction is in the archive, and this is how it ended.

        Raises
        ------
        ArchiveUnavailable
            The archive cannot be reached.
        RecordError
            Something is in the reduction's place that has no record, or that of another.
        """
        staged = self.layout.staging(reduction, reduction.attempts[-1].number)
        with writing(staged):
            _given_up(staged).touch()
            withdrawn = staged.with_name(f"{staged.name}.withdrawn")
            remove_tree(withdrawn)
            with suppress(FileNotFoundError):
                # It is not there where nothing was staged yet, or where the attempt publishes it just now.
                staged.rename(withdrawn)
        with suppress(OSError):
            # A kernel that is at its end may still write here; `clear_stagings` takes what is left.
            remove_tree(withdrawn)
            self.layout.watch(reduction, reduction.attempts[-1].number).unlink(missing_ok=True)
        notebook = self.layout.notebook(run, reduction)
        if not notebook.is_file():
            return None
        record = read_record(notebook)
        told = record.reduction
        if told.id != reduction.id or len(told.attempts) != len(reduction.attempts):
            raise RecordError(
                f"{notebook} is the record of another reduction, or of another attempt"
            )
        return record

    def highest_version(self, run: Run, template: str) -> int:
        """Return the highest version of a template that is in the archive for a run, 0 where there is none."""
        folder = self.layout.template(run, template)
        return max((_version(path.name) for path in folder.glob("v*")), default=0)

    def clear_stagings(self) -> None:
        """Remove what attempts left behind; none may be at work.

        The marks of those that were given up stay for a day: a worker of an earlier service may be slow to notice.
        """
        with writing(self.layout.stagings):
            for path in self.layout.stagings.iterdir():
                if path.is_dir() and not path.is_symlink():
                    remove_tree(path)
                elif path.suffix != _GIVEN_UP or time() - path.lstat().st_mtime > _MARK_KEPT:
                    path.unlink()
            for transcript in self.layout.watched.glob("*"):
                transcript.unlink(missing_ok=True)

    def point_latest(self, run: Run, reduction: Reduction) -> None:
        """Let `latest` point at a succeeded reduction, unless it points at a newer one.

        Raises
        ------
        ArchiveUnavailable
            It cannot be written.
        """
        folder = self.layout.template(run, reduction.template)
        latest = folder / LATEST
        with writing(folder):
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
            write_atomic(folder / RUN_FILE, record.model_dump_json(indent=1).encode(), sync=False)

    def keep_template(self, template: Template) -> Path:
        """Keep a template with the files that go beside it, by content; return the folder.

        Raises
        ------
        ArchiveUnavailable
            It cannot be written.
        """
        files = {path.name: path for path in (template.path, *template.files)}

        def check(copy: Path) -> None:
            if hash_of_files(copy / name for name in files) != template.sha256:
                raise TemplateChanged(f"template {template.name} changed while it was read")

        return keep_files(self.layout.templates / template.sha256, files, check)

    def keep_kernel_modules(self) -> Path:
        """Keep the modules that notebooks use, by content; return the folder to be put on a kernel's path.

        Raises
        ------
        ArchiveUnavailable
            It cannot be written.
        """
        package = Path(nbreduce_kernel.__file__).parent
        files = {
            f"{package.name}/{path.relative_to(package)}": path
            for path in sorted(package.rglob("*.py"))
        }
        return keep_files(self.layout.kernel_modules / digest_of(files), files)


def _given_up(staged: Path) -> Path:
    """Return the mark of an attempt that was given up."""
    return staged.with_name(staged.name + _GIVEN_UP)


def _version(name: str) -> int:
    return int(name[1:]) if name[1:].isdigit() else 0


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
