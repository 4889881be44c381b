"""What people ask for by hand: reports and cancels, validated before they are queued."""

import os
import pwd
from collections.abc import Iterable, Sequence
from pathlib import Path

from nbreduce.catalogue import reductions, reports, runs
from nbreduce.catalogue.requests import RequestKind, add_request, get_request
from nbreduce.domain.errors import Conflict, NbreduceError
from nbreduce.domain.model import Values
from nbreduce.domain.parameters import ParameterError
from nbreduce.domain.reduction import Reduction
from nbreduce.domain.run import FileStamp, Report, stamp_of
from nbreduce.domain.states import ENDED
from nbreduce.domain.template import Instrument, Template
from nbreduce.lookup import known_reduction
from nbreduce.templates.notebook import TemplateError
from nbreduce.templates.values import parse_assignments, parse_request
from nbreduce.triggers.configured import build_triggers, data_folders
from nbreduce.triggers.runfiles import find_run_file
from nbreduce.workspace import Workspace


class SubmissionError(NbreduceError):
    """Something that cannot be asked for."""


class RunSkipped(NbreduceError):
    """A run that was asked for, of which no reduction came."""

    exit_code = 1


def current_user() -> str:
    """Return the name of the user whom this process runs as, whatever the environment says."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def make_reports(
    workspace: Workspace,
    instrument: str,
    given: Sequence[str],
    assignments: Iterable[str],
    templates: Sequence[str],
) -> list[Report]:
    """Make the reports of runs that are named by file or number.

    Raises
    ------
    NbreduceError
        The instrument or a template is not known, a file is not there, or a value is not allowed.
    """
    known = workspace.library.instrument(instrument)
    values = _values(workspace, instrument, assignments, templates)
    paths = [_path_of(workspace, known, text) for text in given]
    return [
        Report(
            trigger="cli",
            instrument=instrument,
            path=path,
            parameters=values,
            templates=tuple(templates),
        )
        for path in paths
    ]


def report_all(workspace: Workspace, made: Iterable[Report]) -> list[int]:
    """Write reports into the catalogue, where the service finds them; return their ids."""
    with workspace.catalogue.write() as session:
        return [reports.add_report(session, report, _stamp(report.path)) for report in made]


def file_cancel(workspace: Workspace, name: str, requested_by: str) -> int:
    """Ask for a reduction to be cancelled; return the request's id.

    Raises
    ------
    NotFound
        There is no such reduction.
    Conflict
        It has ended.
    """
    _, reduction = known_reduction(workspace, name)
    if reduction.state in ENDED:
        raise Conflict(f"{name} has ended already: {reduction.state}")
    with workspace.catalogue.write() as session:
        return add_request(session, RequestKind.CANCEL, name, requested_by)


def answer_of(workspace: Workspace, request_id: int) -> str | None:
    """Return the service's answer to a request, None while there is none.

    Raises
    ------
    SubmissionError
        The request was refused.
    """
    with workspace.catalogue.read() as session:
        request = get_request(session, request_id)
    if request.answered is None:
        return None
    if not request.accepted:
        raise SubmissionError(request.answer)
    return request.answer


def reductions_of_report(workspace: Workspace, report_id: int) -> list[str] | None:
    """Return the names of the reductions of a reported run, None while the report is pending.

    Raises
    ------
    RunSkipped
        The run was skipped.
    """
    with workspace.catalogue.read() as session:
        run_id = reports.run_of_report(session, report_id)
        if run_id is None:
            return None
        run = runs.get_run(session, run_id)
        made = reductions.reductions_of(session, [run_id])[run_id]
    if run.skipped is not None:
        raise RunSkipped(f"run {run.instrument} {run.name} is skipped: {run.skipped}")
    return [reduction.name for reduction in made]


def ended_reduction(workspace: Workspace, name: str) -> Reduction | None:
    """Return a reduction once it has ended."""
    with workspace.catalogue.read() as session:
        reduction = reductions.find_reduction(session, name)
    return reduction if reduction is not None and reduction.state in ENDED else None


def _values(
    workspace: Workspace, instrument: str, assignments: Iterable[str], only: Sequence[str]
) -> Values:
    """Validate values against every template that they will be used with."""
    texts = parse_assignments(assignments)
    found = list(workspace.library.templates(instrument))
    usable = [one for one in found if isinstance(one, Template) and (not only or one.name in only)]
    for name in only:
        workspace.library.template(instrument, name)
    if not texts:
        return {}
    values: Values = {}
    problems: list[ParameterError] = []
    for template in usable:
        try:
            values |= parse_request(template.parameters, texts)
        except ParameterError as error:
            problems.append(error)
    if len(problems) == len(usable):
        broken = next((one for one in found if isinstance(one, TemplateError)), None)
        raise (
            problems[0] if problems else broken or SubmissionError(f"{instrument} has no templates")
        )
    return values


def _path_of(workspace: Workspace, instrument: Instrument, text: str) -> Path:
    path = Path(text).expanduser()
    if path.exists() or path.is_symlink():
        return path.resolve()
    if not text.isascii() or not text.isdigit():
        raise SubmissionError(
            f"there is no file {text!r}", "Name a raw file, or a run by its number"
        )
    folders = _folders(workspace, instrument.key)
    found = find_run_file(folders, instrument.prefixes, instrument.padding, int(text))
    if found is None:
        places = (
            ", ".join(map(str, folders))
            or f"no data folder: none is configured for {instrument.key}"
        )
        raise SubmissionError(f"no file of {instrument.key} run {int(text)} was found in {places}")
    return found


def _folders(workspace: Workspace, instrument: str) -> list[Path]:
    triggers = build_triggers(workspace.config.triggers, workspace.path, workspace.library)
    return data_folders(triggers).get(instrument, [])


def _stamp(path: Path | None) -> FileStamp | None:
    if path is None:
        return None
    try:
        status = path.stat()
    except OSError:
        return None
    return stamp_of(status)
