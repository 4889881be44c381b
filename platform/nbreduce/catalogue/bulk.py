"""Many reductions in one go: what planning them anew needs, and how requests for them stand."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, insert, or_, select
from sqlalchemy.orm import Session

from nbreduce.catalogue.orm import ReductionRow, RequestRow, RunRow
from nbreduce.catalogue.requests import KeyUsed, RequestKind, keys_are_new
from nbreduce.domain.model import Model, Values, now
from nbreduce.domain.states import State

# What SQLite takes in one expression, with room to spare.
_AT_ONCE = 400

T = TypeVar("T")
Ranges = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Past:
    """A reduction, as far as another one like it needs it; `parameters` are as they are stored."""

    name: str
    template: str
    version: int
    parameters: dict[str, Any]
    run_id: int
    instrument: str
    run: str
    run_number: int | None
    experiment: str
    path: str | None


@dataclass(frozen=True, slots=True)
class FoundRun:
    """A run that a range names; `skipped` says why it is not reduced."""

    id: int
    name: str
    run_number: int
    skipped: str | None


class BulkState(Model):
    """How the requests of a bulk stand.

    Attributes
    ----------
    waiting:
        Requests that the service has not come to.
    refused:
        Why requests were refused, and how many for each reason.
    states:
        Reductions that were made, by state.
    """

    bulk: str
    total: int
    waiting: int
    refused: dict[str, int]
    states: dict[State, int]


_PAST = (
    ReductionRow.name,
    ReductionRow.template,
    ReductionRow.version,
    ReductionRow.parameters,
    ReductionRow.run_id,
    RunRow.instrument,
    RunRow.name,
    RunRow.run_number,
    RunRow.experiment,
    RunRow.path,
)


def named_reductions(session: Session, names: Sequence[str]) -> dict[str, Past]:
    """Return the reductions that there are, by name."""
    found: dict[str, Past] = {}
    for some in _some(names):
        query = select(*_PAST).join(RunRow).where(ReductionRow.name.in_(some))
        found |= {row[0]: Past(*row) for row in session.execute(query)}
    return found


def newest_reductions(
    session: Session, instrument: str, ranges: Ranges, template: str | None
) -> list[Past]:
    """Return each template's newest reduction of runs in ranges, by run number and template."""
    query = (
        select(*_PAST)
        .join(RunRow)
        .where(RunRow.instrument == instrument, ReductionRow.newest)
        .order_by(RunRow.run_number, ReductionRow.template)
    )
    if template is not None:
        query = query.where(ReductionRow.template == template)
    return [Past(*row) for row in _over(session, query, ranges)]


def runs_within(session: Session, instrument: str, ranges: Ranges) -> list[FoundRun]:
    """Return the runs in ranges, by number."""
    columns = (RunRow.id, RunRow.name, RunRow.run_number, RunRow.skipped)
    query = select(*columns).where(RunRow.instrument == instrument).order_by(RunRow.run_number)
    return [FoundRun(*row) for row in _over(session, query, ranges)]


def highest_versions(session: Session, run_ids: Iterable[int]) -> dict[tuple[int, str], int]:
    """Return the highest version of each template for runs, by run id and template."""
    found: dict[tuple[int, str], int] = {}
    for some in _some(sorted(set(run_ids))):
        query = select(ReductionRow.run_id, ReductionRow.template, ReductionRow.version)
        query = query.where(ReductionRow.newest, ReductionRow.run_id.in_(some))
        for run_id, template, version in session.execute(query):
            found[run_id, template] = version
    return found


def add_bulk(
    session: Session, bulk: str, names: Sequence[str], requested_by: str, parameters: Values
) -> None:
    """File reruns of many reductions as one bulk.

    Raises
    ------
    KeyUsed
        Its name was used before.
    """
    if not names:
        return
    common = {
        "kind": RequestKind.RERUN,
        "parameters": parameters,
        "requested_by": requested_by,
        "created": now(),
        "answer": "",
        "bulk": bulk,
    }
    # Keys are unique in the table: of two that file the same bulk at once, one is refused.
    rows = [
        {**common, "reduction": name, "key": f"{bulk}/{number}"}
        for number, name in enumerate(names)
    ]
    with keys_are_new():
        session.execute(insert(RequestRow), rows)


def count_bulk(session: Session, bulk: str, parameters: Values) -> int:
    """Count the reruns that were filed as a bulk with these values, 0 where there is no such bulk.

    Raises
    ------
    KeyUsed
        It was filed with other values.
    """
    query = select(RequestRow.parameters).where(RequestRow.bulk == bulk)
    found = session.scalars(query).all()
    if found and found[0] != parameters:
        raise KeyUsed
    return len(found)


def bulk_state(session: Session, bulk: str) -> BulkState | None:
    """Say how a bulk stands; None where there is no such."""
    mine = RequestRow.bulk == bulk
    answers = select(RequestRow.accepted, func.count()).where(mine).group_by(RequestRow.accepted)
    counts = dict(session.execute(answers).all())
    if not counts:
        return None
    refused = session.execute(
        select(RequestRow.answer, func.count())
        .where(mine, RequestRow.accepted.is_(False))
        .group_by(RequestRow.answer)
        .order_by(func.count().desc())
        .limit(20)
    )
    made = session.execute(
        select(ReductionRow.state, func.count())
        .join(RequestRow, RequestRow.answer == ReductionRow.name)
        .where(mine, RequestRow.accepted.is_(True))
        .group_by(ReductionRow.state)
    )
    return BulkState(
        bulk=bulk,
        total=sum(counts.values()),
        waiting=counts.get(None, 0),
        refused=dict(refused.all()),
        states={State(state): count for state, count in made},
    )


def _over(session: Session, query: Any, ranges: Ranges) -> Iterator[Any]:
    """Run a query over ranges of run numbers, some at once."""
    for some in _some(ranges):
        within: list[ColumnElement[bool]] = [
            RunRow.run_number.between(first, last) for first, last in some
        ]
        yield from session.execute(query.where(or_(*within)))


def _some(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
