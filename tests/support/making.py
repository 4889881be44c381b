"""Runs, reductions, templates and notebooks for tests, complete and small."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from nbreduce.domain.parameters import Parameter, Source, Value
from nbreduce.domain.reduction import Attempt, Outcome, Reduction, Run, reduction_name
from nbreduce.domain.states import FailureKind, State
from nbreduce.templates.parameters import parse_parameters

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """Return a moment, in s after the first."""
    return START + timedelta(seconds=seconds)


def make_run(**changes: Any) -> Run:
    fields: dict[str, Any] = {
        "id": 1,
        "instrument": "DEMO",
        "name": "42",
        "run_number": 42,
        "experiment": "RB1",
        "title": "a run",
        "start": at(-100),
        "end": at(-10),
        "users": ("Ada", "Zoë"),
        "counts": 6,
        "path": "/data/DEMO00000042.nxs",
        "size": 100,
        "mtime_ns": 5,
        "notes": ("odd",),
        "skipped": None,
        "added": at(0),
    }
    return Run(**(fields | changes))


def make_reduction(run: Run | None = None, **changes: Any) -> Reduction:
    run = run or make_run()
    template, version = changes.get("template", "work"), changes.get("version", 1)
    fields: dict[str, Any] = {
        "id": 1,
        "run_id": run.id,
        "name": reduction_name(run.instrument, run.name, template, version),
        "template": template,
        "version": version,
        "state": State.QUEUED,
        "parameters": {"d_min": Value(value=0.7, source=Source.TEMPLATE)},
        "template_sha256": "a" * 64,
        "environment": "default",
        "queued": at(0),
    }
    return Reduction(**(fields | changes))


def submitted(reduction: Reduction, time: datetime) -> Reduction:
    """Give a reduction its next attempt, as the dispatcher does."""
    attempt = Attempt(number=len(reduction.attempts) + 1, submitted=time)
    changes = {"state": State.STARTING, "reason": "", "not_before": None}
    return reduction.model_copy(update={**changes, "attempts": (*reduction.attempts, attempt)})


def started(reduction: Reduction, time: datetime) -> Reduction:
    """Let a reduction's attempt be started, as the dispatcher does."""
    last = reduction.attempts[-1].model_copy(update={"started": time, "worker": "host:1"})
    changes = {"state": State.RUNNING, "started": time}
    return reduction.model_copy(update={**changes, "attempts": (*reduction.attempts[:-1], last)})


def make_outcome(
    state: State = State.SUCCEEDED,
    failure: FailureKind | None = None,
    begin: datetime = START,
    end: datetime = START,
    **changes: Any,
) -> Outcome:
    fields = {"reason": f"because of {failure}" if failure else "", "worker": "host:1", **changes}
    return Outcome(state=state, failure=failure, started=begin, ended=end, **fields)


def parameter(source: str) -> Parameter:
    """Return the one parameter of a cell."""
    (found,) = parse_parameters(source)
    return found


def code_cell(source: str, *tags: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": uuid4().hex[:12],
        "metadata": {"tags": list(tags)} if tags else {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def notebook(
    parameters: str = "d_min: float = 0.7", cells: Iterable[str] = (), **metadata: Any
) -> dict[str, Any]:
    """Return a template: a parameters cell and code cells; `metadata` are its own."""
    own: Mapping[str, Any] = {"title": "Work", **metadata}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"nbreduce": dict(own)},
        "cells": [code_cell(parameters, "parameters"), *map(code_cell, cells)],
    }


def write_template(folder: Path, content: dict[str, Any], name: str = "work") -> Path:
    """Write a template into an instrument's folder, with an `instrument.toml` where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "instrument.toml").exists():
        (folder / "instrument.toml").write_text(f'name = "{folder.name}"\n')
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps(content))
    return path
