"""What goes over the wire about reports."""

from pathlib import PurePath
from typing import Annotated

from pydantic import AfterValidator, Field

from nbreduce.domain.model import Model, Time, Values

MAX_RUNS = 1000


def _whole(text: str) -> str:
    """Refuse a path that would be taken from wherever the server was started."""
    if not (text.isascii() and text.isdigit()) and not PurePath(text).is_absolute():
        raise ValueError("must be a run number, or the whole path of a raw file")
    if "\0" in text:
        raise ValueError("holds a NUL, which no path does")
    return text


RunNumber = Annotated[int, Field(ge=0, lt=2**63)]
RunFile = Annotated[str, Field(min_length=1, max_length=4096), AfterValidator(_whole)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class RunsBody(Model):
    """Which runs are finished: each by its number, or by the whole path of its raw file.

    A run that is known already is not reduced again, unless parameters or templates are asked for.
    """

    instrument: Name
    runs: tuple[RunNumber | RunFile, ...] = Field(min_length=1, max_length=MAX_RUNS)
    parameters: Values = Field(default_factory=dict)
    templates: tuple[Name, ...] = Field(default=(), max_length=100)


class Reported(Model):
    """Reports that the service will take up, in the order of the runs: `GET /reports/{id}`."""

    reports: tuple[int, ...]


class ReportAnswer(Model):
    """A report, and what became of it.

    Attributes
    ----------
    run:
        The run that it became, as `instrument/name`; None while it is pending.
    skipped:
        Why the run is not reduced; None where it is.
    reductions:
        Names of the run's reductions, oldest first.
    note:
        How the report was understood.
    """

    report: int
    trigger: str
    instrument: str
    path: str | None
    run_number: int | None
    received: Time
    run: str | None
    skipped: str | None
    reductions: tuple[str, ...]
    note: str
