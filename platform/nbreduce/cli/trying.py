"""`nbreduce template try`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nbreduce.cli.output import (
    EXIT_FAILED,
    JsonOption,
    WorkspaceOption,
    console,
    dump,
    open_workspace,
    print_json,
    print_table,
)

if TYPE_CHECKING:
    from nbreduce.config import Config
    from nbreduce.templates.trial import Trial
    from nbreduce.trials.record import Result, TrialRecord, TrialRow

TemplatePath = Annotated[
    Path,
    typer.Argument(help="A template notebook.", exists=True, dir_okay=False, resolve_path=True),
]


def try_on(
    path: TemplatePath,
    run_file: Annotated[
        Path | None,
        typer.Argument(help="A raw file.", exists=True, dir_okay=False, resolve_path=True),
    ] = None,
    last: Annotated[
        int | None,
        typer.Option(
            "--last",
            min=1,
            max=20,
            help="Instead of a file: the workspace's last so many runs, compared with what they gave before.",
        ),
    ] = None,
    parameter: Annotated[
        list[str],
        typer.Option(
            "--parameter", "-p", metavar="NAME=VALUE", help="Value of a parameter; repeatable."
        ),
    ] = [],  # noqa: B006
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the result.")] = Path(
        "nbreduce-trials"
    ),
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Execute a template on a run, apart from the archive, and say where the notebook is."""
    if run_file is not None and last is None:
        _try_on_file(path, run_file, parameter, output, as_json, workspace)
    elif last is not None and run_file is None:
        _try_on_last(path, last, parameter, as_json, workspace)
    else:
        raise typer.BadParameter("Name a raw file, or use --last N.")


def _try_on_file(
    path: Path,
    run_file: Path,
    parameter: list[str],
    output: Path,
    as_json: bool,
    workspace: Path | None,
) -> None:
    from rich.console import Console

    from nbreduce.execution.session import Session
    from nbreduce.execution.signals import cancelled_by_signals
    from nbreduce.templates.trial import trial_values, try_template

    config = _config(workspace)
    values = trial_values(path, parameter)
    with Console(stderr=True).status("Starting the kernel…") as status:
        session = Session(
            on_progress=lambda one: status.update(f"Cell {one.cell} of {one.cells}  {one.heading}")
        )

        def work() -> "Trial":
            return try_template(path, run_file, output.resolve(), values, config, session)

        trial = cancelled_by_signals(work, session.cancel)
    if as_json:
        print_json(dump(trial))
    else:
        console().print(f"{trial.state} {trial.reason}".rstrip(), markup=False)
        console().print(f"Open with: jupyter lab {trial.notebook}", soft_wrap=True, markup=False)
    if trial.state != "succeeded":
        raise typer.Exit(EXIT_FAILED)


def _try_on_last(
    path: Path, last: int, parameter: list[str], as_json: bool, workspace: Path | None
) -> None:
    from rich.console import Console

    from nbreduce.execution.signals import cancelled_by_signals
    from nbreduce.submission import current_user
    from nbreduce.templates.notebook import read_notebook
    from nbreduce.templates.trial import trial_values
    from nbreduce.trials.filing import file_trial
    from nbreduce.trials.record import TrialRequest
    from nbreduce.trials.work import TrialWork

    opened = open_workspace(workspace)
    asked = TrialRequest(
        instrument=path.parent.name,
        template=path.stem,
        content=read_notebook(path),
        last=last,
        parameters=trial_values(path, parameter),
    )
    folder = file_trial(opened, asked, current_user())
    with folder.hold(), Console(stderr=True).status("Starting the kernel…") as status:
        work = TrialWork(folder, opened.config, lambda record: status.update(_progress(record)))
        record = cancelled_by_signals(work.perform, work.cancel)
    if as_json:
        print_json(dump(record))
    else:
        print_table(_COLUMNS, [_cells(row) for row in record.rows], "No runs.")
        console().print(f"Notebooks in: {folder.path}", soft_wrap=True, markup=False)
    if record.state != "succeeded":
        raise typer.Exit(EXIT_FAILED)


_COLUMNS = ["run", "title", "before", "now", "difference"]


def _progress(record: "TrialRecord") -> str:
    place = next((n for n, row in enumerate(record.rows, 1) if row.state == "running"), 0)
    if not place:
        return "Starting the kernel…"
    row = record.rows[place - 1]
    return f"Run {row.run} ({place} of {len(record.rows)})  cell {row.cell} of {row.cells}"


def _cells(row: "TrialRow") -> list[str]:
    from nbreduce.trials.record import differences

    different = differences(row.old, row.new) if row.old and row.new else None
    words = "" if different is None else "; ".join(different) or "none"
    return [row.run, row.title, _result(row.old), _result(row.new), words]


def _result(result: "Result | None") -> str:
    if result is None:
        return "not reduced"
    seconds = "" if result.seconds is None else f" in {result.seconds:.1f} s"
    return f"{result.state}{seconds}{f': {result.reason}' if result.reason else ''}"


def _config(workspace: Path | None) -> "Config | None":
    """Return the configuration of the workspace that is named or around; a template can be tried without one."""
    from nbreduce.config import ConfigError, find_workspace, load_config

    try:
        folder = find_workspace(workspace)
    except ConfigError:
        if workspace is not None:
            raise
        return None
    return load_config(folder)
