"""Lists of runs and reductions as answers show them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from nbreduce.archive.layout import notebook_in_run
from nbreduce.catalogue import events
from nbreduce.catalogue.listing import Brief, briefs_of
from nbreduce.domain.events import Event
from nbreduce.domain.reduction import Run
from nbreduce.domain.states import ACTIVE, ENDED
from nbreduce.server.wire import ProgressLine, ReductionLine, RunLine

if TYPE_CHECKING:
    from nbreduce.server.context import ServerContext

_RUN_FIELDS = RunLine.model_fields.keys() - {"reductions"}
_REDUCTION_FIELDS = ReductionLine.model_fields.keys() - {"progress", "notebook", "warnings"}


def run_lines(
    context: "ServerContext", session: Session, found: Sequence[Run]
) -> tuple[RunLine, ...]:
    """Return runs with their reductions, newest first."""
    made = briefs_of(session, [run.id for run in found])
    active = [one.id for briefs in made.values() for one in briefs if one.state in ACTIVE]
    progress = events.latest_progress(session, active) if active else {}
    return tuple(_run_line(context, run, made[run.id], progress) for run in found)


def _run_line(
    context: "ServerContext", run: Run, made: Sequence[Brief], progress: Mapping[int, Event]
) -> RunLine:
    folder = context.contents_place(context.workspace.archive.layout.run(run))
    return RunLine(
        **{name: getattr(run, name) for name in _RUN_FIELDS},
        reductions=tuple(
            _reduction_line(folder, one, progress.get(one.id)) for one in reversed(made)
        ),
    )


def _reduction_line(folder: str | None, brief: Brief, progress: Event | None) -> ReductionLine:
    """Return a reduction as a line.

    Every ended reduction is in the archive, so its notebook is not looked for: lists shall not wait for a file system.
    """
    there = folder is not None and brief.state in ENDED
    return ReductionLine(
        **{name: getattr(brief, name) for name in _REDUCTION_FIELDS},
        progress=progress_line(progress),
        notebook=f"{folder}/{notebook_in_run(brief)}" if there else None,
        warnings=len(brief.warnings),
    )


def progress_line(event: Event | None) -> ProgressLine | None:
    """Return where a reduction stands, from its newest event of progress."""
    if event is None:
        return None
    known = {name: event.data[name] for name in ("cell", "cells", "status", "heading")}
    return ProgressLine.model_validate({**known, "time": event.time})
