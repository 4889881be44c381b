"""`nbreduce show` and `nbreduce logs`."""

from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nbreduce.cli.output import (
    EXIT_FAILED,
    JsonOption,
    WorkspaceOption,
    console,
    dump,
    duration,
    open_workspace,
    print_json,
)

if TYPE_CHECKING:
    from nbreduce.domain.reduction import Reduction, Run

NameArgument = Annotated[
    str, typer.Argument(help="Name of a reduction, as in ENGINX241391-powder-v1.")
]


def show(
    name: NameArgument,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Compare the input files with what they were; exit with 1 if not."
        ),
    ] = False,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Show all that is recorded of a reduction."""
    from rich.text import Text

    from nbreduce.lookup import known_reduction

    opened = open_workspace(workspace)
    run, reduction = known_reduction(opened, name)
    notebook = opened.archive.layout.notebook(run, reduction)
    if check:
        _check(reduction, as_json)
        return
    if as_json:
        path = str(notebook) if notebook.exists() else None
        print_json({"run": dump(run), "reduction": dump(reduction), "notebook": path})
        return
    printer = console()
    words = f"  {reduction.state} {reduction.reason}".rstrip()
    printer.print(Text(reduction.name, style="bold") + Text(words, style="not bold"))
    for title, lines in _sections(run, reduction, notebook):
        printer.print(Text(f"\n{title}", style="bold"))
        for line in lines:
            printer.print(f"  {line}", markup=False, soft_wrap=True)


def logs(
    name: NameArgument,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on while the reduction runs.")
    ] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Print what a reduction wrote to its log."""
    from nbreduce.domain.errors import NbreduceError
    from nbreduce.domain.states import ENDED
    from nbreduce.lookup import known_reduction, part_of_log

    opened = open_workspace(workspace)
    attempt = position = 0
    while True:
        run, reduction = known_reduction(opened, name)
        part = part_of_log(opened, run, reduction, attempt, position)
        if part.end == 0 and not follow and reduction.state not in ENDED:
            raise NbreduceError(
                f"{name} has no log yet: it is {reduction.state}", "Wait for it with --follow"
            )
        typer.echo(part.text, nl=False)
        attempt, position = part.attempt, part.end
        if part.more:
            continue
        if not follow or reduction.state in ENDED:
            return
        sleep(0.2)


def _check(reduction: "Reduction", as_json: bool) -> None:
    from nbreduce.provenance import check_inputs

    found = check_inputs(reduction)
    if as_json:
        print_json([dump(one) for one in found])
    for one in () if as_json else found:
        words = f"{one.path}: {one.state} {one.reason}".rstrip()
        console().print(words, markup=False, soft_wrap=True)
    if any(one.state != "same" for one in found):
        raise typer.Exit(EXIT_FAILED)


def _sections(run: "Run", reduction: "Reduction", notebook: Path) -> list[tuple[str, list[str]]]:
    manifest = reduction.manifest
    packages = (
        "no manifest"
        if manifest is None
        else f"{manifest.packages} packages, manifest {manifest.sha256[:12]}"
    )
    sections: list[tuple[str, list[str]]] = [
        ("Run", _run_lines(run)),
        ("Parameters", [_value_line(name, value) for name, value in reduction.parameters.items()]),
        (
            "Template",
            [
                f"{reduction.template}  {reduction.template_sha256[:12]} {reduction.template_commit}".rstrip()
            ],
        ),
        ("Environment", [f"{reduction.environment}  {packages}"]),
        (
            "Inputs",
            [f"{one.path}  {one.size} B  sha256 {one.sha256[:12]}" for one in reduction.inputs],
        ),
        (
            "Outputs",
            [
                f"{one.path}  {one.kind}  {one.size} B  {one.title or ''}"
                for one in reduction.outputs
            ],
        ),
        (
            "Differs from " + (reduction.rerun_of or ""),
            [f"{d.what}: {d.before} → {d.after}" for d in reduction.differs],
        ),
        ("Attempts", [_attempt_line(attempt) for attempt in reduction.attempts]),
        ("Warnings", list(reduction.warnings)),
        ("Notebook", [str(notebook)] if notebook.exists() else []),
    ]
    return [(title, lines) for title, lines in sections if lines]


def _run_lines(run: "Run") -> list[str]:
    counts = "" if run.counts is None else f"{run.counts} counts"
    lines = [
        f"{run.instrument} {run.name}  {run.title}",
        f"experiment {run.experiment}  {counts}".rstrip(),
    ]
    return lines + [f"note: {note}" for note in run.notes]


def _value_line(name: str, value: Any) -> str:
    return f"{name} = {value.value!r}  ({value.source})"


def _attempt_line(attempt: Any) -> str:
    took = duration(attempt.started, attempt.ended)
    words = [
        attempt.outcome or "at work",
        took,
        f"on {attempt.worker}" if attempt.worker else "",
        attempt.reason,
    ]
    return f"{attempt.number}: " + " ".join(filter(None, words))
