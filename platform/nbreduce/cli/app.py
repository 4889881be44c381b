"""The application: all commands put together."""

from typing import Annotated

import typer

import nbreduce
from nbreduce.cli import (
    authoring,
    catalogue,
    compare,
    copies,
    demo,
    doctor,
    environment,
    lab,
    listings,
    requests,
    reruns,
    service,
    show,
    template,
)
from nbreduce.cli.output import complain

app = typer.Typer(
    name="nbreduce",
    help="Turn finished measurements into executed, recorded notebooks.",
    epilog="Start with 'nbreduce demo', or make a workspace with 'nbreduce init DIR'.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="markdown",
)

START, WORK, LOOK, KEEP = "Start", "Reduce", "Look", "Keep in order"
app.command(rich_help_panel=START)(demo.demo)
app.command(rich_help_panel=START)(service.init)
app.command(rich_help_panel=START)(service.up)
app.command(rich_help_panel=START)(lab.lab)
app.command(rich_help_panel=WORK)(requests.submit)
app.command(rich_help_panel=WORK)(reruns.rerun)
app.command(rich_help_panel=WORK)(requests.cancel)
app.command(rich_help_panel=WORK)(copies.copy)
app.command(rich_help_panel=LOOK)(listings.runs)
app.command(rich_help_panel=LOOK)(listings.reductions)
app.command(rich_help_panel=LOOK)(show.show)
app.command(rich_help_panel=LOOK)(show.logs)
app.command(rich_help_panel=LOOK)(compare.compare)
app.add_typer(template.app, name="template", rich_help_panel=KEEP)
app.add_typer(authoring.instruments, name="instrument", rich_help_panel=KEEP)
app.add_typer(environment.app, name="environment", rich_help_panel=KEEP)
app.add_typer(catalogue.app, name="catalogue", rich_help_panel=KEEP)
app.command(rich_help_panel=KEEP)(doctor.doctor)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"nbreduce {nbreduce.__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Turn finished measurements into executed, recorded notebooks."""


def main() -> None:
    """Run the command line; errors that people can act on are told in words, without a traceback."""
    from nbreduce.domain.errors import NbreduceError

    try:
        app()
    except NbreduceError as error:
        raise SystemExit(complain(error)) from None
