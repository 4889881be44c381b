"""What commands print, and the options that they share."""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.console import Console

    from nbreduce.domain.errors import NbreduceError
    from nbreduce.workspace import Workspace

EXIT_FAILED = 1

WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        "-w",
        help="Folder of nbreduce.toml (default: here or above; or NBREDUCE_WORKSPACE).",
        file_okay=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]

T = TypeVar("T")


def open_workspace(folder: Path | None) -> "Workspace":
    """Open the workspace that a command is for."""
    from nbreduce.config import find_workspace
    from nbreduce.workspace import Workspace

    return Workspace.load(find_workspace(folder))


def console() -> "Console":
    """Return the console for results."""
    from rich.console import Console

    return Console(highlight=False)


def complain(error: "NbreduceError") -> int:
    """Print an error that people can act on; return its exit code."""
    from rich.console import Console
    from rich.text import Text

    text = Text("Error: ", style="bold red") + Text(
        error.message.rstrip("."), style="not bold default"
    )
    printer = Console(stderr=True, highlight=False, soft_wrap=True)
    printer.print(text)
    if error.hint:
        printer.print(Text(f"  {error.hint}", style="dim"))
    return error.exit_code


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def dump(model: "BaseModel") -> dict[str, Any]:
    """Return a domain value as JSON."""
    return model.model_dump(mode="json")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], empty: str) -> None:
    """Print rows under their titles, or say that there are none."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    if table.row_count:
        console().print(table)
    else:
        console().print(empty)


def when(moment: datetime | None, reference: datetime | None = None) -> str:
    """Say a moment: relative while it is fresh, absolute later, in this machine's zone."""
    from nbreduce.domain.model import now

    if moment is None:
        return ""
    seconds = ((reference or now()) - moment).total_seconds()
    if 0 <= seconds < 60:
        return f"{seconds:.0f} s ago"
    if 0 <= seconds < 3600:
        return f"{seconds / 60:.0f} min ago"
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def duration(start: datetime | None, end: datetime | None) -> str:
    """Say how long something took."""
    if start is None or end is None:
        return ""
    seconds = (end - start).total_seconds()
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def poll(
    look: Callable[[], T | None], message: str, check: Callable[[], None], interval: float = 0.1
) -> T:
    """Wait, with words, until something is there; `check` raises when there is nothing to wait for any more."""
    from time import sleep

    from rich.console import Console

    with Console(stderr=True).status(message):
        while (found := look()) is None:
            check()
            sleep(interval)
    return found
