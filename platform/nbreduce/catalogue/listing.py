"""Lists of runs as people look through them: filtered, in groups, page by page."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field
from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import Session

from nbreduce.catalogue.convert import run_from
from nbreduce.catalogue.orm import ReductionRow, RunRow
from nbreduce.domain.model import Model, Time
from nbreduce.domain.reduction import Run
from nbreduce.domain.states import State


class RunFilter(Model):
    """Which runs are looked for; every condition that is given must hold.

    Attributes
    ----------
    search:
        Part of the run's number, title or experiment, whatever the case.
    state:
        Skipped, or the state of some template's newest reduction; any of those given.
    since, until:
        When the run was added: not before the one, before the other.
    """

    instrument: str | None = Field(default=None, max_length=200)
    experiment: str | None = Field(default=None, max_length=200)
    search: str | None = Field(default=None, max_length=200)
    state: tuple[State, ...] = ()
    template: str | None = Field(default=None, max_length=200)
    since: Time | None = None
    until: Time | None = None


class ExperimentCount(Model):
    """An experiment on an instrument: how many runs a filter leaves, and when the newest was added."""

    instrument: str
    experiment: str
    runs: int
    newest: Time


def count_experiments(session: Session, given: RunFilter) -> Sequence[ExperimentCount]:
    """Return experiments, that with the newest run first."""
    columns = (RunRow.instrument, RunRow.experiment, func.count(), func.max(RunRow.added))
    groups = select(*columns).group_by(RunRow.instrument, RunRow.experiment)
    query = _filtered(groups, given).order_by(func.max(RunRow.id).desc())
    return [
        ExperimentCount(instrument=instrument, experiment=experiment, runs=runs, newest=newest)
        for instrument, experiment, runs, newest in session.execute(query)
    ]


def count_runs(session: Session, given: RunFilter) -> int:
    """Count the runs that a filter leaves."""
    return session.scalar(_filtered(select(func.count()).select_from(RunRow), given)) or 0


def list_runs(
    session: Session, given: RunFilter | None = None, limit: int | None = None, offset: int = 0
) -> Sequence[Run]:
    """Return runs, newest first."""
    query = (
        _filtered(select(RunRow), given or RunFilter())
        .order_by(RunRow.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [run_from(row) for row in session.scalars(query)]


def _filtered(query: Any, given: RunFilter) -> Any:
    if given.instrument is not None:
        query = query.where(RunRow.instrument == given.instrument)
    if given.experiment is not None:
        query = query.where(RunRow.experiment == given.experiment)
    if given.since is not None:
        query = query.where(RunRow.added >= given.since)
    if given.until is not None:
        query = query.where(RunRow.added < given.until)
    if given.template is not None:
        made = select(ReductionRow.run_id).where(ReductionRow.template == given.template)
        query = query.where(RunRow.id.in_(made))
    if given.state:
        query = query.where(or_(*map(_stands, given.state)))
    if given.search:
        columns = (RunRow.name, RunRow.title, RunRow.experiment)
        words = or_(*(column.icontains(given.search, autoescape=True) for column in columns))
        query = query.where(words)
    return query


def _stands(state: State) -> ColumnElement[bool]:
    if state is State.SKIPPED:
        return RunRow.skipped.is_not(None)
    key = (ReductionRow.run_id, ReductionRow.template)
    newest = select(*key, func.max(ReductionRow.version)).group_by(*key)
    matching = select(ReductionRow.run_id).where(
        ReductionRow.state == state, tuple_(*key, ReductionRow.version).in_(newest)
    )
    return RunRow.skipped.is_(None) & RunRow.id.in_(matching)
