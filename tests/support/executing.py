"""Notebooks executed by papermill, with our engine and with its own."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_core.utils import ensure_event_loop

from nbreduce.execution.session import Session
from support.making import code_cell

KILLED = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"


def make_notebook(*sources: str) -> Any:
    content = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "p", "language": "python"}},
        "cells": [{**code_cell(source), "id": f"cell{n}"} for n, source in enumerate(sources)],
    }
    return nbformat.from_dict(content)


class Done:
    """A notebook after its execution, and the error that ended it."""

    def __init__(self, notebook: Any, error: Exception | None) -> None:
        self.notebook = notebook
        self.error = error

    @property
    def statuses(self) -> list[str]:
        return [cell.metadata.papermill.status for cell in self.cells]

    @property
    def cells(self) -> list[Any]:
        """The code cells that were there before."""
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]

    @property
    def text(self) -> str:
        """All that cells printed or showed, and the words of their errors."""
        words = []
        for cell in self.cells:
            for output in cell.outputs:
                words.append(output.get("text", ""))
                words.append(output.get("data", {}).get("text/plain", ""))
                words += [output.get("ename", ""), *output.get("traceback", [])]
        return "\n".join(map(str, words))


def by_papermill(folder: Path, *sources: str, options: tuple[str, ...] = ()) -> Done:
    """Execute cells from file to file as papermill does by itself, in a process of its own."""
    source, target = folder / "in.ipynb", folder / "out.ipynb"
    nbformat.write(make_notebook(*sources), source)
    words = ["papermill", str(source), str(target), "--no-progress-bar", *options]
    done = subprocess.run(
        [sys.executable, "-m", *words], capture_output=True, text=True, timeout=120
    )
    error = None if done.returncode == 0 else RuntimeError(done.stderr)
    return Done(nbformat.read(target, as_version=4), error)


def run(session: Session, *sources: str) -> Done:
    """Execute cells in memory, as a worker does."""
    error: Exception | None = None
    notebook = make_notebook(*sources)
    try:
        papermill.execute_notebook(
            notebook, None, engine_name="nbreduce", progress_bar=False, session=session
        )
    except Exception as caught:
        error = caught
    return Done(session.notebook or notebook, error)


def run_in_thread(session: Session, *sources: str) -> Done:
    """Execute cells as `run` does, in a thread that is about to end: nbclient leaves the thread's event loop open."""
    try:
        return run(session, *sources)
    finally:
        ensure_event_loop().close()
