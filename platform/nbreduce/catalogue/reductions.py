"""Reductions: made, changed through one function, listed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import pairwise

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from nbreduce.catalogue.convert import attempt_row, reduction_from, reduction_row, to_columns
from nbreduce.catalogue.events import add_changes, forget_progress
from nbreduce.catalogue.orm import AttemptRow, ReductionRow
from nbreduce.domain.events import StateChange, timeline
from nbreduce.domain.reduction import Reduction
from nbreduce.domain.states import ACTIVE, ENDED, IllegalTransition, State, check_transition


def next_reduction_id(session: Session) -> int:
    """Return the id that the next reduction will have. Only the service adds reductions."""
    return (session.scalar(select(func.max(ReductionRow.id))) or 0) + 1


def next_version(session: Session, run_id: int, template: str) -> int:
    """Return the version that the next reduction of a run by a template will be."""
    query = select(func.max(ReductionRow.version)).where(
        ReductionRow.run_id == run_id, ReductionRow.template == template
    )
    return (session.scalar(query) or 0) + 1


def add_reduction(session: Session, reduction: Reduction) -> None:
    """Add a reduction in whatever state it is, with the events that led there."""
    insert_reduction(session, reduction)
    add_changes(session, reduction, timeline(reduction))


def insert_reduction(session: Session, reduction: Reduction) -> None:
    """Add a reduction's row alone, and keep in mind which version is the newest. Versions may come in any order."""
    highest = next_version(session, reduction.run_id, reduction.template) - 1
    row = reduction_row(reduction)
    row.newest = reduction.version > highest
    if row.newest:
        session.execute(
            update(ReductionRow)
            .where(
                ReductionRow.run_id == reduction.run_id,
                ReductionRow.template == reduction.template,
                ReductionRow.version == highest,
            )
            .values(newest=False)
        )
    session.add(row)
    session.flush()


def change_reduction(session: Session, changed: Reduction) -> Reduction:
    """Bring a reduction to a new state: the one way in which states change.

    The change is checked against the state machine, and each step is written as an event in the same transaction.

    Raises
    ------
    IllegalTransition
        The state machine has no such change.
    """
    row = session.get_one(ReductionRow, changed.id, with_for_update=True)
    before = reduction_from(row)
    steps = _new_steps(before, changed)
    for key, value in to_columns(changed, "id", "attempts").items():
        setattr(row, key, value)
    row.attempts = [
        session.merge(_with_owner(row.id, attempt_row(attempt))) for attempt in changed.attempts
    ]
    add_changes(session, changed, steps)
    if changed.state in ENDED:
        forget_progress(session, changed.id)
    return changed


def _new_steps(before: Reduction, changed: Reduction) -> list[StateChange]:
    """Return what has happened to a reduction since, after checking that what was told before still holds."""
    told, now = list(timeline(before)), list(timeline(changed))
    steps = now[len(told) :]
    kept = [(one.state, one.attempt) for one in told]
    if [(one.state, one.attempt) for one in now[: len(told)]] != kept:
        raise IllegalTransition(before.state, changed.state)
    for current, step in pairwise([before.state, *(step.state for step in steps)]):
        check_transition(current, step)
    if now[-1].state is not changed.state:
        raise IllegalTransition(now[-1].state, changed.state)
    return steps


def _with_owner(reduction_id: int, attempt: AttemptRow) -> AttemptRow:
    attempt.reduction_id = reduction_id
    return attempt


def find_reduction(session: Session, name: str) -> Reduction | None:
    """Return a reduction by its name."""
    row = session.scalar(select(ReductionRow).where(ReductionRow.name == name))
    return reduction_from(row) if row else None


def get_reduction(session: Session, reduction_id: int) -> Reduction:
    """Return a reduction by its id, which must exist."""
    return reduction_from(session.get_one(ReductionRow, reduction_id))


def queued_reductions(session: Session, time: datetime, limit: int) -> Sequence[Reduction]:
    """Return what may be started now, oldest first."""
    query = (
        select(ReductionRow)
        .where(ReductionRow.state == State.QUEUED)
        .where(or_(ReductionRow.not_before.is_(None), ReductionRow.not_before <= time))
        .order_by(ReductionRow.id)
        .limit(limit)
    )
    return [reduction_from(row) for row in session.scalars(query)]


def count_queued(session: Session) -> int:
    """Count what waits to be started, now or later."""
    query = select(func.count()).where(ReductionRow.state == State.QUEUED)
    return session.scalar(query) or 0


def count_ahead(session: Session, reduction: Reduction) -> int:
    """Count what is queued before a reduction."""
    query = select(func.count()).where(
        ReductionRow.state == State.QUEUED, ReductionRow.id < reduction.id
    )
    return session.scalar(query) or 0


def active_reductions(session: Session) -> Sequence[Reduction]:
    """Return what some worker has, or had when the service died."""
    query = select(ReductionRow).where(ReductionRow.state.in_(ACTIVE)).order_by(ReductionRow.id)
    return [reduction_from(row) for row in session.scalars(query)]


def reductions_of(session: Session, run_ids: Sequence[int]) -> dict[int, list[Reduction]]:
    """Return the reductions of runs, by run id, oldest first."""
    found: dict[int, list[Reduction]] = {run_id: [] for run_id in run_ids}
    query = select(ReductionRow).where(ReductionRow.run_id.in_(run_ids)).order_by(ReductionRow.id)
    for row in session.scalars(query):
        found[row.run_id].append(reduction_from(row))
    return found


def names_of(session: Session, reduction_ids: Collection[int]) -> dict[int, str]:
    """Return names by id."""
    query = select(ReductionRow.id, ReductionRow.name).where(ReductionRow.id.in_(reduction_ids))
    return {row.id: row.name for row in session.execute(query)}


def count_states(session: Session) -> dict[State, int]:
    """Count reductions by state."""
    query = select(ReductionRow.state, func.count()).group_by(ReductionRow.state)
    return {State(state): count for state, count in session.execute(query)}
