"""`nbreduce template …`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nbreduce.cli import authoring
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
from nbreduce.cli.trying import try_on

if TYPE_CHECKING:
    from nbreduce.domain.template import Template
    from nbreduce.templates.notebook import TemplateError
    from nbreduce.templates.problem import Problem

app = typer.Typer(help="The notebooks that authors maintain.", no_args_is_help=True)


@app.command("list")
def list_templates(as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """List the workspace's templates and their parameters."""
    library = open_workspace(workspace).library
    names = [(key, name) for key in library.instruments() for name in library.names(key)]
    found = {
        key: {one_name(one): one for one in library.templates(key, commit=True)}
        for key in library.instruments()
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
    """Say what is wrong with templates, cell by cell; the exit code is 1 where there is an error."""
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
        console().print(f"{one.instrument}/{one.template}: {one.verdict}", markup=False)
        for problem in one.problems:
            console().print(f"  {_problem_words(problem)}", markup=False, soft_wrap=True)
    if any(one.errors for one in checked):
        raise typer.Exit(EXIT_FAILED)


app.command("try")(try_on)
app.command("new")(authoring.new_template)
app.command("publish")(authoring.publish)
app.command("versions")(authoring.versions)


def _problem_words(problem: "Problem") -> str:
    places = [
        "" if problem.severity == "error" else str(problem.severity),
        "" if problem.cell is None else f"cell {problem.cell + 1}",
        "" if problem.line is None else f"line {problem.line}",
    ]
    where = ", ".join(filter(None, places))
    return f"{where}: {problem.words}" if where else problem.words


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
