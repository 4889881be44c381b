"""Lists of runs as people look through them: filtered, in groups, page by page."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from nbreduce.catalogue.convert import folded, reduction_from, run_from
from nbreduce.catalogue.orm import ReductionRow, RunRow
from nbreduce.domain.model import Model, Time
from nbreduce.domain.reduction import Reduction, Run
from nbreduce.domain.states import FailureKind, State


def _no_number(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"[-+.\deE]*", value.strip()):
        raise ValueError("must be a date and time with its zone, as in 2026-03-01T12:00:00Z")
    return value


def _of_this_era(moment: datetime) -> datetime:
    if not 1 < moment.year < 9999:
        raise ValueError("must be between the years 2 and 9998")
    return moment


Moment = Annotated[Time, BeforeValidator(_no_number), AfterValidator(_of_this_era)]
"""A moment that people ask by: its zone is given, and it is one in every zone."""


class RunFilter(Model):
    """Which runs are looked for; every condition that is given must hold.

    Attributes
    ----------
    search:
        Part of the run's number, title or experiment, whatever the case.
    template:
        The run has a reduction by it.
    state:
        Skipped, or the state of the newest reduction by the template, or by some template where none is given; any of
        those given.
    since, until:
        When the run was added: not before the one, before the other.
    """

    instrument: str | None = Field(default=None, max_length=200)
    experiment: str | None = Field(default=None, max_length=200)
    search: str | None = Field(default=None, max_length=200)
    state: tuple[State, ...] = ()
    template: str | None = Field(default=None, max_length=200)
    since: Moment | None = None
    until: Moment | None = None


class ReductionFilter(Model):
    """Which reductions are looked for; every condition that is given must hold.

    Attributes
    ----------
    search:
        Part of the run's number, title or experiment, whatever the case.
    state:
        Any of those given.
    since, until:
        When it was queued: not before the one, before the other.
    """

    instrument: str | None = Field(default=None, max_length=200)
    run: str | None = Field(default=None, max_length=200)
    search: str | None = Field(default=None, max_length=200)
    template: str | None = Field(default=None, max_length=200)
    state: tuple[State, ...] = ()
    since: Moment | None = None
    until: Moment | None = None


class Brief(Model):
    """As much of a reduction as a list needs."""

    id: int
    run_id: int
    name: str
    template: str
    version: int
    state: State
    failure: FailureKind | None
    reason: str
    queued: Time
    started: Time | None
    ended: Time | None
    rerun_of: str | None
    requested_by: str
    environment: str
    warnings: tuple[str, ...]


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


def list_reductions(
    session: Session,
    given: ReductionFilter | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Sequence[Reduction]:
    """Return reductions, newest first."""
    query = select(ReductionRow).join(RunRow).where(*_of_reductions(given or ReductionFilter()))
    query = query.order_by(ReductionRow.id.desc()).limit(limit).offset(offset)
    return [reduction_from(row) for row in session.scalars(query)]


def count_reductions(session: Session, given: ReductionFilter) -> int:
    """Count the reductions that a filter leaves."""
    query = select(func.count()).select_from(ReductionRow).join(RunRow)
    return session.scalar(query.where(*_of_reductions(given))) or 0


def _of_reductions(given: ReductionFilter) -> Iterator[ColumnElement[bool]]:
    columns = {
        RunRow.instrument: given.instrument,
        RunRow.name: given.run,
        ReductionRow.template: given.template,
    }
    yield from (column == value for column, value in columns.items() if value is not None)
    if given.search:
        yield _has_words(given.search)
    if given.state:
        yield ReductionRow.state.in_(given.state)
    if given.since is not None:
        yield ReductionRow.queued >= given.since
    if given.until is not None:
        yield ReductionRow.queued < given.until


def briefs_of(session: Session, run_ids: Sequence[int]) -> dict[int, list[Brief]]:
    """Return the reductions of runs, by run id, oldest first."""
    found: dict[int, list[Brief]] = {run_id: [] for run_id in run_ids}
    columns = [getattr(ReductionRow, name) for name in Brief.model_fields]
    query = select(*columns).where(ReductionRow.run_id.in_(run_ids)).order_by(ReductionRow.id)
    for row in session.execute(query):
        brief = Brief.model_validate(row._mapping)
        found[brief.run_id].append(brief)
    return found


def _filtered(query: Any, given: RunFilter) -> Any:
    for condition in _conditions(given):
        query = query.where(condition)
    return query


def _conditions(given: RunFilter) -> Iterator[ColumnElement[bool]]:
    if given.instrument is not None:
        yield RunRow.instrument == given.instrument
    if given.experiment is not None:
        yield RunRow.experiment == given.experiment
    if given.since is not None:
        yield RunRow.added >= given.since
    if given.until is not None:
        yield RunRow.added < given.until
    if given.search:
        yield _has_words(given.search)
    if given.state:
        yield _stand(given.state, given.template)
    elif given.template is not None:
        yield RunRow.id.in_(_newest(given.template))


def _has_words(search: str) -> ColumnElement[bool]:
    return RunRow.words.contains(folded(search), autoescape=True)


def _stand(states: Sequence[State], template: str | None) -> ColumnElement[bool]:
    reduced = [state for state in states if state is not State.SKIPPED]
    found: list[ColumnElement[bool]] = []
    if reduced:
        newest = _newest(template).where(ReductionRow.state.in_(reduced))
        found.append(RunRow.skipped.is_(None) & RunRow.id.in_(newest))
    if State.SKIPPED in states:
        found.append(RunRow.skipped.is_not(None))
    return or_(*found)


def _newest(template: str | None) -> Select[int]:
    """Return the runs that have a newest reduction, of a template where one is given."""
    query = select(ReductionRow.run_id).where(ReductionRow.newest)
    return query if template is None else query.where(ReductionRow.template == template)
