"""Rows to domain values and back."""

from typing import Any

from pydantic import BaseModel

from nbreduce.catalogue.orm import AttemptRow, EventRow, ReductionRow, ReportRow, RunRow
from nbreduce.domain.events import Event
from nbreduce.domain.record import ReportRecord
from nbreduce.domain.reduction import Attempt, Reduction, Run

_JSON_FIELDS = {
    "parameters",
    "inputs",
    "outputs",
    "timings",
    "manifest",
    "warnings",
    "differs",
    "users",
    "notes",
    "templates",
}


def columns_of(row: Any) -> dict[str, Any]:
    """Return a row's columns by name."""
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def run_from(row: RunRow) -> Run:
    """Read a run."""
    columns = columns_of(row)
    del columns["words"]
    return Run.model_validate(columns)


def run_row(run: Run) -> RunRow:
    """Make a new row."""
    return RunRow(**to_columns(run), words=folded("\n".join((run.name, run.title, run.experiment))))


def folded(text: str) -> str:
    """Return a text as it is searched: databases differ in what they know of the case of letters."""
    return text.casefold()


def reduction_from(row: ReductionRow) -> Reduction:
    """Read a reduction with its attempts."""
    columns = columns_of(row)
    del columns["newest"]
    attempts = [_attempt_from(attempt) for attempt in row.attempts]
    return Reduction.model_validate({**columns, "attempts": attempts})


def _attempt_from(row: AttemptRow) -> Attempt:
    columns = columns_of(row)
    del columns["reduction_id"]
    return Attempt.model_validate(columns)


def report_from(row: ReportRow) -> ReportRecord:
    """Read a report."""
    columns = columns_of(row)
    del columns["run_id"]
    return ReportRecord.model_validate(columns)


def event_from(row: EventRow) -> Event:
    """Read an event."""
    return Event.model_validate(columns_of(row))


def to_columns(model: BaseModel, *exclude: str) -> dict[str, Any]:
    """Return a domain value's fields as columns: nested values as JSON, moments as they are."""
    moments = model.model_dump(exclude=set(exclude))
    nested = model.model_dump(mode="json", include=_JSON_FIELDS - set(exclude))
    return {**moments, **nested}


def reduction_row(reduction: Reduction) -> ReductionRow:
    """Make a new row, attempts included."""
    attempts = [attempt_row(attempt) for attempt in reduction.attempts]
    return ReductionRow(**to_columns(reduction, "attempts"), attempts=attempts)


def attempt_row(attempt: Attempt) -> AttemptRow:
    """Make a new row."""
    return AttemptRow(**attempt.model_dump())
