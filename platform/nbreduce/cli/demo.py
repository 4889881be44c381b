"""`nbreduce demo`."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nbreduce.cli.lab import BrowserOption, shown_in_browser
from nbreduce.cli.listings import SIGNS
from nbreduce.cli.output import EXIT_FAILED, JsonOption, console, dump, print_json

if TYPE_CHECKING:
    from rich.table import Table

    from nbreduce.demonstration import Demonstration, Line
    from nbreduce.lab import LabServer
    from nbreduce.service import Service

_COLOURS = {
    "succeeded": "green",
    "failed": "red",
    "skipped": "yellow",
    "running": "cyan",
    "starting": "cyan",
}


def demo(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIR", help="Where to make its workspace (default: ./nbreduce-demo)."
        ),
    ] = None,
    runs: Annotated[int, typer.Option(min=1, max=10000, help="How many runs are measured.")] = 8,
    interval: Annotated[float, typer.Option(min=0, help="Seconds from one run to the next.")] = 2.0,
    seed: Annotated[
        int, typer.Option(help="Of the virtual facility; the same seed gives the same runs.")
    ] = 1,
    lab: Annotated[
        bool, typer.Option("--lab/--no-lab", help="Open JupyterLab on the results.")
    ] = True,
    browser: BrowserOption = True,
    as_json: JsonOption = False,
) -> None:
    """Show the whole thing: a virtual facility measures, each run is reduced as it finishes.

    Two instruments write NeXus files as real ones do, some of them bad on purpose. With --no-lab it ends when all
    runs are done, and the exit code is 0 only if each ended as it should; --json implies --no-lab.
    """
    from nbreduce.demonstration import Demonstration
    from nbreduce.lab import LabServer

    demonstration = Demonstration(folder or _new_folder(), runs, seed, interval)
    config = demonstration.workspace.config
    with ExitStack() as stack:
        service = stack.enter_context(_running(demonstration))
        server = None
        if lab and not as_json:
            config.logs_path.mkdir(parents=True, exist_ok=True)
            server = LabServer(config, log=config.logs_path / "lab.log")
            stack.callback(server.stop)
            server.start()
            console().print(f"JupyterLab: {server.address}", soft_wrap=True)
            stack.enter_context(shown_in_browser(server.address, browser))
        lines = _follow(demonstration, service, quiet=as_json)
        good = demonstration.finished(lines) and all(line.as_expected for line in lines)
        if as_json:
            print_json([dump(line) for line in lines])
        else:
            _summarise(demonstration, lines)
        if server is not None:
            _point_at_results(demonstration, lines, server)
            service.wait()
    if not good:
        raise typer.Exit(EXIT_FAILED)


def _new_folder() -> Path:
    folder, number = Path("nbreduce-demo"), 1
    while folder.exists():
        number += 1
        folder = Path(f"nbreduce-demo-{number}")
    return folder


def _running(demonstration: "Demonstration") -> Any:
    from contextlib import contextmanager

    from nbreduce.cli.log import configure_logging
    from nbreduce.cli.signals import on_request_to_end

    @contextmanager
    def run() -> Any:
        configure_logging(
            demonstration.workspace.config.logs_path / "service.log", verbose=False, terminal=False
        )
        with demonstration.running() as service:
            on_request_to_end(service.stop.set)
            yield service

    return run()


def _follow(demonstration: "Demonstration", service: "Service", quiet: bool) -> "list[Line]":
    """Show how things stand until all is done, or the service is stopped."""
    from rich.console import Console
    from rich.live import Live
    from rich.spinner import Spinner

    printer = Console(stderr=True, quiet=quiet)
    recording = Spinner(
        "dots", "Recording the environment, once: every package with its version and hash…"
    )
    with Live(console=printer, refresh_per_second=8, transient=True) as live:
        while True:
            lines = demonstration.lines()
            live.update(
                _table(lines[-(printer.height - 4) :]) if service.recorded.is_set() else recording
            )
            stopped = service.wait(0.15)
            if stopped or demonstration.finished(lines):
                return lines


def _summarise(demonstration: "Demonstration", lines: "list[Line]") -> None:
    console().print(_table(lines))
    odd = [line for line in lines if not line.as_expected]
    words = "each ended as it should" if demonstration.finished(lines) else "stopped before the end"
    if odd and demonstration.finished(lines):
        words = f"[red]{len(odd)} did not end as they should[/red]"
    console().print(
        f"{len(lines)} runs; {words}. Workspace: {demonstration.workspace.path}", soft_wrap=True
    )


def _point_at_results(
    demonstration: "Demonstration", lines: "list[Line]", server: "LabServer"
) -> None:
    """Say where to look next: each instrument's first good result."""
    shown: set[str] = set()
    for line in lines:
        notebook = demonstration.notebook(line) if line.state == "succeeded" else None
        if notebook is not None and line.instrument not in shown:
            shown.add(line.instrument)
            console().print(f"{line.reduction}: {server.address_of(notebook)}", soft_wrap=True)
    console().print(f"JupyterLab: {server.address}", soft_wrap=True)
    console().print("Ctrl-C ends the demonstration.")


def _table(lines: "list[Line]") -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("instrument", "run", "title", "state", "took", "what"):
        table.add_column(column, no_wrap=column in {"instrument", "run", "state"}, overflow="fold")
    for line in lines:
        took = f"{line.seconds:.1f} s" if line.seconds is not None else ""
        colour = "red" if line.as_expected is False else _COLOURS.get(line.state, "")
        state = Text(f"{SIGNS.get(line.state, '·')} {line.state}", style=colour)
        table.add_row(line.instrument, line.run, Text(line.title), state, took, Text(_what(line)))
    return table


def _what(line: "Line") -> str:
    if line.as_expected is False:
        return f"should have {line.expected}: {line.reason}"
    if line.cells and line.state == "running":
        return f"cell {line.cell} of {line.cells}"
    return line.reason or line.reduction or ""
