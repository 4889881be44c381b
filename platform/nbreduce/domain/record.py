"""What the archive says of a run and of a reduction, so that the catalogue can be made again from it."""

from typing import Literal

from pydantic import Field

from nbreduce.domain.events import EventKind
from nbreduce.domain.model import Model, Time, Values, now
from nbreduce.domain.reduction import Reduction, Run
from nbreduce.domain.template import TemplateMetadata


class ReportRecord(Model):
    """A report as the catalogue has it."""

    id: int
    trigger: str
    instrument: str
    path: str | None
    run_number: int | None
    size: int | None
    mtime_ns: int | None
    received: Time
    parameters: Values
    templates: tuple[str, ...]
    sentinel: str | None
    note: str


class EventRecord(Model):
    """An event as the catalogue has it, without its place in the sequence."""

    time: Time
    kind: EventKind
    data: Values


class RunRecord(Model):
    """`run.json` in a run's folder."""

    format: Literal[1] = 1
    run: Run
    reports: tuple[ReportRecord, ...] = ()
    events: tuple[EventRecord, ...] = ()


class Record(Model):
    """The notebook metadata key `nbreduce` of an executed notebook.

    A `trial` of a template looks like a reduction, and is none: it is not in the archive.
    """

    format: Literal[1] = 1
    nbreduce: str
    written: Time = Field(default_factory=now)
    run: Run
    reduction: Reduction
    template: TemplateMetadata
    trial: bool = False
