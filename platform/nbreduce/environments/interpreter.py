"""Run the interpreter of an environment with bounds on time and output, and nothing of ours."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbreduce.environments.errors import CaptureFailed

_EXPLAINED = 400  # characters of a program's last words that a message quotes


@dataclass(frozen=True)
class Completed:
    """How a command ended.

    Attributes
    ----------
    returncode : Exit status; negative for a signal.
    output : Standard output and standard error as one text.
    timed_out : Whether it was ended at its time limit.
    """

    returncode: int
    output: str
    timed_out: bool

    @property
    def last_words(self) -> str:
        """The end of the output, short enough for a message."""
        text = self.output.strip()[-_EXPLAINED:]
        return text or "it printed nothing"


def clean_variables(variables: Mapping[str, str]) -> dict[str, str]:
    """Build the variables for an environment's interpreter.

    The caller's ``PYTHON*`` variables and its virtual environment say nothing about the
    environment looked at, so they are left out; the kernelspec's own come on top.
    """
    ours = {"VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "__PYVENV_LAUNCHER__"}
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("PYTHON") and key not in ours
    }
    return {**kept, **variables}


def run(
    command: Sequence[str | Path],
    variables: Mapping[str, str],
    *,
    timeout: float,
    limit: int = 64 * 2**20,
) -> Completed:
    """Run a command in a process group of its own.

    Parameters
    ----------
    command : Program and arguments.
    variables : Its complete environment.
    timeout : Seconds after which the whole group is killed.
    limit : Bytes of output after which the whole group is killed.

    Raises
    ------
    CaptureFailed
        The program cannot be started, or prints more than `limit` bytes.
    """
    words = [str(word) for word in command]
    try:
        process = subprocess.Popen(
            words,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise CaptureFailed(
            f"{words[0]} cannot be started ({error.strerror}); is its environment still "
            f"complete? Check it with: {words[0]} --version"
        ) from error
    late = threading.Event()
    timer = threading.Timer(max(timeout, 0.0), _end_late, (process, late))
    timer.start()
    try:
        assert process.stdout is not None
        output = process.stdout.read(limit + 1)
        if len(output) > limit:
            _kill_group(process)
            raise CaptureFailed(f"{words[0]} printed more than {limit} bytes and was ended")
        process.wait()
    finally:
        timer.cancel()
        if process.poll() is None:
            _kill_group(process)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
    return Completed(process.returncode, output.decode("utf-8", "replace"), late.is_set())


def _end_late(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    _kill_group(process)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
