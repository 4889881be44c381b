"""How many counts a run has, told from its detectors."""

import math
from collections.abc import Iterator
from itertools import product
from time import monotonic

import h5py

from nbreduce.intake import nexus_tree as tree

MAX_CELLS = 1 << 30
MAX_CHUNK_BYTES = 1 << 26
MAX_COUNTS = 2**53
BLOCK_CELLS = 1 << 19
SECONDS = 5.0

_WHOLES = frozenset({"merged", "summed", "total"})


class Uncountable(Exception):
    """The counts can't be told, for the reason given."""


def total_counts(entry: h5py.Group, members: tree.Members) -> tuple[int | None, list[str]]:
    """Return the counts of all detectors, without monitors, or None with a note.

    A positive `total_counts` is trusted; ISIS files have 0 there whatever was counted. Otherwise detectors are added
    up: events by their number, histograms cell by cell.

    Parameters
    ----------
    entry:
        The entry.
    members:
        Its groups.
    """
    stated = tree.scalar(entry, "total_counts")
    if isinstance(stated, int) and 0 < stated < MAX_COUNTS:
        return stated, []
    deadline = monotonic() + SECONDS
    try:
        found = _detectors(members)
        if not found:
            return None, ["no detector data; counts unknown"]
        groups = (group for holders in found.values() for group in holders)
        return _whole(sum(_count(group, deadline) for group in groups)), []
    except Uncountable as why:
        return None, [f"counts unknown: {why}"]
    except (OSError, RuntimeError, ValueError, TypeError) as error:
        return None, [f"counts unknown: the detector data can't be read ({_first_line(error)})"]


def _detectors(members: tree.Members) -> dict[str, list[h5py.Group]]:
    """Find the groups that hold detector data, one per detector; events win over a histogram of the same detector.

    Raw data stand in the instrument's NXdetector groups; where these hold none, in the entry's NXdata and
    NXevent_data. A group that repeats the sum of the others ("merged" at PSI's FOCUS) is left out.
    """
    within = [m for _, g, kind in members if kind == "NXinstrument" for m in tree.groups(g)]
    found = _holding_data(within, "NXdetector") or _holding_data(members, "NXdata", "NXevent_data")
    parts = {name: groups for name, groups in found.items() if name.casefold() not in _WHOLES}
    return parts or found


def _holding_data(members: tree.Members, *kinds: str) -> dict[str, list[h5py.Group]]:
    events: dict[str, list[h5py.Group]] = {}
    histograms: dict[str, list[h5py.Group]] = {}
    for name, group, kind in members:
        if kind not in kinds or "monitor" in name.casefold():
            continue
        within = [g for _, g, k in tree.groups(group) if k == "NXevent_data"]
        holders = [holder for holder in (group, *within) if _holds_events(holder)]
        key = name.removesuffix("_events")
        if holders:
            events.setdefault(key, []).extend(holders)
        elif _histogram(group) is not None:
            histograms.setdefault(key, []).append(group)
    return histograms | events


def _holds_events(group: h5py.Group) -> bool:
    names = tree.names(group)
    return "event_id" in names or ("event_time_zero" in names and "total_counts" in names)


def _histogram(group: h5py.Group) -> h5py.Dataset | None:
    for name, kinds in (("counts", "iuf"), ("data", "iu")):
        node = tree.child(group, name)
        if isinstance(node, h5py.Dataset) and node.dtype.kind in kinds and node.shape:
            return node
    return None


def _count(group: h5py.Group, deadline: float) -> float:
    if _holds_events(group):
        return _events(group)
    histogram = _histogram(group)
    return 0 if histogram is None else _sum(histogram, deadline)


def _events(group: h5py.Group) -> int:
    """Count events; SNS writes one event 0 where there was none, with `total_counts` 0."""
    stated = tree.scalar(group, "total_counts")
    if isinstance(stated, int) and stated > 0:
        return stated
    events = tree.child(group, "event_id")
    length = math.prod(events.shape or ()) if isinstance(events, h5py.Dataset) else 0
    return 0 if stated == 0 and length <= 1 else length


def _sum(data: h5py.Dataset, deadline: float) -> float:
    if tree.leads_out(data):
        raise Uncountable(f"{data.name} is stored in other files")
    if data.size > MAX_CELLS:
        raise Uncountable(f"{data.name} has {data.size:.3g} cells, more than are added up")
    if data.chunks and math.prod(data.chunks) * data.dtype.itemsize > MAX_CHUNK_BYTES:
        raise Uncountable(f"{data.name} is stored in chunks too large to read")
    total: float = 0
    for block in _blocks(data.shape, data.chunks):
        total += data[block].sum(dtype="f8" if data.dtype.kind == "f" else "i8").item()
        if monotonic() > deadline:
            raise Uncountable(f"adding up {data.name} took longer than {SECONDS:g} s")
    return total


def _blocks(shape: tuple[int, ...], chunks: tuple[int, ...] | None) -> Iterator[tuple[slice, ...]]:
    """Cut an array of `shape` into blocks of whole chunks with at most `BLOCK_CELLS` cells where a chunk allows it."""
    sides = list(chunks or (1,) * len(shape))
    for axis in reversed(range(len(shape))):
        room = max(1, BLOCK_CELLS // max(1, math.prod(sides)))
        sides[axis] = min(shape[axis], sides[axis] * room) or 1
    starts = (range(0, length, side) for length, side in zip(shape, sides, strict=True))
    for corner in product(*starts):
        yield tuple(slice(at, at + side) for at, side in zip(corner, sides, strict=True))


def _whole(total: float) -> int:
    if not math.isfinite(total) or not 0 <= total < MAX_COUNTS:
        raise Uncountable(f"the detectors add up to {total:g}")
    return round(total)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:150]
