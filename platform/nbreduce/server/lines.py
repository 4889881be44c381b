"""Lists of runs and reductions as answers show them."""

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from nbreduce.catalogue import events, reductions
from nbreduce.domain.events import Event
from nbreduce.domain.reduction import Reduction, Run
from nbreduce.domain.states import ACTIVE, ENDED
from nbreduce.server.context import ServerContext
from nbreduce.server.wire import ProgressLine, ReductionLine, RunLine


def run_lines(
    context: ServerContext, session: Session, found: Sequence[Run]
) -> tuple[RunLine, ...]:
    """Return runs with their reductions, newest first."""
    made = reductions.reductions_of(session, [run.id for run in found])
    lines = reduction_lines(
        context, session, [(run, one) for run in found for one in reversed(made[run.id])]
    )
    by_run: dict[int, list[ReductionLine]] = {run.id: [] for run in found}
    for run_id, line in lines:
        by_run[run_id].append(line)
    fields = RunLine.model_fields.keys() - {"reductions"}
    return tuple(
        RunLine(**{name: getattr(run, name) for name in fields}, reductions=tuple(by_run[run.id]))
        for run in found
    )


def reduction_lines(
    context: ServerContext, session: Session, found: Iterable[tuple[Run, Reduction]]
) -> list[tuple[int, ReductionLine]]:
    """Return reductions as lines, each with the id of its run."""
    pairs = list(found)
    active = [one.id for _, one in pairs if one.state in ACTIVE]
    progress = events.latest_progress(session, active) if active else {}
    return [(run.id, _line(context, run, one, progress.get(one.id))) for run, one in pairs]


def progress_line(event: Event | None) -> ProgressLine | None:
    """Return where a reduction stands, from its newest event of progress."""
    if event is None:
        return None
    known = {name: event.data[name] for name in ("cell", "cells", "status", "heading")}
    return ProgressLine.model_validate({**known, "time": event.time})


def _line(
    context: ServerContext, run: Run, reduction: Reduction, progress: Event | None
) -> ReductionLine:
    fields = ReductionLine.model_fields.keys() - {"progress", "notebook", "warnings"}
    layout = context.workspace.archive.layout
    notebook = (
        context.contents_path(layout.notebook(run, reduction)) if reduction.state in ENDED else None
    )
    return ReductionLine(
        **{name: getattr(reduction, name) for name in fields},
        progress=progress_line(progress),
        notebook=notebook,
        warnings=len(reduction.warnings),
    )
