"""`nbreduce catalogue …`."""

from typing import Annotated

import typer

from nbreduce.cli.output import (
    EXIT_FAILED,
    JsonOption,
    WorkspaceOption,
    console,
    dump,
    open_workspace,
    print_json,
)

app = typer.Typer(help="Look after the database that indexes the archive.", no_args_is_help=True)


@app.command()
def upgrade(workspace: WorkspaceOption = None) -> None:
    """Bring the catalogue to this release's schema; make it where there is none."""
    from nbreduce.catalogue.core import HEAD, Catalogue

    opened = open_workspace(workspace)
    catalogue = Catalogue(opened.config.catalogue_url)
    catalogue.upgrade()
    console().print(f"{catalogue.shown_url} has schema {HEAD}.", soft_wrap=True)


@app.command()
def rebuild(
    workspace: WorkspaceOption = None,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="Put the result in the place of the catalogue (SQLite), which is kept as a copy.",
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make the catalogue again from the archive alone.

    The service must not run. Records that cannot be read are listed, and the exit code is 1.
    """
    from rich.console import Console

    from nbreduce.archive.rebuild import rebuild as make
    from nbreduce.catalogue.replace import fresh_catalogue
    from nbreduce.presence import ServiceLock

    opened = open_workspace(workspace)
    with (
        ServiceLock(opened.config, serves=False),
        Console(stderr=True).status("Reading the archive…") as status,
        fresh_catalogue(opened.config.catalogue_url, replace) as catalogue,
    ):
        result = make(
            opened.archive.root,
            catalogue,
            lambda count: status.update(f"Reading the archive: {count} records"),
        )
    if as_json:
        print_json(dump(result))
    else:
        console().print(
            f"{result.runs} runs and {result.reductions} reductions are in the catalogue."
        )
        for problem in result.problems:
            console().print(f"  not restored: {problem}", markup=False, soft_wrap=True)
    if result.problems:
        raise typer.Exit(EXIT_FAILED)
