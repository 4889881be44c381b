"""What goes over the wire: the shapes of answers that are not a domain value already."""

from pydantic import Field, JsonValue

from nbreduce.domain.model import Model, Time, Values
from nbreduce.domain.reduction import Reduction, Run
from nbreduce.domain.states import FailureKind, State
from nbreduce.inspection import Finding

# A stream on which nothing happened for so many seconds says so: a connection that is gone is silent too.
LONGEST_SILENCE = 20.0


class ProgressLine(Model):
    """Where a running reduction stands: cell `cell` of `cells`, counted from 1, code cells only."""

    cell: int
    cells: int
    status: str
    heading: str
    time: Time


class ReductionLine(Model):
    """A reduction as a list shows it.

    Attributes
    ----------
    notebook:
        Path of the executed notebook in Jupyter's contents; None while there is none there.
    warnings:
        How many there are.
    """

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
    progress: ProgressLine | None
    notebook: str | None
    warnings: int


class RunLine(Model):
    """A run as a list shows it, with its reductions, newest first.

    Attributes
    ----------
    skipped:
        Why it is not reduced; None where it is.
    """

    id: int
    instrument: str
    name: str
    run_number: int | None
    experiment: str
    title: str
    start: Time | None
    end: Time | None
    counts: int | None
    added: Time
    skipped: str | None
    reductions: tuple[ReductionLine, ...]


class RunPage(Model):
    """Part of a list of runs, newest first; `total` is the length of the whole list."""

    runs: tuple[RunLine, ...]
    offset: int
    total: int


class ExperimentLine(Model):
    """An experiment on an instrument, with how many of its runs a filter leaves."""

    instrument: str
    experiment: str
    runs: int
    newest: Time


class ExperimentList(Model):
    """Experiments, that with the newest run first."""

    experiments: tuple[ExperimentLine, ...]


class ListedReduction(ReductionLine):
    """A reduction in a list of its own, with its run by name."""

    instrument: str
    run: str


class ReductionPage(Model):
    """Part of a list of reductions, newest first; `total` is the length of the whole list."""

    reductions: tuple[ListedReduction, ...]
    offset: int
    total: int


class ReductionAnswer(Model):
    """All that is known of a reduction.

    Attributes
    ----------
    notebook, folder:
        Paths in Jupyter's contents; None where they are not there.
    versions:
        Names of all reductions of this run by this template, newest first.
    template_known, template_changed:
        Whether the template can be used now, and whether it differs from what the reduction was made with.
    """

    run: Run
    reduction: Reduction
    progress: ProgressLine | None
    notebook: str | None
    folder: str | None
    versions: tuple[str, ...]
    template_known: bool
    template_changed: bool


class Filed(Model):
    """A request that the service will answer: `GET /requests/{id}`, or the event `request` with this id."""

    request: int


class RequestAnswer(Model):
    """A request; `accepted` is None while it has no answer. `answer` names the new reduction, or says why not."""

    request: int
    kind: str
    reduction: str
    accepted: bool | None
    answer: str


class NothingAsked(Model):
    """A body that says nothing."""


class ParameterLine(Model):
    """A parameter of a template: its JSON Schema, default, and whether the platform supplies it."""

    name: str
    schema_: dict[str, JsonValue] = Field(alias="schema")
    default: JsonValue
    help: str
    unit: str
    supplied: bool


class TemplateLine(Model):
    """A template: usable, or else with the reason why not in `problem`."""

    instrument: str
    name: str
    title: str = ""
    description: str = ""
    environment: str = ""
    path: str | None = None
    sha256: str = ""
    problem: str | None = None


class TemplateList(Model):
    """Templates by instrument and name; `folder` is theirs in Jupyter's contents, None where these do not reach it."""

    templates: tuple[TemplateLine, ...]
    folder: str | None = None


class TemplateAnswer(Model):
    """A template with what a form needs: `schema` is the JSON Schema of a request's values."""

    template: TemplateLine
    schema_: dict[str, JsonValue] = Field(alias="schema")
    parameters: tuple[ParameterLine, ...]


class InstrumentLine(Model):
    """An instrument; `problem` says why its `instrument.toml` cannot be used."""

    key: str
    name: str
    templates: tuple[str, ...]
    watched: tuple[str, ...]
    problem: str | None = None


class InstrumentList(Model):
    """Instruments by key."""

    instruments: tuple[InstrumentLine, ...]


class EnvironmentLine(Model):
    """An environment and the kernelspec that it runs in."""

    name: str
    kernelspec: str
    problem: str | None = None


class EnvironmentList(Model):
    """Environments by name."""

    environments: tuple[EnvironmentLine, ...]


class ServiceLine(Model):
    """Whether the service runs, and since when that is so, where it is known; the process that runs it."""

    running: bool
    pid: int | None = None
    since: Time | None = None


class Health(Model):
    """Whether a workspace is in order.

    Attributes
    ----------
    free_bytes:
        Free space of the archive's disk; None where the archive is not there.
    findings:
        All that was looked at, each with what to do where it is not good.
    problems:
        Those that are not good, a sentence each.
    """

    version: str
    workspace: str
    service: ServiceLine
    watched: tuple[str, ...]
    reductions: dict[State, int]
    free_bytes: int | None
    findings: tuple[Finding, ...]
    problems: tuple[str, ...]


class EventLine(Model):
    """An event, with the names of what it is about."""

    id: int
    time: Time
    kind: str
    run: str | None
    reduction: str | None
    data: Values


class EventPage(Model):
    """Events after an id, oldest first. `latest` is the id of the newest event there is."""

    events: tuple[EventLine, ...]
    latest: int


class Push(Model):
    """What the event stream sends: events, and the runs that they are about as these are now.

    `reset` asks the follower to read everything anew: it has just come, or was away for too long. `service` is told
    first, and when it changes. `trouble` says why nothing can be told just now; empty once it is over.
    """

    latest: int
    events: tuple[EventLine, ...] = ()
    runs: tuple[RunLine, ...] = ()
    reset: bool = False
    service: ServiceLine | None = None
    trouble: str | None = None
