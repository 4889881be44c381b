"""`nbreduce rerun`: one reduction, or many."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nbreduce.cli.output import (
    EXIT_FAILED,
    JsonOption,
    WorkspaceOption,
    console,
    dump,
    open_workspace,
    poll,
    print_json,
    print_table,
)
from nbreduce.cli.requests import (
    ParameterOption,
    WaitOption,
    answer_to,
    hint_service,
    wait_for_reductions,
)

if TYPE_CHECKING:
    from nbreduce.bulk_draft import Choice
    from nbreduce.bulk_reruns import BulkPlan
    from nbreduce.catalogue.bulk import BulkState
    from nbreduce.reruns import RerunPlan
    from nbreduce.workspace import Workspace

_SHOWN = 50


def rerun(
    reduction: Annotated[
        list[str] | None,
        typer.Argument(help="Names of reductions, as in ENGINX241391-powder-v1."),
    ] = None,
    parameter: ParameterOption = [],  # noqa: B006
    instrument: Annotated[
        str | None, typer.Option("--instrument", "-i", help="Instrument of --runs.")
    ] = None,
    runs: Annotated[
        str, typer.Option("--runs", "-r", help="Runs by number, as in '241300-241391, 241395'.")
    ] = "",
    template: Annotated[
        str | None, typer.Option("--template", "-t", help="With --runs: only by this template.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be made, with which values.")
    ] = False,
    wait: WaitOption = False,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Reduce runs again, with other values, as new versions beside the old ones."""
    from nbreduce.bulk_draft import Choice

    opened = open_workspace(workspace)
    names = tuple(reduction or ())
    if len(names) == 1 and not instrument and not runs:
        _rerun_one(opened, names[0], parameter, dry_run, wait, as_json)
        return
    choice = Choice(names=names, instrument=instrument, runs=runs, template=template)
    _rerun_many(opened, choice, parameter, dry_run, wait, as_json)


def _rerun_one(
    workspace: "Workspace",
    name: str,
    assignments: Sequence[str],
    dry_run: bool,
    wait: bool,
    as_json: bool,
) -> None:
    from nbreduce.reruns import Changes, file_rerun, plan_one, typed_values
    from nbreduce.submission import current_user

    changes = Changes(parameters=typed_values(workspace, name, assignments))
    if dry_run:
        _show_plan(plan_one(workspace, name, changes), as_json)
        return
    request = file_rerun(workspace, name, changes, current_user())
    if not wait and hint_service(workspace):
        if as_json:
            print_json({"reduction": None})
        else:
            console().print(f"Asked for a rerun of {name}.")
        return
    answer = answer_to(workspace, request)
    if wait:
        wait_for_reductions(workspace, [answer], as_json)
    elif as_json:
        print_json({"reduction": answer})
    else:
        console().print(f"{answer} is queued.")


def _show_plan(plan: "RerunPlan", as_json: bool) -> None:
    if as_json:
        print_json(dump(plan))
    else:
        _print_plan(plan)
    if plan.problems:
        raise typer.Exit(EXIT_FAILED)


def _print_plan(plan: "RerunPlan") -> None:
    changed = ", but the template was changed since" if plan.template_changed else ""
    console().print(f"{plan.name}, from {plan.reduction}{changed}:", markup=False)
    rows = (
        [one.name, f"{one.value!r} {one.unit}".strip(), _was(one), one.source]
        for one in plan.parameters
        if not one.supplied
    )
    print_table(["parameter", "value", "was", "source"], rows, "It has no parameters.")
    for words in plan.warnings:
        console().print(f"Warning: {words}", markup=False)
    for problem in plan.problems:
        console().print(f"Not possible: {problem.where} {problem.message}", markup=False)


def _was(one: Any) -> str:
    return "" if one.before == one.value else f"{one.before!r}"


def _rerun_many(
    workspace: "Workspace",
    choice: "Choice",
    assignments: Sequence[str],
    dry_run: bool,
    wait: bool,
    as_json: bool,
) -> None:
    from nbreduce.bulk_reruns import file_many, plan_many, typed_choice
    from nbreduce.submission import current_user

    choice = typed_choice(workspace, choice, assignments)
    plan = plan_many(workspace, choice, limit=_SHOWN)
    if dry_run:
        _show_many(plan, as_json)
        return
    filed = file_many(workspace, choice, current_user(), plan.templates)
    if not wait:
        hint_service(workspace)
        if as_json:
            print_json({**dump(filed), "left_out": plan.left_out, "reasons": plan.reasons})
            return
        made = f"{filed.reruns} rerun{'' if filed.reruns == 1 else 's'}"
        console().print(f"Asked for {made}.{_left_out(plan)}", markup=False)
        return
    _wait_for_many(workspace, filed.bulk, as_json)


def _show_many(plan: "BulkPlan", as_json: bool) -> None:
    if as_json:
        print_json(dump(plan))
        return
    rows = (
        [
            one.run,
            one.reduction or "",
            "" if one.new_version is None else f"v{one.new_version}",
            one.problem
            or ", ".join(f"{name} {a.before!r} → {a.after!r}" for name, a in one.changes.items()),
        ]
        for one in plan.lines
    )
    print_table(["run", "from", "to", "what changes, or why not"], rows, "Nothing is chosen.")
    if plan.total > len(plan.lines):
        console().print(f"… and {plan.total - len(plan.lines)} more lines.")
    made = f"{plan.reruns} reduction{'' if plan.reruns == 1 else 's'}"
    console().print(f"{made} would be made.{_left_out(plan)}", markup=False)


def _left_out(plan: "BulkPlan") -> str:
    reasons = "; ".join(f"{count} × {words}" for words, count in plan.reasons.items())
    return f" {plan.left_out} left out: {reasons}." if plan.left_out else ""


def _wait_for_many(workspace: "Workspace", bulk: str, as_json: bool) -> None:
    from nbreduce.attendance import Attendance, require_service
    from nbreduce.bulk_reruns import ended_bulk
    from nbreduce.domain.states import State

    require_service(workspace)
    state = poll(partial(ended_bulk, workspace, bulk), "Reducing…", Attendance(workspace).check)
    if as_json:
        print_json(dump(state))
    else:
        console().print(", ".join(_outcomes(state)), markup=False)
    if state.states.keys() != {State.SUCCEEDED} or state.refused:
        raise typer.Exit(EXIT_FAILED)


def _outcomes(state: "BulkState") -> Iterator[str]:
    for name, count in state.states.items():
        yield f"{count} {name}"
    for words, count in state.refused.items():
        yield f"{count} refused: {words}"
