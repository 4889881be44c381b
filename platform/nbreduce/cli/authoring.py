"""`nbreduce template new`, `publish`, `versions`, and `nbreduce instrument new`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nbreduce.cli.output import (
    JsonOption,
    WorkspaceOption,
    console,
    dump,
    open_workspace,
    print_json,
    print_table,
    when,
)

if TYPE_CHECKING:
    from nbreduce.workspace import Workspace

instruments = typer.Typer(help="Folders of templates.", no_args_is_help=True)

TemplateName = Annotated[
    str, typer.Argument(metavar="TEMPLATE", help="INSTRUMENT/NAME, or the notebook's path.")
]


@instruments.command("new")
def new_instrument(
    key: Annotated[str, typer.Argument(help="Name of its folder, as in reports.")],
    name: Annotated[str, typer.Option("--name", help="As people say it.")] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Make an instrument, ready for its first template."""
    from nbreduce.templates.create import create_instrument

    path = create_instrument(open_workspace(workspace).library, key, name)
    console().print(str(path), soft_wrap=True, markup=False)


def new_template(
    instrument: Annotated[str, typer.Argument(help="The instrument's folder.")],
    name: Annotated[str, typer.Argument(help="Name of the template, as in reductions.")],
    title: Annotated[str, typer.Option("--title", help="What people read.")] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Make a template from a small one that works, to be changed."""
    from nbreduce.templates.create import create_template

    path = create_template(open_workspace(workspace).library, instrument, name, title)
    console().print(str(path), soft_wrap=True, markup=False)


def publish(
    template: TemplateName,
    message: Annotated[str, typer.Option("--message", "-m", help="What is new.")],
    commit: Annotated[
        bool, typer.Option("--commit", help="Commit it in git too, with the same message.")
    ] = False,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Record a template, as it is saved, as its next version."""
    from nbreduce.publishing import publish as publish_template
    from nbreduce.submission import current_user

    opened = open_workspace(workspace)
    instrument, name = _named(opened, template)
    made = publish_template(opened, instrument, name, message, current_user(), commit)
    if as_json:
        print_json(dump(made))
    else:
        words = f"{instrument}/{name} is published as version {made.version}"
        console().print(words, markup=False)


def versions(
    template: TemplateName, as_json: JsonOption = False, workspace: WorkspaceOption = None
) -> None:
    """List a template's published versions, newest first."""
    from nbreduce.publishing import versions_of

    opened = open_workspace(workspace)
    instrument, name = _named(opened, template)
    found = versions_of(opened, instrument, name)
    if as_json:
        print_json(dump(found))
        return
    rows = [
        [
            str(one.version),
            when(one.time),
            one.person,
            one.sha256[:12],
            one.commit[:12],
            one.message,
        ]
        for one in found.versions
    ]
    columns = ["version", "when", "who", "content", "commit", "message"]
    print_table(columns, rows, f"{instrument}/{name} is not published yet.")
    if found.versions and found.changed:
        console().print("What is saved differs from the newest version.")


def _named(workspace: "Workspace", text: str) -> tuple[str, str]:
    """Return the instrument and name of a template of the workspace."""
    path = Path(text).resolve()
    if path.suffix == ".ipynb" and path.parents[1] == workspace.library.folder.resolve():
        return path.parent.name, path.stem
    instrument, separator, name = text.partition("/")
    if not separator or path.suffix == ".ipynb":
        raise typer.BadParameter(
            f"{text!r} is none of this workspace's templates. Name it INSTRUMENT/NAME."
        )
    workspace.library.instrument(instrument)
    return instrument, name
