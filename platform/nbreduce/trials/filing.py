"""From what is asked for to a trial that can begin: draft, values and runs, validated before it is queued."""

import json
from collections.abc import Iterable
from pathlib import Path

from nbreduce.archive.files import remove_tree
from nbreduce.catalogue import reductions
from nbreduce.catalogue.listing import RunFilter, list_runs
from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.model import now
from nbreduce.domain.reduction import Run
from nbreduce.domain.states import ENDED
from nbreduce.domain.template import Template
from nbreduce.execution.desk import metadata_of
from nbreduce.lookup import known_run
from nbreduce.templates.library import check_name, draft_template
from nbreduce.templates.notebook import check_form, read_notebook, understand
from nbreduce.templates.values import check_request
from nbreduce.trials.folder import TrialFolder, Trials
from nbreduce.trials.record import TrialRecord, TrialRequest, TrialRow, result_of
from nbreduce.workspace import Workspace

_LOOKED_AT = 500


class TrialError(NbreduceError):
    """A trial that cannot be made."""


def file_trial(workspace: Workspace, asked: TrialRequest, person: str) -> TrialFolder:
    """Make a trial that is ready to begin.

    Raises
    ------
    NbreduceError
        The instrument, the draft, a run or a value cannot be used.
    """
    key = workspace.library.instrument(asked.instrument).key
    # Before anything is read: a name that is no template's may lead out of the folder.
    check_name(asked.template)
    path = workspace.library.folder / key / f"{asked.template}.ipynb"
    if asked.content is None:
        path = workspace.library.template(key, asked.template).path
        content = read_notebook(path)
    else:
        content = check_form(asked.content, path.name)
    template = draft_template(path, understand(content, asked.template))
    values = check_request(template.parameters, asked.parameters)
    rows = _rows(workspace, template, _chosen(workspace, asked, template))
    time = now()
    folder = Trials(workspace.path, person).create(time)
    try:
        folder.keep_draft(path, json.dumps(content, ensure_ascii=False).encode())
        folder.write(
            TrialRecord(
                id=folder.path.name,
                person=person,
                instrument=key,
                template=template.name,
                title=template.metadata.title,
                values=values,
                created=time,
                rows=rows,
            )
        )
    except BaseException:
        remove_tree(folder.path)
        raise
    return folder


def _chosen(workspace: Workspace, asked: TrialRequest, template: Template) -> list[Run]:
    if bool(asked.runs) == bool(asked.last):
        raise TrialError("a trial needs runs: name some, or say how many of the last")
    if asked.runs:
        named = [known_run(workspace, asked.instrument, name) for name in dict.fromkeys(asked.runs)]
        for run in named:
            if not _has_file(run):
                raise TrialError(
                    f"the file of run {run.instrument} {run.name} is not there any more"
                )
        return named
    with workspace.catalogue.read() as session:
        found = list_runs(session, RunFilter(instrument=asked.instrument), _LOOKED_AT)
    fitting = [run for run in found if _fits(run, template)][: asked.last]
    if not fitting:
        raise TrialError(
            f"{asked.instrument} has no run yet that {template.name} is for",
            "Choose a run by its number, or look at 'runs' in the template's metadata",
        )
    return fitting


def _fits(run: Run, template: Template) -> bool:
    return _has_file(run) and template.metadata.runs.objection(metadata_of(run)) is None


def _has_file(run: Run) -> bool:
    return run.path is not None and Path(run.path).is_file()


def _rows(workspace: Workspace, template: Template, runs: Iterable[Run]) -> tuple[TrialRow, ...]:
    chosen = list(runs)
    with workspace.catalogue.read() as session:
        made = reductions.reductions_of(session, [run.id for run in chosen])
    rows = []
    for run in chosen:
        ended = [
            one for one in made[run.id] if one.template == template.name and one.state in ENDED
        ]
        before = max(ended, key=lambda one: one.version, default=None)
        rows.append(
            TrialRow(
                run=run.name,
                title=run.title,
                path=str(run.path),
                reduction=None if before is None else before.name,
                old=None if before is None else result_of(before),
            )
        )
    return tuple(rows)
