"""The trials of one Jupyter server: each in a process of its own, one after the other."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import nbreduce
from nbreduce.domain.errors import Conflict, NotFound
from nbreduce.domain.model import now
from nbreduce.domain.states import ENDED, State
from nbreduce.trials.folder import TrialFolder

log = logging.getLogger(__name__)

_GRACE = 5.0
_SHOWN = 300


@dataclass
class _Ticket:
    """A trial that waits or runs; its lock is open here, and in its process once that runs."""

    folder: TrialFolder
    lock: IO[bytes]
    process: "subprocess.Popen[bytes] | None" = None
    cancelled: bool = False
    trouble: str = ""

    @property
    def key(self) -> str:
        return str(self.folder.path)


class TrialDesk:
    """Starts trials in the order in which they are filed, and cancels them. Safe for use by several threads.

    Parameters
    ----------
    workspace:
        Folder of the workspace.
    """

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self._change = threading.Condition()
        self._tickets: list[_Ticket] = []
        self._thread: threading.Thread | None = None
        self._closed = False

    def submit(self, folder: TrialFolder) -> None:
        """Queue a trial."""
        ticket = _Ticket(folder, folder.hold())
        with self._change:
            self._tickets.append(ticket)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="trials", daemon=True)
                self._thread.start()
            self._change.notify_all()

    def ahead(self, folder: TrialFolder) -> int:
        """Say how many trials end before this one begins; 0 for one that runs, or is not here."""
        with self._change:
            keys = [ticket.key for ticket in self._tickets]
        return keys.index(str(folder.path)) if str(folder.path) in keys else 0

    def cancel(self, folder: TrialFolder) -> None:
        """End a trial.

        Raises
        ------
        Conflict
            It has ended, or is another server's.
        """
        with self._change:
            ticket = next((one for one in self._tickets if one.key == str(folder.path)), None)
            if ticket is None:
                raise Conflict(f"the trial {folder.path.name} does not run on this server")
            ticket.cancelled = True
            process = ticket.process
            if process is None and ticket is not self._tickets[0]:
                self._tickets.remove(ticket)
                self._conclude(ticket)
        if process is not None:
            _end(process)

    def close(self) -> None:
        """End all trials."""
        with self._change:
            self._closed = True
            for ticket in self._tickets:
                ticket.cancelled = True
            running = [one.process for one in self._tickets if one.process is not None]
            self._change.notify_all()
        for process in running:
            _end(process)
        if self._thread is not None:
            self._thread.join(2 * _GRACE)

    def _work(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: self._closed or self._tickets)
                if not self._tickets:
                    return
                ticket = self._tickets[0]
                if ticket.process is None and not ticket.cancelled:
                    self._start(ticket)
            if ticket.process is not None:
                ticket.process.wait()
            with self._change:
                self._tickets.remove(ticket)
                self._conclude(ticket)

    def _start(self, ticket: _Ticket) -> None:
        command = [sys.executable, "-m", "nbreduce.trials.work"]
        try:
            with ticket.folder.log.open("ab") as log:
                ticket.process = subprocess.Popen(
                    [*command, str(ticket.folder.path), str(self._workspace)],
                    env=_environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=ticket.folder.path,
                    pass_fds=(ticket.lock.fileno(),),
                    start_new_session=True,
                )
        except Exception as error:
            ticket.trouble = f"its process could not be started: {error}"

    def _conclude(self, ticket: _Ticket) -> None:
        """Let go of a trial, and write its end where its process has not; the others go on, whatever becomes of it."""
        try:
            _write_end(ticket)
        except NotFound:
            log.info("the trial %s was deleted", ticket.key)
        except Exception:
            log.exception("the end of the trial %s cannot be written", ticket.key)
        finally:
            ticket.lock.close()


def _write_end(ticket: _Ticket) -> None:
    record = ticket.folder.read()
    if record.state in ENDED:
        return
    state = State.CANCELLED if ticket.cancelled else State.FAILED
    reason = ticket.trouble or f"its process ended: {_last_words(ticket.folder)}"
    ticket.folder.write(record.ended_as(state, now(), "" if ticket.cancelled else reason))


def _environment() -> Mapping[str, str]:
    source = str(Path(nbreduce.__file__).parents[1])
    paths = [source, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ask a trial's process to end, and make it where it does not."""
    with suppress(ProcessLookupError):
        process.terminate()
    later = threading.Timer(_GRACE, _kill, (process,))
    later.daemon = True
    later.start()


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _last_words(folder: TrialFolder) -> str:
    if not folder.log.is_file():
        return "it said nothing"
    lines = folder.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1][-_SHOWN:] if lines else "it said nothing"
