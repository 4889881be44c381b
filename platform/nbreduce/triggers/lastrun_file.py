"""What ISIS instruments say of their last run: the one line of ``lastrun.txt``, such as ``WISH 00044733 0``."""

import re
from dataclasses import dataclass

MAX_BYTES = 4096
MAX_DIGITS = 12

_LINE = re.compile(r"(\S+)\s+([0-9]+)\s+(\S+)")


@dataclass(frozen=True)
class LastRun:
    """The last run of an instrument.

    Parameters
    ----------
    name:
        The instrument, as the file calls it.
    run_number:
        The run.
    """

    name: str
    run_number: int


@dataclass(frozen=True)
class Problem:
    """Why no run can be read, in words that follow "the file"."""

    reason: str


def parse_lastrun(text: str) -> LastRun | Problem:
    """Read the content of ``lastrun.txt``.

    The line has three tokens; two mean that it is not written to its end yet.
    """
    if len(text) > MAX_BYTES:
        return Problem(f"has more than {MAX_BYTES} characters")
    line = text.strip("\x00 \t\r\n")
    if not line:
        return Problem("is empty")
    match = _LINE.fullmatch(line)
    if match is None or not match[1].isprintable():
        return Problem(f"says {line[:60]!r}, not 'NAME NUMBER 0'")
    if len(match[2]) > MAX_DIGITS or int(match[2]) == 0:
        return Problem(f"names no possible run number: {match[2][:40]!r}")
    return LastRun(match[1], int(match[2]))
