"""A child process that answers lines with lines, and is not trusted to."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from typing import IO

MAX_LINE = 1 << 18
MAX_STDERR = 4096
GRACE = 1.0


class ChildFailed(Exception):
    """The child gave no answer.

    Parameters
    ----------
    kind:
        "hung" past the time limit, "died", or "babbled": a line that is too long.
    detail:
        How it died, and the end of what it wrote to standard error.
    """

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail


class LineChild:
    """One child process in a session of its own; killed with all its offspring when it fails.

    Not safe for use by several threads at once.

    Parameters
    ----------
    command:
        Program and arguments.
    environment:
        The child's whole environment.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
            bufsize=0,
            start_new_session=True,
        )
        self._stderr = b""
        for stream in (self._stdin, self._stdout, self._errors):
            os.set_blocking(stream.fileno(), False)

    @property
    def _stdin(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def _stdout(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout

    @property
    def _errors(self) -> IO[bytes]:
        assert self._process.stderr is not None
        return self._process.stderr

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the child still runs."""
        return self._process.poll() is None

    def ask(self, line: bytes, timeout: float) -> bytes:
        """Send a line and return the answering line.

        Parameters
        ----------
        line:
            Without its end.
        timeout:
            Seconds until the child counts as hung.

        Raises
        ------
        ChildFailed
            There is no answer; the child is dead by then.
        """
        try:
            return self._converse(line + b"\n", time.monotonic() + timeout)
        except ChildFailed:
            self.close(0)
            raise

    def _converse(self, pending: bytes, deadline: float) -> bytes:
        answer = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self._stdin, selectors.EVENT_WRITE)
            selector.register(self._stdout, selectors.EVENT_READ)
            selector.register(self._errors, selectors.EVENT_READ)
            while not answer.endswith(b"\n"):
                left = deadline - time.monotonic()
                if left <= 0:
                    raise ChildFailed("hung", self._last_words())
                for key, _ in selector.select(left):
                    if key.fileobj is self._stdin:
                        pending = self._send(pending)
                        if not pending:
                            selector.unregister(self._stdin)
                    elif key.fileobj is self._errors:
                        if not self._listen():
                            selector.unregister(self._errors)
                    else:
                        answer += self._receive()
                if len(answer) > MAX_LINE or b"\n" in answer[:-1]:
                    raise ChildFailed("babbled", self._last_words())
        return answer

    def _send(self, pending: bytes) -> bytes:
        try:
            return pending[os.write(self._stdin.fileno(), pending) :]
        except BrokenPipeError as why:
            raise self._death() from why

    def _receive(self) -> bytes:
        data = os.read(self._stdout.fileno(), MAX_LINE)
        if not data:
            raise self._death()
        return data

    def _listen(self) -> bool:
        data = os.read(self._errors.fileno(), 1 << 16)
        self._stderr = (self._stderr + data)[-MAX_STDERR:]
        return bool(data)

    def _death(self) -> ChildFailed:
        try:
            code = self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            return ChildFailed("died", "closed its output")
        while select_readable(self._errors) and self._listen():
            pass
        how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        words = self._last_words()
        return ChildFailed("died", f"{how}: {words}" if words else how)

    def _last_words(self) -> str:
        lines = self._stderr.decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:300] if lines else ""

    def close(self, grace: float = GRACE) -> None:
        """End the child: ask it by closing its input, then kill its whole session; wait until it is gone.

        Parameters
        ----------
        grace:
            Seconds that it gets to end by itself.
        """
        self._stdin.close()
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            pass
        finally:
            self._kill()
        self._process.wait()
        self._stdout.close()
        self._errors.close()

    def _kill(self) -> None:
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def select_readable(stream: IO[bytes]) -> bool:
    """Whether a stream has data, or its end, to be read at once."""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        return bool(selector.select(0))
