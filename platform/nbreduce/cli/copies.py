"""`nbreduce copy`."""

import typer

from nbreduce.cli.output import JsonOption, WorkspaceOption, console, open_workspace, print_json
from nbreduce.cli.show import NameArgument


def copy(
    name: NameArgument, as_json: JsonOption = False, workspace: WorkspaceOption = None
) -> None:
    """Copy an executed notebook into a folder of its own, to work on; the record stays as it is."""
    from nbreduce.copies import copy_reduction
    from nbreduce.lookup import known_reduction

    opened = open_workspace(workspace)
    run, reduction = known_reduction(opened, name)
    made = copy_reduction(opened, run, reduction)
    if as_json:
        print_json(made.model_dump(mode="json"))
        return
    typer.echo(made.notebook)
    if made.left_out:
        words = f"Too large to be copied along: {', '.join(made.left_out)}"
        console().print(words, markup=False, soft_wrap=True)
