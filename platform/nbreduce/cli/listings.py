"""`nbreduce runs` and `nbreduce reductions`."""

from collections.abc import Iterable
from datetime import datetime
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
    from nbreduce.catalogue.listing import Brief
    from nbreduce.domain.reduction import Reduction, Run
    from nbreduce.domain.states import State

InstrumentOption = Annotated[
    str | None, typer.Option("--instrument", "-i", help="Only this instrument.")
]
LimitOption = Annotated[
    int, typer.Option("--limit", "-n", min=0, help="At most so many, the newest; 0 for all.")
]

OffsetOption = Annotated[
    int, typer.Option("--offset", min=0, help="Leave out so many of the newest.")
]
TemplateOption = Annotated[
    str | None, typer.Option("--template", "-t", help="Only reductions by this template.")
]
_FORMATS = ["%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
SinceOption = Annotated[
    datetime | None,
    typer.Option("--since", formats=_FORMATS, help="Not those before; in this machine's time."),
]
UntilOption = Annotated[
    datetime | None,
    typer.Option("--until", formats=_FORMATS, help="Only those before; in this machine's time."),
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
    template: Annotated[
        str | None,
        typer.Option("--template", "-t", help="Only those with a reduction by this template."),
    ] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    limit: LimitOption = 50,
    offset: OffsetOption = 0,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """List runs and what became of them, newest first.

    A state and a template together mean the newest reduction by that template. A run's time is when it was first seen.
    """
    from nbreduce.catalogue.listing import RunFilter, briefs_of, list_runs

    wanted = _state(state)
    given = RunFilter(
        instrument=instrument,
        experiment=experiment,
        search=search,
        state=() if wanted is None else (wanted,),
        template=template,
        since=_moment(since),
        until=_moment(until),
    )
    with open_workspace(workspace).catalogue.read() as session:
        found = list_runs(session, given, limit or None, offset)
        made = briefs_of(session, [run.id for run in found])
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
    asked = offset or given != RunFilter()
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
    template: TemplateOption = None,
    state: Annotated[
        str | None, typer.Option("--state", "-s", help=f"Only one of {', '.join(STATES[:-1])}.")
    ] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    limit: LimitOption = 50,
    offset: OffsetOption = 0,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """List reductions, newest first. A reduction's time is when it was queued."""
    from nbreduce.catalogue.listing import ReductionFilter, list_reductions

    wanted = _state(state)
    given = ReductionFilter(
        instrument=instrument,
        run=run,
        template=template,
        state=() if wanted is None else (wanted,),
        since=_moment(since),
        until=_moment(until),
    )
    with open_workspace(workspace).catalogue.read() as session:
        found = list_reductions(session, given, limit or None, offset)
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


def _moment(given: datetime | None) -> datetime | None:
    """Put a moment that a person typed into this machine's zone."""
    return given.astimezone() if given is not None else None


def _state(text: str | None) -> "State | None":
    from nbreduce.domain.states import State

    if text is None:
        return None
    if text not in STATES:
        raise typer.BadParameter(f"{text!r} is none of {', '.join(STATES)}", param_hint="--state")
    return State(text)


def run_json(run: "Run", made: Iterable["Brief | Reduction"]) -> dict[str, Any]:
    """Return a run with the short form of its reductions."""
    fields = {"name", "template", "version", "state", "failure", "reason"}
    return {
        **dump(run),
        "reductions": [one.model_dump(mode="json", include=fields) for one in made],
    }


def story(run: "Run", made: Iterable["Brief | Reduction"]) -> str:
    """Tell in a line what became of a run."""
    if run.skipped is not None:
        return f"{SIGNS['skipped']} skipped: {run.skipped}"
    newest = {reduction.template: reduction for reduction in made}
    return "; ".join(
        f"{SIGNS[one.state]} {one.template} v{one.version} {one.state}"
        + (f": {one.reason}" if one.failure else "")
        for one in newest.values()
    )
