"""What goes over the wire about reports."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from nbreduce.domain.model import Model, Time, Values

MAX_RUNS = 1000


def _run(given: object) -> str:
    """Take a run's number or file. A path that is not whole would be taken from wherever the server was started."""
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    text = str(given) if isinstance(given, int | str) and not isinstance(given, bool) else ""
    if len(text) > _LONGEST or not re.fullmatch(_RUN, text):
        raise ValueError("must be a run number, or the whole path of a raw file")
    return text


_LONGEST = 4096
_RUN = r"[0-9]{1,18}|/[^\x00]*"
RunFile = Annotated[
    str,
    BeforeValidator(_run),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": 10**18 - 1},
                {"type": "string", "pattern": f"^({_RUN})$", "maxLength": _LONGEST},
            ]
        }
    ),
]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class RunsBody(Model):
    """Which runs are finished: each by its number, or by the whole path of its raw file.

    A run that is known already is not reduced again, unless parameters or templates are asked for.
    """

    instrument: Name
    runs: tuple[RunFile, ...] = Field(min_length=1, max_length=MAX_RUNS)
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
