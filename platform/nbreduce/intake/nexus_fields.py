"""From raw values in a NeXus file to what they mean: pure functions, each with a note for every oddity."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

MAX_RUN_NUMBER = 10**12
NO_EXPERIMENT = frozenset({"", "-1", "0", "n/a", "na", "none", "null", "unknown"})
UNSET_CLOCK_BEFORE = datetime(1990, 1, 2, tzinfo=UTC)

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_SPACES = re.compile(r" {2,}")
_DIGITS = re.compile(r"[0-9]+")


def clean_text(raw: bytes | str, field: str, limit: int) -> tuple[str, list[str]]:
    """Decode and tidy a text: UTF-8, else Latin-1; no control characters; at most `limit` characters.

    Returns
    -------
    :
        The text, and notes on what was odd.
    """
    text, notes = _decode(raw, field) if isinstance(raw, bytes) else (raw, [])
    text = text.strip("\x00 \t\r\n")
    tidy = _SPACES.sub(" ", _CONTROL.sub(" ", text)).strip()
    if _CONTROL.search(text):
        notes.append(f"the {field} holds control characters; removed")
    if len(tidy) > limit:
        notes.append(f"the {field} has {len(tidy)} characters; cut to {limit}")
        tidy = tidy[:limit].rstrip()
    return tidy, notes


def _decode(raw: bytes, field: str) -> tuple[str, list[str]]:
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError:
        return raw.decode("latin-1"), [f"the {field} is not UTF-8; read as Latin-1"]


def parse_time(text: str, field: str) -> tuple[datetime | None, list[str]]:
    """Read an ISO 8601 time; one without a zone is taken as UTC.

    A time before 2 January 1990 (UTC) is what an unset clock gives (EPICS counts from 1 January 1990) and is taken as
    unknown.

    Returns
    -------
    :
        The time in UTC or None, and notes on what was odd.
    """
    if not text:
        return None, [f"no {field} time"]
    try:
        time = datetime.fromisoformat(text)
        zoned = time if time.tzinfo else time.replace(tzinfo=UTC)
        moment = zoned.astimezone(UTC)
    except (ValueError, OverflowError):
        return None, [f"the {field} time {text[:60]!r} can't be read; taken as unknown"]
    if moment < UNSET_CLOCK_BEFORE:
        return None, [f"the {field} time {text[:60]} comes from an unset clock; taken as unknown"]
    if time.tzinfo is None:
        return moment, ["times without a zone; read as UTC"]
    return moment, []


def time_order_notes(start: datetime | None, end: datetime | None) -> list[str]:
    """Note an end that lies before the start."""
    if start is not None and end is not None and end < start:
        return [f"the run ends {(start - end).total_seconds():g} s before it starts"]
    return []


def whole_number(value: object) -> int | None:
    """Understand an integer that may come as int, float, text or bytes; None where it is none of these."""
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    if isinstance(value, str):
        text = value.strip("\x00 \t\r\n")
        number = int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else None
    elif isinstance(value, float):
        number = int(value) if value.is_integer() else None
    elif isinstance(value, int):
        number = value
    else:
        number = None
    return number


def number_in_name(stem: str, prefixes: Iterable[str] = ()) -> int | None:
    """Find the run number in a file's stem.

    That is the digits straight after one of `prefixes`; else the longest group of digits, the last of equals
    (``SANS2D00022048`` is 22048, ``focus2010n000468`` is 468).
    """
    for prefix in sorted(prefixes, key=len, reverse=True):
        match = re.match(re.escape(prefix) + r"[_-]?([0-9]+)", stem, re.IGNORECASE)
        if match:
            return _usable(int(match[1][:18]))
    groups = _DIGITS.findall(stem)
    longest = max(reversed(groups), key=len, default="")
    return _usable(int(longest)) if 0 < len(longest) <= 18 else None


def choose_run_number(
    value: object, stem: str, prefixes: Iterable[str] = ()
) -> tuple[int | None, list[str]]:
    """Settle on the run number: the file's own, else the one in its name.

    Parameters
    ----------
    value:
        What the field `run_number` holds; None where there is no such field.

    Returns
    -------
    :
        The run number or None, and notes on what was odd.
    """
    named = number_in_name(stem, prefixes)
    number = whole_number(value)
    if number is not None and _usable(number) is not None:
        if named is not None and named != number:
            return number, [f"run number {number} in the file, {named} in its name; took {number}"]
        return number, []
    problem = "no run number" if value is None else f"run number {_shown(value)} is not usable"
    if named is None:
        return None, [f"{problem}, and none in the file's name"]
    return named, [f"{problem}; took {named} from the file's name"]


def choose_experiment(text: str | None, unknown: str) -> tuple[str, list[str]]:
    """Return the experiment, or `unknown` with a note where the file names none."""
    if not text:
        return unknown, ["no experiment"]
    if text.casefold() in NO_EXPERIMENT:
        return unknown, [f"experiment {text!r} means none"]
    return text, []


def _usable(number: int) -> int | None:
    return number if 0 < number < MAX_RUN_NUMBER else None


def _shown(value: object) -> str:
    return repr(value)[:60]
