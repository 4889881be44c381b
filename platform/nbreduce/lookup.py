"""What a workspace has, found by its name."""

from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import suppress
from os import SEEK_END
from pathlib import Path
from typing import BinaryIO

from nbreduce.archive.layout import LOG_FILE
from nbreduce.catalogue import reductions, runs
from nbreduce.domain.errors import NotFound
from nbreduce.domain.model import Model
from nbreduce.domain.reduction import Reduction, Run
from nbreduce.workspace import Workspace

MAX_LOG_PART = 200_000


def known_run(workspace: Workspace, instrument: str, name: str) -> Run:
    """Return a run by its instrument and name.

    Raises
    ------
    NotFound
        There is none.
    """
    with workspace.catalogue.read() as session:
        run = runs.find_run(session, instrument, name)
    if run is None:
        raise NotFound(f"there is no run {instrument} {name}", "List them with 'nbreduce runs'")
    return run


def known_reduction(workspace: Workspace, name: str) -> tuple[Run, Reduction]:
    """Return a reduction by its name, and its run.

    Raises
    ------
    NotFound
        There is none.
    """
    with workspace.catalogue.read() as session:
        reduction = reductions.find_reduction(session, name)
        if reduction is None:
            raise NotFound(
                f"there is no reduction {name!r}", "List them with 'nbreduce reductions'"
            )
        return runs.get_run(session, reduction.run_id), reduction


class LogPart(Model):
    """Part of the log of an attempt, from byte `start` to before byte `end`; `more` says that there is more already.

    `attempt` is 0 where the reduction was never begun.
    """

    attempt: int
    start: int
    end: int
    text: str
    more: bool


def part_of_log(
    workspace: Workspace, run: Run, reduction: Reduction, attempt: int, start: int | None
) -> LogPart:
    """Return part of a log, whole characters only.

    Parameters
    ----------
    attempt:
        That `start` is about; the log of another is given from its beginning.
    start:
        Byte to begin with; None gives the end of the log, from the beginning of a line.
    """
    current = reduction.attempts[-1].number if reduction.attempts else 0
    if attempt != current and start is not None:
        start = 0
    for path in _log_paths(workspace, run, reduction):
        with suppress(FileNotFoundError), path.open("rb") as stream:
            return _read_part(stream, current, start)
    return LogPart(attempt=current, start=0, end=0, text="", more=False)


def _log_paths(workspace: Workspace, run: Run, reduction: Reduction) -> Iterator[Path]:
    layout = workspace.archive.layout
    yield layout.reduction(run, reduction) / LOG_FILE
    if reduction.attempts:
        yield layout.staging(reduction, reduction.attempts[-1].number) / LOG_FILE
        # It may have been published between the two looks.
        yield layout.reduction(run, reduction) / LOG_FILE


def _read_part(stream: BinaryIO, attempt: int, start: int | None) -> LogPart:
    size = stream.seek(0, SEEK_END)
    if start is None:
        start = max(0, size - MAX_LOG_PART)
        stream.seek(start)
        start += len(stream.readline(MAX_LOG_PART)) if start else 0
    start = min(start, size)
    stream.seek(start)
    content = stream.read(MAX_LOG_PART)
    decoder = getincrementaldecoder("utf-8")("replace")
    text = decoder.decode(content)
    end = start + len(content) - len(decoder.getstate()[0])
    more = len(content) == MAX_LOG_PART and start + len(content) < size
    return LogPart(attempt=attempt, start=start, end=end, text=text, more=more)
