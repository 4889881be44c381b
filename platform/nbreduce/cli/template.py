"""`nbreduce template …`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
    from nbreduce.domain.template import Template
    from nbreduce.templates.notebook import TemplateError

app = typer.Typer(help="The notebooks that authors maintain.", no_args_is_help=True)

TemplatePath = Annotated[
    Path,
    typer.Argument(help="A template notebook.", exists=True, dir_okay=False, resolve_path=True),
]


@app.command("list")
def list_templates(as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """List the workspace's templates and their parameters."""
    library = open_workspace(workspace).library
    names = [(key, name) for key in library.instruments() for name in library.names(key)]
    found = {
        key: {one_name(one): one for one in library.templates(key)} for key in library.instruments()
    }
    items = [(key, name, found[key].get(name)) for key, name in names]
    if as_json:
        print_json([_as_json(key, name, one) for key, name, one in items])
        return
    rows = ([key, name, *_words(one)] for key, name, one in items)
    print_table(
        ["instrument", "template", "title", "environment", "parameters"], rows, "No templates."
    )


@app.command()
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Template notebooks; all of the workspace's where none is named."),
    ] = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Say what is wrong with templates, cell by cell; the exit code is 1 where anything is."""
    from nbreduce.templates.check import check_template

    if not paths:
        library = open_workspace(workspace).library
        paths = [
            library.folder / key / f"{name}.ipynb"
            for key in library.instruments()
            for name in library.names(key)
        ]
    checked = [check_template(path.resolve()) for path in paths]
    if as_json:
        print_json([dump(one) for one in checked])
    for one in [] if as_json else checked:
        verdict = "good" if not one.problems else f"{len(one.problems)} problems"
        console().print(f"{one.instrument}/{one.template}: {verdict}", markup=False)
        for problem in one.problems:
            where = "" if problem.cell is None else f"cell {problem.cell + 1}: "
            console().print(f"  {where}{problem.message}", markup=False, soft_wrap=True)
    if any(one.problems for one in checked):
        raise typer.Exit(EXIT_FAILED)


@app.command("try")
def try_on(
    path: TemplatePath,
    run_file: Annotated[
        Path, typer.Argument(help="A raw file.", exists=True, dir_okay=False, resolve_path=True)
    ],
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
    from rich.console import Console

    from nbreduce.templates.trial import try_template

    config = _config(workspace)
    with Console(stderr=True).status("Starting the kernel…") as status:
        trial = try_template(
            path,
            run_file,
            output.resolve(),
            parameter,
            config,
            lambda progress: status.update(
                f"Cell {progress.cell} of {progress.cells}  {progress.heading}"
            ),
        )
    if as_json:
        print_json(dump(trial))
    else:
        console().print(f"{trial.state} {trial.reason}".rstrip(), markup=False)
        console().print(f"Open with: jupyter lab {trial.notebook}", soft_wrap=True, markup=False)
    if trial.failure is not None:
        raise typer.Exit(EXIT_FAILED)


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


def one_name(one: "Template | TemplateError") -> str:
    """Return the name of a template that could be read."""
    return getattr(one, "name", "")


def _as_json(instrument: str, name: str, one: Any) -> dict[str, Any]:
    if one is None:
        return {"instrument": instrument, "template": name, "usable": False}
    return {
        "instrument": instrument,
        "template": name,
        "usable": True,
        **dump(one.metadata),
        "sha256": one.sha256,
        "commit": one.commit,
        "schema": one.json_schema(),
    }


def _words(one: Any) -> list[str]:
    if one is None:
        return ["not usable; see 'nbreduce template check'", "", ""]
    names = [parameter.name for parameter in one.parameters if not parameter.supplied]
    return [one.metadata.title, one.metadata.environment, ", ".join(names)]
