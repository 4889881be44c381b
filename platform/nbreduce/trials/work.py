"""The work of a trial, and the process that does it: `python -m nbreduce.trials.work FOLDER WORKSPACE`."""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from nbreduce.config import Config, load_config
from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.model import now
from nbreduce.domain.states import State
from nbreduce.execution.session import Progress, Session
from nbreduce.execution.signals import cancelled_by_signals
from nbreduce.templates.trial import try_template
from nbreduce.trials.folder import TrialFolder
from nbreduce.trials.record import Result, TrialRecord, TrialRow, result_of

# Reductions of new runs come first on a machine that is busy.
_NICENESS = 5


@dataclass
class TrialWork:
    """Tries a template on its runs, one after the other, and keeps the record up to date.

    Parameters
    ----------
    tell:
        Called with the record whenever it changed.
    """

    folder: TrialFolder
    config: Config
    tell: Callable[[TrialRecord], None] = lambda _: None
    cancelled: bool = False
    _session: Session = field(default_factory=Session)

    def cancel(self) -> None:
        """End it; the kernel is killed."""
        self.cancelled = True
        self._session.cancel()

    def perform(self) -> TrialRecord:
        """Do all of it; return the record at its end."""
        record = self.folder.read().model_copy(update={"state": State.RUNNING, "started": now()})
        for index, row in enumerate(record.rows):
            if self.cancelled:
                break
            record = self._perform_row(record, index, row)
        states = {row.state for row in record.rows}
        if self.cancelled:
            record = record.ended_as(State.CANCELLED, now())
        else:
            good = states == {State.SUCCEEDED}
            record = record.ended_as(State.SUCCEEDED if good else State.FAILED, now())
        return self._kept(record)

    def _perform_row(self, record: TrialRecord, index: int, row: TrialRow) -> TrialRecord:
        row = row.model_copy(update={"state": State.RUNNING})
        self._kept(record.with_row(index, row))

        def progressed(progress: Progress) -> None:
            nonlocal row
            heard = {name: getattr(progress, name) for name in ("cell", "cells", "heading")}
            row = row.model_copy(update=heard)
            self._kept(record.with_row(index, row))

        self._session = Session(on_progress=progressed)
        if self.cancelled:
            self._session.cancel()
        return self._kept(record.with_row(index, self._tried(record, row)))

    def _tried(self, record: TrialRecord, row: TrialRow) -> TrialRow:
        draft = self.folder.draft(record.instrument, record.template)
        try:
            trial = try_template(
                draft, Path(row.path), self.folder.result, record.values, self.config, self._session
            )
        except NbreduceError as error:
            failed = Result(state=State.FAILED, reason=str(error))
            return row.model_copy(update={"state": State.FAILED, "new": failed})
        update = {
            "state": trial.state,
            "new": result_of(trial.reduction),
            "notebook": trial.notebook.relative_to(self.folder.path).as_posix(),
        }
        return row.model_copy(update=update)

    def _kept(self, record: TrialRecord) -> TrialRecord:
        self.folder.write(record)
        self.tell(record)
        return record


def main(folder: str, workspace: str) -> None:
    """Do a trial in this process; SIGTERM cancels it."""
    os.nice(_NICENESS)
    work = TrialWork(TrialFolder(Path(folder)), load_config(Path(workspace)))
    cancelled_by_signals(work.perform, work.cancel, (signal.SIGTERM,))


if __name__ == "__main__":
    main(*sys.argv[1:])
