"""How an execution ended, in the platform's words."""

import re
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from pydantic import ValidationError

from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.model import Model
from nbreduce.domain.reduction import CellTiming, OutputDeclaration
from nbreduce.domain.states import FailureKind, State
from nbreduce.execution.client import OUTPUT_TYPE, describe_exit
from nbreduce.execution.session import Cancelled, Session

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_REASON_LENGTH = 500
_STORAGE = re.compile(r"\[Errno (28|30|122)\]")


class InputError(NbreduceError):
    """A raw file that cannot be read any more."""


class KernelError(NbreduceError):
    """A kernel that cannot be started."""


class Ending(Model):
    """The end of an execution."""

    state: State
    failure: FailureKind | None = None
    reason: str = ""


def ending_of(error: Exception | None, session: Session) -> Ending:
    """Say how an execution ended, from the error that it raised."""
    if session.cancelled or isinstance(error, Cancelled):
        return Ending(state=State.CANCELLED, reason="cancelled while it ran")
    if error is None:
        return Ending(state=State.SUCCEEDED)
    kind, reason = _failure(error, session)
    return Ending(state=State.FAILED, failure=kind, reason=_short(reason))


def tells_of_storage(error: Exception | None) -> bool:
    """Say whether an error may have come from a full or read-only disk, in a cell or outside."""
    if isinstance(error, PapermillExecutionError):
        return error.ename == "OSError" and _STORAGE.search(error.evalue) is not None
    return isinstance(error, OSError) and _STORAGE.search(str(error)) is not None


def _failure(error: Exception, session: Session) -> tuple[FailureKind, str]:
    where = f"cell {_stopped_at(session.notebook)}: " if session.notebook is not None else ""
    match error:
        case PapermillExecutionError():
            return FailureKind.CELL_ERROR, f"{where}{error.ename}: {_one_line(error.evalue)}"
        case CellTimeoutError():
            return FailureKind.TIMEOUT, f"{where}ran longer than {session.limit_words()}"
        case DeadKernelError():
            return (
                FailureKind.KERNEL_DIED,
                f"{where}the kernel died ({describe_exit(session.kernel_exit)})",
            )
        case InputError():
            return FailureKind.INPUT_ERROR, str(error)
        case NbreduceError():
            return FailureKind.ENVIRONMENT_ERROR, str(error)
    raise error


def _stopped_at(notebook: NotebookNode) -> int:
    """Return the number of the code cell at which a notebook stopped."""
    number = 0
    for cell in notebook.cells:
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        number += 1
        if cell.metadata.get("papermill", {}).get("status") == "failed":
            break
    return number


def _one_line(text: str) -> str:
    return " ".join(_ANSI.sub("", text).split())


def _short(text: str) -> str:
    return text if len(text) <= _REASON_LENGTH else text[: _REASON_LENGTH - 1] + "…"


def timings_of(notebook: NotebookNode) -> tuple[CellTiming, ...]:
    """Return how long each code cell took."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    marks = [cell.metadata.get("papermill", {}) for cell in cells]
    return tuple(
        CellTiming(
            cell=number, seconds=mark.get("duration"), status=mark.get("status") or "pending"
        )
        for number, mark in enumerate(marks, 1)
    )


def declarations_of(notebook: NotebookNode) -> tuple[list[OutputDeclaration], list[str]]:
    """Collect the outputs that a notebook declares, the last word on each path; and what is wrong with others."""
    found: dict[str, OutputDeclaration] = {}
    problems: list[str] = []
    for data in _display_data(notebook):
        try:
            declaration = OutputDeclaration.model_validate(data)
        except ValidationError as error:
            problems.append(f"a declared output is not usable: {error.errors()[0]['msg']}")
            continue
        found[declaration.path] = declaration
    return list(found.values()), problems


def _display_data(notebook: NotebookNode) -> list[Any]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output.data[OUTPUT_TYPE] for output in outputs if OUTPUT_TYPE in output.get("data", {})]
