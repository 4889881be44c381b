"""Reductions: one version of one template applied to one run, and all that is recorded of it."""

from datetime import datetime
from enum import StrEnum
from pathlib import PurePosixPath

from pydantic import Field, JsonValue, field_validator

from nbreduce.domain.model import Model, Time
from nbreduce.domain.parameters import Value
from nbreduce.domain.run import FileStamp
from nbreduce.domain.states import FailureKind, State


class Run(Model):
    """One finished measurement, as the catalogue has it.

    `skipped` says why it is not reduced; None where it is.
    """

    id: int
    instrument: str
    name: str
    run_number: int | None
    experiment: str
    title: str
    start: Time | None
    end: Time | None
    users: tuple[str, ...]
    counts: int | None
    path: str | None
    size: int | None
    mtime_ns: int | None
    notes: tuple[str, ...]
    skipped: str | None
    added: Time

    @property
    def stamp(self) -> FileStamp | None:
        """The file's state when it was read."""
        if self.size is None or self.mtime_ns is None:
            return None
        return FileStamp(size=self.size, mtime_ns=self.mtime_ns)


class OutputKind(StrEnum):
    """What becomes of an output."""

    KEEP = "keep"
    PUBLISH = "publish"
    SCRATCH = "scratch"


class OutputDeclaration(Model):
    """What a notebook says of a file that it wrote; its path is relative to the reduction's folder."""

    path: str = Field(min_length=1, max_length=500)
    kind: OutputKind
    title: str | None = Field(default=None, max_length=500)

    @field_validator("path")
    @classmethod
    def _inside(cls, path: str) -> str:
        parts = PurePosixPath(path).parts
        if path.startswith("/") or ".." in parts or "\0" in path:
            raise ValueError("leaves the reduction's folder")
        return path


class Output(OutputDeclaration):
    """A declared file as it was when the reduction ended."""

    size: int
    sha256: str


class Input(Model):
    """A file that a reduction read, as it was then."""

    path: str
    size: int
    mtime_ns: int
    sha256: str


class CellTiming(Model):
    """How long a code cell took, in s. Cells count from 1, code cells only."""

    cell: int
    seconds: float | None
    status: str


class Difference(Model):
    """One thing in which a rerun is not like the reduction that it was made from."""

    what: str
    before: JsonValue
    after: JsonValue


class Attempt(Model):
    """One try at executing a reduction: submitted to a worker, started by it, ended.

    `outcome` is the state that the reduction went to: an ended one, or ``queued`` where it was handed back.
    """

    number: int
    worker: str = ""
    submitted: Time
    started: Time | None = None
    ended: Time | None = None
    outcome: str = ""
    failure: FailureKind | None = None
    reason: str = ""


class Manifest(Model):
    """Which lock file says what the environment was."""

    sha256: str
    packages: int
    hashes_missing: int
    warnings: tuple[str, ...] = ()


class Reduction(Model):
    """One version of one template applied to one run. Its name is what people and programs call it by."""

    id: int
    run_id: int
    name: str
    template: str
    version: int
    state: State
    failure: FailureKind | None = None
    reason: str = ""
    parameters: dict[str, Value]
    template_sha256: str
    template_commit: str = ""
    environment: str
    rerun_of: str | None = None
    requested_by: str = ""
    queued: Time
    not_before: Time | None = None
    started: Time | None = None
    ended: Time | None = None
    cells: int | None = None
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    timings: tuple[CellTiming, ...] = ()
    manifest: Manifest | None = None
    warnings: tuple[str, ...] = ()
    differs: tuple[Difference, ...] = ()
    attempts: tuple[Attempt, ...] = ()


class Outcome(Model):
    """How an attempt ended, told by its worker."""

    state: State
    failure: FailureKind | None = None
    reason: str = ""
    worker: str = ""
    started: Time
    ended: Time
    cells: int | None = None
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    timings: tuple[CellTiming, ...] = ()
    manifest: Manifest | None = None
    warnings: tuple[str, ...] = ()
    differs: tuple[Difference, ...] = ()


def reduction_name(instrument: str, run: str, template: str, version: int) -> str:
    """Name a reduction as its notebook is named."""
    return f"{instrument}{run}-{template}-v{version}"


def ended_by(reduction: Reduction, outcome: Outcome) -> Reduction:
    """Apply an outcome to a reduction and to its newest attempt.

    The worker writes the result into the archive, the service into the catalogue: the same function, so the two agree.
    """
    last = reduction.attempts[-1].model_copy(
        update={
            "worker": outcome.worker,
            "started": outcome.started,
            "ended": outcome.ended,
            "outcome": str(outcome.state),
            "failure": outcome.failure,
            "reason": outcome.reason,
        }
    )
    told = {name: getattr(outcome, name) for name in Outcome.model_fields if name != "worker"}
    attempts = (*reduction.attempts[:-1], last)
    return reduction.model_copy(update={**told, "not_before": None, "attempts": attempts})


def handed_back(
    reduction: Reduction,
    time: datetime,
    reason: str,
    failure: FailureKind | None,
    not_before: datetime,
) -> Reduction:
    """Put a reduction back into the queue, its newest attempt given up."""
    last = reduction.attempts[-1].model_copy(
        update={"ended": time, "outcome": str(State.QUEUED), "failure": failure, "reason": reason}
    )
    attempts = (*reduction.attempts[:-1], last)
    return reduction.model_copy(
        update={
            "state": State.QUEUED,
            "reason": reason,
            "not_before": not_before,
            "attempts": attempts,
        }
    )


def ended_unexecuted(
    reduction: Reduction,
    state: State,
    time: datetime,
    reason: str,
    failure: FailureKind | None = None,
) -> Reduction:
    """End a queued reduction."""
    return reduction.model_copy(
        update={
            "state": state,
            "reason": reason,
            "failure": failure,
            "ended": time,
            "not_before": None,
        }
    )


def differences(before: Reduction, after: Reduction) -> tuple[Difference, ...]:
    """Say in what a rerun is not like the reduction that it was made from: values, template, environment, inputs."""
    found = []
    for name in sorted(before.parameters.keys() | after.parameters.keys()):
        old, new = (
            one.parameters[name].value if name in one.parameters else None
            for one in (before, after)
        )
        if old != new:
            found.append(Difference(what=f"parameter {name}", before=old, after=new))
    pairs: dict[str, tuple[JsonValue, JsonValue]] = {
        "template": (before.template_sha256, after.template_sha256),
        "environment": (before.environment, after.environment),
        "manifest": (_sha256(before.manifest), _sha256(after.manifest)),
        "inputs": ([one.sha256 for one in before.inputs], [one.sha256 for one in after.inputs]),
    }
    found += [
        Difference(what=what, before=old, after=new)
        for what, (old, new) in pairs.items()
        if old != new
    ]
    return tuple(found)


def _sha256(manifest: Manifest | None) -> str | None:
    return None if manifest is None else manifest.sha256
