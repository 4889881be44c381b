"""Watching one reduction: its transcript as it grows, and how it stands."""

import logging
from time import monotonic
from typing import Any

from pydantic import TypeAdapter, ValidationError

from nbreduce.attendance import service_runs
from nbreduce.catalogue import reductions
from nbreduce.domain.errors import NbreduceError, NotFound
from nbreduce.domain.model import now
from nbreduce.domain.reduction import Reduction, Run
from nbreduce.domain.states import ACTIVE, ENDED, State
from nbreduce.execution.transcript import read_lines, without_outputs
from nbreduce.lookup import known_reduction
from nbreduce.server.context import ServerContext
from nbreduce.server.operation import told_of_files
from nbreduce.server.wire import LONGEST_SILENCE
from nbreduce.server.wire_watch import NotebookBegun, Standing, WatchLine, WatchPush

log = logging.getLogger(__name__)

# How often the transcript and the catalogue are looked at, in s.
INTERVAL = 0.1
_STANDING_INTERVAL = 0.5
# The attempt of a reduction that waits for one: its notebook as it will be executed.
_WAITING = 0

_LINE: TypeAdapter[WatchLine] = TypeAdapter(WatchLine)


class Watch:
    """Tells one watcher what is new, each time it is asked.

    Parameters
    ----------
    context:
        Of the server.
    name:
        The reduction's.
    attempt, offset:
        How far the watcher knows it; None where it knows nothing.

    Attributes
    ----------
    over:
        Whether nothing will be new any more.
    """

    def __init__(
        self, context: ServerContext, name: str, attempt: int | None = None, offset: int = 0
    ) -> None:
        self.over = False
        self._context = context
        self._name = name
        self._attempt = -1 if attempt is None else attempt
        self._offset = offset
        self._reduction: Reduction | None = None
        self._standing: Standing | None = None
        self._looked = -_STANDING_INTERVAL
        self._trouble = ""
        self._told = 0.0

    def look(self) -> WatchPush | None:
        """Return what is new since the last look, None where nothing is."""
        lines = self._new_lines()
        if lines:
            return self._push(lines=lines)
        if monotonic() - self._looked < _STANDING_INTERVAL:
            return None
        try:
            with told_of_files():
                push = self._look_at_catalogue()
        except NbreduceError as error:
            self.over = isinstance(error, NotFound)
            push = self._in_trouble(str(error))
        except Exception as error:
            # Who watches shall hear of a defect, and go on once it is over.
            push = self._in_trouble(f"a defect ({error}); the Jupyter server's log tells more")
            if push is not None:
                log.exception("%s cannot be watched", self._name)
        self._looked = monotonic()
        return push or self._sign_of_life()

    def _sign_of_life(self) -> WatchPush | None:
        silent = monotonic() - self._told >= LONGEST_SILENCE
        return self._push(trouble=self._trouble or None) if silent else None

    def _look_at_catalogue(self) -> WatchPush | None:
        run, self._reduction = known_reduction(self._context.workspace, self._name)
        standing = self._standing_of(run, self._reduction)
        self.over = standing.state in ENDED
        lines = self._turn_to_attempt(self._reduction)
        changed = standing != self._standing
        calm = "" if self._trouble else None
        self._standing, self._trouble = standing, ""
        if not changed and not lines and calm is None:
            return None
        return self._push(lines=lines, standing=standing if changed else None, trouble=calm)

    def _turn_to_attempt(self, reduction: Reduction) -> list[WatchLine]:
        """Begin anew where another attempt than the one that was told of is at work; return its first lines."""
        if reduction.state in ENDED:
            return []
        attempt = len(reduction.attempts) if reduction.state in ACTIVE else _WAITING
        if attempt == self._attempt:
            return []
        self._attempt, self._offset = attempt, 0
        return self._preview(reduction) if attempt == _WAITING else self._new_lines()

    def _new_lines(self) -> list[WatchLine]:
        if self._reduction is None or self._attempt <= _WAITING:
            return []
        path = self._context.workspace.archive.layout.watch(self._reduction, self._attempt)
        try:
            texts, self._offset = read_lines(path, self._offset)
        except OSError as error:
            log.warning("%s: the transcript cannot be read: %s", self._name, error)
            return []
        return [line for line in map(self._understand, texts) if line is not None]

    def _understand(self, text: bytes) -> WatchLine | None:
        try:
            return _LINE.validate_json(text)
        except ValidationError:
            log.warning("%s: a damaged line in the transcript is left out", self._name)
            return None

    def _preview(self, reduction: Reduction) -> list[WatchLine]:
        """Return the notebook that will be executed; nothing where its template cannot be shown."""
        from nbreduce.execution.literals import parameterised

        folder = self._context.workspace.archive.layout.templates / reduction.template_sha256
        try:
            notebook = parameterised(folder, reduction, reduction.environment)
            content: Any = without_outputs(notebook)
            return [NotebookBegun(kind="notebook", content=content, time=now())]
        except Exception as error:
            # Whatever is wrong with it is told when it is executed.
            log.info("%s cannot be shown before it starts: %r", self._name, error)
            return []

    def _standing_of(self, run: Run, reduction: Reduction) -> Standing:
        state, workspace = reduction.state, self._context.workspace
        ahead = notebook = None
        if state is State.QUEUED:
            with workspace.catalogue.read() as session:
                ahead = reductions.count_ahead(session, reduction)
        elif state in ENDED:
            path = workspace.archive.layout.notebook(run, reduction)
            notebook = self._context.contents_path(path)
        return Standing(
            state=state,
            reason=reduction.reason,
            ahead=ahead,
            served=state in ENDED or service_runs(workspace),
            notebook=notebook,
        )

    def _in_trouble(self, words: str) -> WatchPush | None:
        if words == self._trouble:
            return None
        self._trouble = words
        return self._push(trouble=words)

    def _push(self, lines: list[WatchLine] | None = None, **told: Any) -> WatchPush:
        self._told = monotonic()
        attempt = max(self._attempt, _WAITING)
        return WatchPush(
            attempt=attempt, offset=self._offset, now=now(), lines=tuple(lines or ()), **told
        )
