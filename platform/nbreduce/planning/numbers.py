"""Runs by number, as people write them: ``241300-241391, 241395``."""

import re
from collections.abc import Iterable

from nbreduce.domain.errors import NbreduceError

_PART = re.compile(r"(\d{1,18})(?:\s*[-–]\s*(\d{1,18}))?", re.ASCII)
_SHOWN = 60


class RangeError(NbreduceError):
    """A text that names no runs."""


def parse_ranges(text: str) -> tuple[tuple[int, int], ...]:
    """Read run numbers and ranges of them, both ends included.

    Returns
    -------
    :
        Ranges in rising order; those that touch or overlap are one.

    Raises
    ------
    RangeError
        Something in it is neither a number nor a range, or a range runs backwards.
    """
    found = [_range(part.strip()) for part in re.split(r"[,;\n]", text) if part.strip()]
    if not found:
        raise RangeError("no runs are named", "As in: 241300-241391, 241395")
    return _merged(found)


def count_numbers(ranges: Iterable[tuple[int, int]]) -> int:
    """Count the numbers in ranges that do not overlap."""
    return sum(last - first + 1 for first, last in ranges)


def format_ranges(numbers: Iterable[int]) -> str:
    """Write numbers as `parse_ranges` reads them."""
    merged = _merged([(number, number) for number in numbers])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in merged)


def _range(part: str) -> tuple[int, int]:
    found = _PART.fullmatch(part)
    if found is None:
        raise RangeError(
            f"{part[:_SHOWN]!r} is neither a run number nor a range of them",
            "As in: 241300-241391, 241395",
        )
    first = int(found[1])
    last = first if found[2] is None else int(found[2])
    if last < first:
        raise RangeError(f"{part[:_SHOWN]!r} runs backwards", f"Write {last}-{first}")
    return first, last


def _merged(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)
