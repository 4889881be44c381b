"""`nbreduce doctor`."""

from pathlib import Path

import typer

from nbreduce.cli.output import EXIT_FAILED, JsonOption, WorkspaceOption, console, dump, print_json


def doctor(as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Check the installation, and the workspace where there is one; say what is missing and how to get it."""
    from nbreduce.diagnosis import diagnose

    findings = diagnose(_workspace_folder(workspace))
    if as_json:
        print_json([dump(finding) for finding in findings])
    for finding in [] if as_json else findings:
        sign = "[green]✔[/green]" if finding.good else "[red]✖[/red]"
        console().print(f"{sign} {finding.what}: ", end="", soft_wrap=True)
        console().print(finding.words, markup=False, soft_wrap=True)
        if finding.remedy:
            console().print(f"    {finding.remedy}", style="dim", markup=False, soft_wrap=True)
    if not all(finding.good for finding in findings):
        raise typer.Exit(EXIT_FAILED)


def _workspace_folder(given: Path | None) -> Path | None:
    from nbreduce.config import ConfigError, find_workspace

    try:
        return find_workspace(given)
    except ConfigError:
        if given is not None:
            raise
        return None
