"""What those who watch a reduction are sent."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from nbreduce.domain.model import Model, Time
from nbreduce.domain.states import State


class NotebookBegun(Model):
    """The notebook as it is before its first cell runs; what was told before is void."""

    kind: Literal["notebook"]
    content: dict[str, JsonValue]
    time: Time


class CellStarted(Model):
    """A cell runs: `index` counts all cells from 0, `cell` of `cells` the code cells from 1."""

    kind: Literal["start"]
    index: int
    cell: int
    cells: int
    time: Time


class OutputsChanged(Model):
    """The outputs of a cell, from the one at `from` on."""

    kind: Literal["outputs"]
    index: int
    from_: int = Field(alias="from")
    outputs: tuple[dict[str, JsonValue], ...]


class OutputsFull(Model):
    """No more outputs are told: there are too many."""

    kind: Literal["full"]


class CellEnded(Model):
    """A cell ended, after so many seconds."""

    kind: Literal["end"]
    index: int
    status: str
    seconds: float | None
    execution_count: int | None
    time: Time


class ExecutionEnded(Model):
    """No cell runs any more; the result is being stored."""

    kind: Literal["ended"]
    time: Time


WatchLine = Annotated[
    NotebookBegun | CellStarted | OutputsChanged | OutputsFull | CellEnded | ExecutionEnded,
    Field(discriminator="kind"),
]


class Standing(Model):
    """How a reduction stands.

    Attributes
    ----------
    ahead:
        How many reductions are queued before it, while it is queued.
    served:
        Whether the service runs, without which one that has not ended goes no further.
    notebook:
        Path of the executed notebook in Jupyter's contents, once it has ended; None where they do not reach it.
    """

    state: State
    reason: str = ""
    ahead: int | None = None
    served: bool = True
    notebook: str | None = None


class WatchPush(Model):
    """What happens to a reduction; nothing follows once its state is one of an end.

    Attributes
    ----------
    attempt, offset:
        What to ask for to go on from here.
    lines:
        What happened in the attempt.
    standing:
        Told first, and when it changes.
    trouble:
        Why it cannot be said how things stand; empty once it can again.
    now:
        This server's time.
    """

    attempt: int
    offset: int
    now: Time
    lines: tuple[WatchLine, ...] = ()
    standing: Standing | None = None
    trouble: str | None = None
