"""What a trial is: a draft of a template on one run or several, and how each result differs from the one before."""

from pydantic import Field, JsonValue

from nbreduce.domain.model import Model, Time, Values
from nbreduce.domain.reduction import Reduction
from nbreduce.domain.states import ENDED, FailureKind, State

MAX_RUNS = 20
_NOTABLE_SECONDS = 0.5
_NOTABLE_RATIO = 1.5


class TrialRequest(Model):
    """What is asked for: some runs by name, or the last so many that the template is for.

    Attributes
    ----------
    content:
        The draft as notebook JSON; None takes the saved template.
    """

    instrument: str = Field(max_length=200)
    template: str = Field(max_length=200)
    content: dict[str, JsonValue] | None = None
    runs: tuple[str, ...] = Field(default=(), max_length=MAX_RUNS)
    last: int = Field(default=0, ge=0, le=MAX_RUNS)
    parameters: Values = Field(default_factory=dict)


class Result(Model):
    """How a notebook ended; `outputs` maps the declared files to their SHA-256."""

    state: State
    failure: FailureKind | None = None
    reason: str = ""
    seconds: float | None = None
    cells: int | None = None
    outputs: dict[str, str] = Field(default_factory=dict)
    warnings: tuple[str, ...] = ()


class TrialRow(Model):
    """A run that a template is tried on.

    Attributes
    ----------
    path:
        Its raw file.
    reduction, old:
        The run's newest reduction by this template, and how it ended; None where there is none.
    cell, cells, heading:
        Where the notebook stands, cells counted from 1.
    new, notebook:
        How it ended, and its notebook, relative to the trial's folder.
    """

    run: str
    title: str
    path: str
    reduction: str | None = None
    old: Result | None = None
    state: State = State.QUEUED
    cell: int = 0
    cells: int = 0
    heading: str = ""
    new: Result | None = None
    notebook: str | None = None


class TrialRecord(Model):
    """A trial, from when it was asked for to its end."""

    id: str
    person: str
    instrument: str
    template: str
    title: str
    values: Values
    created: Time
    started: Time | None = None
    ended: Time | None = None
    state: State = State.QUEUED
    reason: str = ""
    rows: tuple[TrialRow, ...]

    def with_row(self, index: int, row: TrialRow) -> "TrialRecord":
        """Return the record with one of its rows replaced."""
        rows = (*self.rows[:index], row, *self.rows[index + 1 :])
        return self.model_copy(update={"rows": rows})

    def ended_as(self, state: State, time: Time, reason: str = "") -> "TrialRecord":
        """Return the record as it is once nothing of it goes on; rows that have not ended end alike."""
        rows = tuple(
            row if row.state in ENDED else row.model_copy(update={"state": state})
            for row in self.rows
        )
        update = {"rows": rows, "state": state, "ended": time, "reason": reason}
        return self.model_copy(update=update)


def result_of(reduction: Reduction) -> Result:
    """Return how a reduction ended, as far as trials compare it."""
    begin, end = reduction.started, reduction.ended
    return Result(
        state=reduction.state,
        failure=reduction.failure,
        reason=reduction.reason,
        seconds=None if begin is None or end is None else (end - begin).total_seconds(),
        cells=reduction.cells,
        outputs={one.path: one.sha256 for one in reduction.outputs},
        warnings=reduction.warnings,
    )


def differences(old: Result, new: Result) -> tuple[str, ...]:
    """Say in words in what a new result is not like the old one; nothing where it is."""
    words = []
    if old.state != new.state:
        words.append(f"{old.state} before, {new.state} now")
    elif old.reason != new.reason:
        words.append("another reason")
    if None not in (old.cells, new.cells) and old.cells != new.cells:
        words.append(f"{old.cells} cells before, {new.cells} now")
    words += [f"no {name} any more" for name in sorted(old.outputs.keys() - new.outputs.keys())]
    words += [f"{name} is new" for name in sorted(new.outputs.keys() - old.outputs.keys())]
    both = sorted(old.outputs.keys() & new.outputs.keys())
    words += [f"{name} differs" for name in both if old.outputs[name] != new.outputs[name]]
    if len(old.warnings) != len(new.warnings):
        words.append(f"{len(old.warnings)} warnings before, {len(new.warnings)} now")
    if pace := _pace(old.seconds, new.seconds):
        words.append(pace)
    return tuple(words)


def _pace(old: float | None, new: float | None) -> str:
    """Say that one took notably longer than the other."""
    if old is None or new is None or abs(new - old) < _NOTABLE_SECONDS:
        return ""
    if max(old, new) < _NOTABLE_RATIO * min(old, new):
        return ""
    return f"{old:.1f} s before, {new:.1f} s now"
