"""Requests: what people ask the service to do with a reduction."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from nbreduce.catalogue.convert import columns_of
from nbreduce.catalogue.events import add_event
from nbreduce.catalogue.orm import RequestRow
from nbreduce.domain.errors import Conflict
from nbreduce.domain.events import EventKind
from nbreduce.domain.model import Model, Time, Values, now


class RequestKind(StrEnum):
    """What is asked for."""

    RERUN = "rerun"
    CANCEL = "cancel"


class KeyUsed(Conflict):
    """A request's key that stands for another request."""

    def __init__(self) -> None:
        super().__init__("this key was used for another request", "Make up a new key")


class Request(Model):
    """A request and, once the service has seen it, its answer: for a rerun that was accepted, the new reduction."""

    id: int
    kind: RequestKind
    reduction: str
    parameters: Values
    requested_by: str
    created: Time
    answered: Time | None
    accepted: bool | None
    answer: str
    key: str | None
    bulk: str | None


def add_request(
    session: Session,
    kind: RequestKind,
    reduction: str,
    requested_by: str,
    parameters: Values | None = None,
    key: str | None = None,
) -> int:
    """File a request.

    Raises
    ------
    KeyUsed
        There is one under its key.
    """
    row = RequestRow(
        key=key,
        kind=kind,
        reduction=reduction,
        parameters=parameters or {},
        requested_by=requested_by,
        created=now(),
        answer="",
    )
    session.add(row)
    with keys_are_new():
        session.flush()
    return row.id


@contextmanager
def keys_are_new() -> Iterator[None]:
    """Raise `KeyUsed` where a key that is written stands there already."""
    try:
        yield
    except IntegrityError as error:
        raise KeyUsed from error


def get_request(session: Session, request_id: int) -> Request:
    """Return a request, which must exist."""
    return Request.model_validate(columns_of(session.get_one(RequestRow, request_id)))


def find_request(session: Session, request_id: int) -> Request | None:
    """Return a request, None where there is none."""
    row = session.get(RequestRow, request_id)
    return Request.model_validate(columns_of(row)) if row else None


def find_keyed(session: Session, key: str) -> Request | None:
    """Return the request that was filed under a key."""
    row = session.scalar(select(RequestRow).where(RequestRow.key == key))
    return Request.model_validate(columns_of(row)) if row else None


def open_requests(session: Session, bulk: bool = False, limit: int = 200) -> Sequence[Request]:
    """Return unanswered requests, oldest first.

    Parameters
    ----------
    bulk:
        Those that were filed many in one go, or else those that were not.
    """
    query = (
        select(RequestRow)
        .where(RequestRow.answered.is_(None))
        .where(RequestRow.bulk.is_not(None) if bulk else RequestRow.bulk.is_(None))
        .order_by(RequestRow.id)
        .limit(limit)
    )
    return [Request.model_validate(columns_of(row)) for row in session.scalars(query)]


def answer_request(session: Session, request_id: int, accepted: bool, answer: str) -> None:
    """Answer a request."""
    row = session.get_one(RequestRow, request_id)
    row.accepted, row.answer, row.answered = accepted, answer, now()
    told: Values = {
        "request": row.id,
        "kind": row.kind,
        "reduction": row.reduction,
        "accepted": accepted,
        "answer": answer,
    }
    add_event(session, EventKind.REQUEST, row.answered, told)


def forget_requests(session: Session, before: datetime) -> None:
    """Remove requests that were answered before a moment; those that were filed in bulk, all together."""
    going_on = select(RequestRow.bulk).where(
        RequestRow.bulk.is_not(None),
        or_(RequestRow.answered.is_(None), RequestRow.answered >= before),
    )
    of_ended = or_(RequestRow.bulk.is_(None), RequestRow.bulk.not_in(going_on))
    session.execute(delete(RequestRow).where(RequestRow.answered < before, of_ended))
