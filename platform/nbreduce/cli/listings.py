"""`nbreduce runs` and `nbreduce reductions`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nbreduce.cli.output import (
    JsonOption,
    WorkspaceOption,
    dump,
    duration,
    open_workspace,
    print_json,
    print_table,
    when,
)

if TYPE_CHECKING:
    from nbreduce.domain.reduction import Reduction, Run
    from nbreduce.domain.states import State

InstrumentOption = Annotated[
    str | None, typer.Option("--instrument", "-i", help="Only this instrument.")
]
LimitOption = Annotated[
    int, typer.Option("--limit", "-n", min=0, help="At most so many, the newest; 0 for all.")
]

STATES = ("queued", "starting", "running", "succeeded", "failed", "cancelled", "skipped")
_ONLY_RUNS_ARE_SKIPPED = (
    "No reductions. It is runs that are skipped; list them with: nbreduce runs --state skipped"
)
SIGNS = {
    "queued": "…",
    "starting": "◌",
    "running": "◐",
    "succeeded": "✔",
    "failed": "✖",
    "cancelled": "⊘",
    "skipped": "–",
}


def runs(
    search: Annotated[
        str | None, typer.Argument(help="Part of a run's number, title or experiment.")
    ] = None,
    instrument: InstrumentOption = None,
    experiment: Annotated[
        str | None, typer.Option("--experiment", "-e", help="Only this experiment.")
    ] = None,
    state: Annotated[
        str | None,
        typer.Option(
            "--state",
            "-s",
            help=f"Only those that are skipped, or whose newest reduction is one of {', '.join(STATES[:-1])}.",
        ),
    ] = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """List runs and what became of them, newest first."""
    from nbreduce.catalogue.listing import RunFilter, list_runs
    from nbreduce.catalogue.reductions import reductions_of

    wanted = _state(state)
    given = RunFilter(
        instrument=instrument,
        experiment=experiment,
        search=search,
        state=() if wanted is None else (wanted,),
    )
    with open_workspace(workspace).catalogue.read() as session:
        found = list_runs(session, given, limit or None)
        made = reductions_of(session, [run.id for run in found])
    if as_json:
        print_json([run_json(run, made[run.id]) for run in found])
        return
    rows = (
        [
            run.instrument,
            run.name,
            run.experiment,
            run.title,
            when(run.added),
            story(run, made[run.id]),
        ]
        for run in found
    )
    asked = any((search, instrument, experiment, state))
    print_table(
        ["instrument", "run", "experiment", "title", "seen", "reductions"],
        rows,
        "No such runs." if asked else "No runs yet.",
    )


def reductions(
    instrument: InstrumentOption = None,
    run: Annotated[
        str | None, typer.Option("--run", "-r", help="Only this run, by its number or name.")
    ] = None,
    template: Annotated[
        str | None, typer.Option("--template", "-t", help="Only this template.")
    ] = None,
    state: Annotated[
        str | None, typer.Option("--state", "-s", help=f"Only one of {', '.join(STATES[:-1])}.")
    ] = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """List reductions, newest first."""
    from nbreduce.catalogue.reductions import list_reductions

    wanted = _state(state)
    with open_workspace(workspace).catalogue.read() as session:
        found = list_reductions(session, instrument, run, template, wanted, limit or None)
    if as_json:
        print_json([dump(reduction) for reduction in found])
        return
    rows = (
        [
            reduction.name,
            f"{SIGNS[reduction.state]} {reduction.state}",
            when(reduction.ended or reduction.queued),
            duration(reduction.started, reduction.ended),
            f"{reduction.failure}: {reduction.reason}" if reduction.failure else reduction.reason,
        ]
        for reduction in found
    )
    empty = _ONLY_RUNS_ARE_SKIPPED if state == "skipped" else "No reductions."
    print_table(["reduction", "state", "when", "took", "reason"], rows, empty)


def _state(text: str | None) -> "State | None":
    from nbreduce.domain.states import State

    if text is None:
        return None
    if text not in STATES:
        raise typer.BadParameter(f"{text!r} is none of {', '.join(STATES)}", param_hint="--state")
    return State(text)


def run_json(run: "Run", made: Iterable["Reduction"]) -> dict[str, Any]:
    """Return a run with the short form of its reductions."""
    fields = {"name", "template", "version", "state", "failure", "reason"}
    return {
        **dump(run),
        "reductions": [one.model_dump(mode="json", include=fields) for one in made],
    }


def story(run: "Run", made: Iterable["Reduction"]) -> str:
    """Tell in a line what became of a run."""
    if run.skipped is not None:
        return f"{SIGNS['skipped']} skipped: {run.skipped}"
    newest = {reduction.template: reduction for reduction in made}
    return "; ".join(
        f"{SIGNS[one.state]} {one.template} v{one.version} {one.state}"
        + (f": {one.reason}" if one.failure else "")
        for one in newest.values()
    )
