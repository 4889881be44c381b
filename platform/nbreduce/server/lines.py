"""Lists of runs and reductions as answers show them."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from nbreduce.archive.layout import notebook_in_run
from nbreduce.catalogue import events, runs
from nbreduce.catalogue.listing import Brief, briefs_of
from nbreduce.domain.events import Event
from nbreduce.domain.reduction import Reduction, Run
from nbreduce.domain.states import ACTIVE, ENDED
from nbreduce.server.wire import ListedReduction, ProgressLine, ReductionLine, RunLine

if TYPE_CHECKING:
    from nbreduce.server.context import ServerContext

_Listed = Brief | Reduction

_RUN_FIELDS = RunLine.model_fields.keys() - {"reductions"}
_REDUCTION_FIELDS = ReductionLine.model_fields.keys() - {"progress", "notebook", "warnings"}


def run_lines(
    context: "ServerContext", session: Session, found: Sequence[Run]
) -> tuple[RunLine, ...]:
    """Return runs with their reductions, newest first."""
    made = briefs_of(session, [run.id for run in found])
    progress = _progress_of(session, chain.from_iterable(made.values()))
    return tuple(_run_line(context, run, made[run.id], progress) for run in found)


def reduction_lines(
    context: "ServerContext", session: Session, found: Sequence[Reduction]
) -> tuple[ListedReduction, ...]:
    """Return reductions, each with its run by name."""
    about = runs.get_runs(session, {one.run_id for one in found})
    progress = _progress_of(session, found)
    layout = context.workspace.archive.layout
    return tuple(
        ListedReduction(
            **dict(_reduction_line(context.contents_place(layout.run(run)), one, progress)),
            instrument=run.instrument,
            run=run.name,
        )
        for one in found
        for run in [about[one.run_id]]
    )


def _progress_of(session: Session, made: Iterable[_Listed]) -> dict[int, Event]:
    active = [one.id for one in made if one.state in ACTIVE]
    return events.latest_progress(session, active) if active else {}


def _run_line(
    context: "ServerContext", run: Run, made: Sequence[Brief], progress: Mapping[int, Event]
) -> RunLine:
    folder = context.contents_place(context.workspace.archive.layout.run(run))
    return RunLine(
        **{name: getattr(run, name) for name in _RUN_FIELDS},
        reductions=tuple(_reduction_line(folder, one, progress) for one in reversed(made)),
    )


def _reduction_line(
    folder: str | None, one: _Listed, progress: Mapping[int, Event]
) -> ReductionLine:
    """Return a reduction as a line.

    Every ended reduction is in the archive, so its notebook is not looked for: lists shall not wait for a file system.
    """
    there = folder is not None and one.state in ENDED
    return ReductionLine(
        **{name: getattr(one, name) for name in _REDUCTION_FIELDS},
        progress=progress_line(progress.get(one.id)),
        notebook=f"{folder}/{notebook_in_run(one)}" if there else None,
        warnings=len(one.warnings),
    )


def progress_line(event: Event | None) -> ProgressLine | None:
    """Return where a reduction stands, from its newest event of progress."""
    if event is None:
        return None
    known = {name: event.data[name] for name in ("cell", "cells", "status", "heading")}
    return ProgressLine.model_validate({**known, "time": event.time})
