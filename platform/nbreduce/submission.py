"""What people ask of the service about a reduction, validated before it is queued."""

import os
import pwd

from nbreduce.catalogue import reductions, reports, runs
from nbreduce.catalogue.requests import RequestKind, add_request, get_request
from nbreduce.domain.errors import Conflict, NbreduceError
from nbreduce.domain.reduction import Reduction
from nbreduce.domain.states import ENDED
from nbreduce.lookup import known_reduction
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
