"""The transcript of a running attempt: what those who watch it are told, as lines of JSON in one file.

One process writes it, anyone may read it, and nobody needs it: what becomes of a reduction does not depend on it.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from time import monotonic
from typing import Any, BinaryIO

from nbreduce.domain.model import now

MAX_CHARACTERS = 40_000_000
_BATCH = 1_000_000

Line = dict[str, Any]


class Transcript:
    """Writes down what happens to a notebook while it is executed.

    Outputs are known by their identity: each is written once, unless it changes.

    Parameters
    ----------
    path:
        Where; None writes nothing.
    tell:
        Called with words where the transcript ends before the execution does.
    interval:
        Outputs that come faster than this, in s, are written together.
    """

    def __init__(
        self,
        path: Path | None = None,
        tell: Callable[[str], None] = lambda _: None,
        interval: float = 0.1,
    ) -> None:
        self._path = path
        self._tell = tell
        self._interval = interval
        self._stream: BinaryIO | None = None
        self._notebook: Any = None
        self._known: dict[int, list[tuple[Any, Any]]] = {}
        self._room = MAX_CHARACTERS
        self._written = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, notebook: Any) -> None:
        """Write the notebook as it is before its first cell runs.

        Parameters
        ----------
        notebook:
            It is looked at again whenever something is told, and never changed.
        """
        if self._path is None:
            return
        self._notebook = notebook
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self._path.open("wb", buffering=0)
        except OSError as error:
            self._give_up(error)
        self._write({"kind": "notebook", "content": without_outputs(notebook), **_time()})

    def cell_started(self, index: int, cell: int, cells: int) -> None:
        """Write that a cell runs: `index` counts all cells from 0, `cell` of `cells` the code cells from 1."""
        self._known[index] = []
        self._write({"kind": "start", "index": index, "cell": cell, "cells": cells, **_time()})

    def changed(self) -> None:
        """Write what is new among the outputs, now or in a moment; called within the loop that executes."""
        if self._stream is None or self._timer is not None:
            return
        wait = self._written + self._interval - monotonic()
        if wait <= 0:
            self._flush()
        else:
            self._timer = asyncio.get_running_loop().call_later(wait, self._flush)

    def cell_ended(self, index: int, status: str, seconds: float | None) -> None:
        """Write the last outputs of a cell, and how it ended."""
        self._flush()
        if self._stream is not None:
            count = self._notebook.cells[index].get("execution_count")
            self._write(
                {
                    "kind": "end",
                    "index": index,
                    "status": status,
                    "seconds": seconds,
                    "execution_count": count,
                    **_time(),
                }
            )

    def ended(self) -> None:
        """Write that no cell runs any more."""
        self._write({"kind": "ended", **_time()})

    def remove(self) -> None:
        """Take the transcript away: whoever reads it finds the result in the archive, or another attempt."""
        self._close()
        if self._path is not None:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._stream is None or self._room < 0:
            return
        for index in self._known:
            for line in self._news(index):
                self._written = monotonic()
                self._write(line)

    def _news(self, index: int) -> Iterator[Line]:
        outputs = self._notebook.cells[index].get("outputs", [])
        # An update of a display replaces the data of an output that stays.
        found = [(one, one.get("data")) for one in outputs]
        known, self._known[index] = self._known[index], found
        same = 0
        for before, after in zip(known, found, strict=False):
            if before[0] is not after[0] or before[1] is not after[1]:
                break
            same += 1
        if not same == len(known) == len(found):
            yield {"kind": "outputs", "index": index, "from": same, "outputs": outputs[same:]}

    def _write(self, line: Line) -> None:
        if self._stream is None:
            return
        try:
            # All ASCII: one byte a character, and never half of one at the end of the file.
            text = json.dumps(line, allow_nan=False, separators=(",", ":"))
            if line["kind"] == "outputs":
                self._room -= len(text)
                if self._room < 0:
                    text = json.dumps({"kind": "full"})
            self._stream.write(text.encode("ascii") + b"\n")
        except (OSError, ValueError, TypeError, RecursionError) as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        self._tell(f"this reduction cannot be watched any further: {error}")
        self._close()

    def _close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._stream is not None:
            self._stream.close()
            self._stream = None


def without_outputs(notebook: Any) -> dict[str, Any]:
    """Return a notebook as it is before it is executed."""
    fresh: Line = {"outputs": [], "execution_count": None}
    cells = [{**cell, **(fresh if cell.cell_type == "code" else {})} for cell in notebook.cells]
    return {**notebook, "cells": cells}


def read_lines(path: Path, offset: int) -> tuple[list[bytes], int]:
    """Return whole lines of a transcript that is being written, about a megabyte at a time, and where they end.

    Parameters
    ----------
    offset:
        Where to begin, in bytes; from the transcript's begin where it is beyond the end.

    Returns
    -------
    :
        No lines where there are no more yet, or no transcript.
    """
    lines: list[bytes] = []
    with suppress(FileNotFoundError), path.open("rb") as stream:
        if offset > stream.seek(0, 2):
            offset = 0
        stream.seek(offset)
        size = 0
        for line in takewhile(lambda one: one.endswith(b"\n"), stream):
            lines.append(line)
            size += len(line)
            if size >= _BATCH:
                break
        offset += size
    return lines, offset


def _time() -> dict[str, str]:
    return {"time": now().isoformat()}
