"""`nbreduce submit` and `cancel`, and what waits for the service."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from nbreduce.cli.output import (
    EXIT_FAILED,
    JsonOption,
    WorkspaceOption,
    complain,
    console,
    dump,
    open_workspace,
    poll,
    print_json,
)

if TYPE_CHECKING:
    from nbreduce.workspace import Workspace

ParameterOption = Annotated[
    list[str],
    typer.Option(
        "--parameter",
        "-p",
        metavar="NAME=VALUE",
        help="Value of a template's parameter; repeatable.",
    ),
]
WaitOption = Annotated[
    bool, typer.Option("--wait", help="Wait for the end; exit with 1 unless all succeeded.")
]
_NO_SERVICE = (
    "The service is not running; it will take this up when it is. Start it with: nbreduce up"
)


def submit(
    instrument: Annotated[
        str, typer.Argument(help="The instrument's folder in notebook_templates.")
    ],
    runs: Annotated[
        list[str], typer.Argument(metavar="FILE_OR_RUN...", help="Raw files, or run numbers.")
    ],
    parameter: ParameterOption = [],  # noqa: B006 - typer wants a list
    template: Annotated[
        list[str], typer.Option("--template", "-t", help="Only this template; repeatable.")
    ] = [],  # noqa: B006
    wait: WaitOption = False,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Report finished runs by hand.

    A run that is known already is not reduced again, unless values or templates are asked for.
    """
    from nbreduce.reporting import make_typed_reports, report_all
    from nbreduce.templates.values import parse_assignments

    opened = open_workspace(workspace)
    made = make_typed_reports(opened, instrument, runs, parse_assignments(parameter), template)
    identifiers = report_all(opened, made)
    if wait:
        _wait_for_runs(opened, identifiers, as_json)
        return
    hint_service(opened)
    if as_json:
        print_json([dump(report) for report in made])
    else:
        console().print(
            f"Reported {len(made)} {'run' if len(made) == 1 else 'runs'} of {instrument}."
        )


def cancel(
    reduction: Annotated[str, typer.Argument(help="Name of a reduction.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Cancel a reduction that is queued or running."""
    from nbreduce.submission import current_user, file_cancel

    opened = open_workspace(workspace)
    request = file_cancel(opened, reduction, current_user())
    if hint_service(opened):
        return
    answer_to(opened, request)
    console().print(f"{reduction} is being cancelled.")


def hint_service(workspace: "Workspace") -> bool:
    """Tell when no service runs; say whether that was so."""
    from nbreduce.attendance import service_runs

    if service_runs(workspace):
        return False
    typer.echo(_NO_SERVICE, err=True)
    return True


def answer_to(workspace: "Workspace", request: int) -> str:
    """Wait for the service's answer to a request."""
    from nbreduce.attendance import Attendance, require_service
    from nbreduce.submission import answer_of

    require_service(workspace)
    return poll(
        partial(answer_of, workspace, request),
        "Waiting for the service…",
        Attendance(workspace).check,
    )


def _wait_for_runs(workspace: "Workspace", reports: Iterable[int], as_json: bool) -> None:
    from nbreduce.attendance import Attendance, require_service
    from nbreduce.submission import RunSkipped, reductions_of_report

    require_service(workspace)
    attendance = Attendance(workspace)
    names: list[str] = []
    skipped = False
    for report in reports:
        try:
            names += poll(
                partial(reductions_of_report, workspace, report),
                "Waiting for the run's file…",
                attendance.check,
            )
        except RunSkipped as error:
            complain(error)
            skipped = True
    wait_for_reductions(workspace, names, as_json)
    if skipped:
        raise typer.Exit(EXIT_FAILED)


def wait_for_reductions(workspace: "Workspace", names: Iterable[str], as_json: bool) -> None:
    """Wait until reductions have ended, and print how; exit with 1 unless all succeeded."""
    from nbreduce.attendance import Attendance
    from nbreduce.domain.states import State
    from nbreduce.submission import ended_reduction

    check = Attendance(workspace).check
    ended = [
        poll(partial(ended_reduction, workspace, name), f"Reducing {name}…", check)
        for name in names
    ]
    if as_json:
        print_json([dump(reduction) for reduction in ended])
    for reduction in [] if as_json else ended:
        console().print(
            f"{reduction.name} {reduction.state} {reduction.reason}".rstrip(), markup=False
        )
    if not ended or any(reduction.state is not State.SUCCEEDED for reduction in ended):
        raise typer.Exit(EXIT_FAILED)
