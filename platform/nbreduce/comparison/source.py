"""Where reductions that are compared come from: the archive, or a trial of the person who asks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nbreduce.archive.layout import Layout
from nbreduce.archive.records import RecordError, read_record
from nbreduce.domain.errors import Conflict, NotFound
from nbreduce.domain.reduction import Reduction, Run
from nbreduce.lookup import known_reduction
from nbreduce.trials.folder import TrialFolder, Trials
from nbreduce.trials.record import TrialRow
from nbreduce.workspace import Workspace

_TRIAL = "trial"


@dataclass(frozen=True)
class Source:
    """A reduction by the name that it was asked for by, its notebook, and the kept templates of its archive."""

    name: str
    run: Run
    reduction: Reduction
    notebook: Path
    templates: Path
    is_trial: bool = False


def trial_name(trial: str, run: str) -> str:
    """Return the name by which the result of a trial on one run is compared; no reduction is named like this."""
    return f"{_TRIAL}:{trial}:{run}"


def source_of(workspace: Workspace, name: str, trials: Trials | None = None) -> Source:
    """Find a reduction of the workspace, or a result among trials.

    Raises
    ------
    NotFound
        There is none.
    Conflict
        The trial has not come so far, or nothing came of it.
    """
    if trials is not None and name.startswith(f"{_TRIAL}:") and name.count(":") > 1:
        return _result(name, trials)
    run, reduction = known_reduction(workspace, name)
    layout = workspace.archive.layout
    return Source(name, run, reduction, layout.notebook(run, reduction), layout.templates)


def _result(name: str, trials: Trials) -> Source:
    _, trial, run = name.split(":", 2)
    folder = trials.find(trial)
    row = next((row for row in folder.read().rows if row.run == run), None)
    if row is None:
        raise NotFound(f"the trial {trial} has no run {run!r}", "Look at the trial's table")
    notebook = _notebook(folder, row)
    try:
        record = read_record(notebook)
    except RecordError as error:
        raise Conflict(f"the trial's result cannot be read: {error}", "Try it again") from error
    templates = Layout(folder.result).templates
    return Source(name, record.run, record.reduction, notebook, templates, is_trial=True)


def _notebook(folder: TrialFolder, row: TrialRow) -> Path:
    """Return the notebook of a row; the trial's folder is its kernel's to write in, so nothing leads out of it."""
    if row.notebook is not None:
        notebook = (folder.path / row.notebook).resolve()
        if notebook.is_relative_to(folder.result.resolve()) and notebook.is_file():
            return notebook
    raise Conflict(f"the trial gave no notebook for run {row.run}", "Compare it when it has one")
