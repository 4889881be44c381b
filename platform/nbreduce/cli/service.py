"""`nbreduce init` and `nbreduce up`."""

from pathlib import Path
from typing import Annotated

import typer

from nbreduce.cli.output import WorkspaceOption, console, open_workspace


def init(
    folder: Annotated[Path, typer.Argument(help="Where to make it.", metavar="DIR")],
) -> None:
    """Make a workspace: configuration, templates, archive and catalogue."""
    from nbreduce.workspace import create_workspace

    workspace = create_workspace(folder)
    printer = console()
    printer.print(f"Made a workspace in {workspace.path}", soft_wrap=True)
    printer.print(
        f"  nbreduce.toml        name the sources of finished runs under {'[[triggers]]'}",
        markup=False,
    )
    instruments = ", ".join(workspace.library.instruments())
    printer.print(f"  notebook_templates/  {instruments}")
    printer.print(
        f"Next: [bold]nbreduce up -w {folder}[/bold], and in another terminal [bold]nbreduce lab -w {folder}[/bold]"
    )


def up(
    workspace: WorkspaceOption = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell more.")] = False,
) -> None:
    """Run the service: watch for finished runs and reduce them, until Ctrl-C or SIGTERM.

    Running reductions then get `execution.grace` seconds to end, and go back to the queue if they do not; the next
    start goes on with them.
    """
    from nbreduce.cli.log import configure_logging
    from nbreduce.cli.signals import on_request_to_end
    from nbreduce.service import Service

    opened = open_workspace(workspace)
    config = opened.config
    configure_logging(config.logs_path / "service.log", verbose)
    printer = console()
    service = Service(config)
    on_request_to_end(service.stop.set)
    with service:
        kinds = [f"{entry.get('kind')} {entry.get('instrument')}" for entry in config.triggers]
        printer.print(
            f"Serving {config.workspace} with {config.execution.workers} workers; "
            f"triggers: {', '.join(kinds) or 'none (only nbreduce submit)'}. Ctrl-C stops.",
            soft_wrap=True,
        )
        service.wait()
        printer.print(f"Stopping; running reductions get {config.execution.grace:g} s.")
