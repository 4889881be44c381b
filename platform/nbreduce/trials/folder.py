"""Trials on disk: `<workspace>/trials/<person>/<id>/`, each with its record, its draft and its results."""

import fcntl
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from nbreduce.archive.files import remove_tree, write_atomic
from nbreduce.domain.errors import NotFound, Unavailable
from nbreduce.domain.model import now
from nbreduce.domain.run import safe_name
from nbreduce.domain.states import ENDED, State
from nbreduce.locks import take_lock
from nbreduce.trials.record import TrialRecord

TRIALS = "trials"
KEPT = 20
# Longer than making a trial's folder takes.
_FILING = timedelta(hours=1)
_ID_TIME = "%Y%m%d-%H%M%S"
_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")


class TrialFolder:
    """The folder of one trial.

    Whoever is to work on the trial holds its lock, from when it is filed to its end: a trial that has not ended
    and that nobody holds was interrupted.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def result(self) -> Path:
        """Where results go; laid out as an archive."""
        return self.path / "result"

    @property
    def log(self) -> Path:
        """What the trial's process says."""
        return self.path / "trial.log"

    def draft(self, instrument: str, template: str) -> Path:
        """The template as it is tried."""
        return self.path / "draft" / instrument / f"{template}.ipynb"

    def keep_draft(self, template: Path, content: bytes) -> None:
        """Keep a draft with everything that stands beside the template."""
        draft = self.draft(template.parent.name, template.stem)
        draft.parent.mkdir(parents=True)
        for beside in template.parent.iterdir():
            if beside.is_file() and not beside.name.startswith(".") and beside.suffix != ".ipynb":
                shutil.copyfile(beside, draft.parent / beside.name)
        draft.write_bytes(content)

    def write(self, record: TrialRecord) -> None:
        """Write the record."""
        write_atomic(self.path / "trial.json", record.model_dump_json(indent=1).encode(), False)

    def read(self) -> TrialRecord:
        """Read the record; one that was interrupted is told to have failed.

        Raises
        ------
        NotFound
            There is none.
        """
        # In this order: who lets go of the lock has written the end before.
        held = self._is_held()
        try:
            record = TrialRecord.model_validate_json((self.path / "trial.json").read_bytes())
        except (OSError, ValidationError) as error:
            raise NotFound(f"there is no trial {self.path.name}") from error
        if record.state in ENDED or held:
            return record
        reason = "interrupted: the Jupyter server ended before it did. Try again"
        return record.ended_as(State.FAILED, now(), reason)

    def hold(self) -> IO[bytes]:
        """Take the lock; it is let go when no process has the stream open any more."""
        stream = (self.path / "trial.lock").open("ab")
        try:
            take_lock(stream)
        except OSError:
            stream.close()
            raise
        return stream

    def _is_held(self) -> bool:
        try:
            with (self.path / "trial.lock").open("rb") as stream:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False


class Trials:
    """The trials of one person in a workspace.

    Parameters
    ----------
    workspace:
        Folder of the workspace.
    """

    def __init__(self, workspace: Path, person: str) -> None:
        self.root = workspace / TRIALS / safe_name(person)
        self.person = person

    def create(self, time: datetime) -> TrialFolder:
        """Make a folder for a new trial, and room for it: the oldest that ended go.

        Raises
        ------
        Unavailable
            It cannot be written.
        """
        with self._writing():
            self._prune(time)
            path = self.root / f"{time:{_ID_TIME}}-{secrets.token_hex(3)}"
            path.mkdir(parents=True)
        return TrialFolder(path)

    def find(self, trial: str) -> TrialFolder:
        """Return a trial's folder.

        Raises
        ------
        NotFound
            There is no such trial.
        """
        path = self.root / trial
        if not _ID.fullmatch(trial) or not path.is_dir():
            raise NotFound(
                f"there is no trial {trial!r}", f"The last {KEPT} are kept: try it again"
            )
        return TrialFolder(path)

    def all(self) -> list[tuple[TrialFolder, TrialRecord]]:
        """Return all trials, newest first."""
        return list(self._found())

    def _found(self) -> Iterator[tuple[TrialFolder, TrialRecord]]:
        if not self.root.is_dir():
            return
        for path in sorted(self.root.iterdir(), reverse=True):
            folder = TrialFolder(path)
            if not _ID.fullmatch(path.name):
                continue
            try:
                yield folder, folder.read()
            except NotFound:
                # Another tab makes it, or takes it away, just now.
                continue

    def _prune(self, time: datetime) -> None:
        ended = [folder for folder, record in self._found() if record.state in ENDED]
        for folder in [*ended[KEPT - 1 :], *self._unfinished(time - _FILING)]:
            remove_tree(folder.path)

    def _unfinished(self, before: datetime) -> Iterator[TrialFolder]:
        """Give folders whose making was broken off: no record, and none is still to come."""
        for path in self.root.glob("*"):
            old = _ID.fullmatch(path.name) and path.name < f"{before:{_ID_TIME}}"
            if old and not (path / "trial.json").exists():
                yield TrialFolder(path)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Unavailable(
                f"trials cannot be kept in {self.root} ({error.strerror or error})",
                "Free space, or ask whoever runs the workspace for the right to write there",
            ) from error
