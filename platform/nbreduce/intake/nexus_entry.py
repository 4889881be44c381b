"""The metadata of a run, read from an open NeXus file into plain values."""

from collections.abc import Iterable
from typing import Any

import h5py

from nbreduce.intake import nexus_fields as fields
from nbreduce.intake import nexus_tree as tree
from nbreduce.intake.nexus_counts import total_counts

MAX_TITLE = 500
MAX_NAME = 100
MAX_USERS = 50
MAX_NOTES = 40
MAX_NOTE = 300
USUAL_ENTRIES = ("raw_data_1", "entry", "entry1")
UNKNOWN = "unknown"


class NoEntry(Exception):
    """The file has no NXentry."""


def read_entry(
    file: h5py.File, stem: str, prefixes: Iterable[str] = (), counts: bool = True
) -> dict[str, Any]:
    """Read the metadata of the first entry.

    Parameters
    ----------
    file:
        The open file.
    stem:
        Its name without suffix, which may hold the run number.
    prefixes:
        What run files of the instrument begin with.
    counts:
        Whether to add up the detectors' data.

    Returns
    -------
    :
        Fields of `nbreduce.domain.run.RunMetadata` as JSON values.

    Raises
    ------
    NoEntry
        Nothing in the file is an NXentry.
    """
    entry, notes = find_entry(file)
    members = tree.groups(entry)
    number, more = fields.choose_run_number(tree.scalar(entry, "run_number"), stem, prefixes)
    notes += more
    title = _text(entry, "title", MAX_TITLE, notes) or ""
    experiment, more = fields.choose_experiment(
        _text(entry, "experiment_identifier", MAX_NAME, notes, "experiment"), UNKNOWN
    )
    notes += more
    start, end = (_time(entry, name, notes) for name in ("start", "end"))
    notes += fields.time_order_notes(start, end)
    total, more = total_counts(entry, members) if counts else (None, [])
    notes += more
    return {
        "run_number": number,
        "title": title,
        "experiment": experiment,
        "instrument_name": _instrument_name(entry, members, notes),
        "start": start.isoformat() if start else None,
        "end": end.isoformat() if end else None,
        "users": _users(members, notes),
        "counts": total,
        "notes": bounded(notes),
    }


def find_entry(file: h5py.File) -> tuple[h5py.Group, list[str]]:
    """Return the first NXentry by class, else by its usual names, and notes."""
    root = file["/"]
    entries = [(name, group) for name, group, kind in tree.groups(root) if kind == "NXentry"]
    notes = []
    if not entries:
        usual = ((name, tree.child(root, name)) for name in USUAL_ENTRIES)
        entries = [(name, group) for name, group in usual if isinstance(group, h5py.Group)][:1]
        notes = [f"{name!r} is not marked as NXentry; read all the same" for name, _ in entries]
    if not entries:
        outside = [name for name in tree.names(root) if tree.is_external(root, name)]
        raise NoEntry(f"{outside[0]!r} is a link to another file" if outside else "")
    if len(entries) > 1:
        notes.append(f"{len(entries)} entries; read the first, {entries[0][0]!r}")
    return entries[0][1], notes


def bounded(notes: Iterable[str]) -> list[str]:
    """Keep each note once, short, and not too many of them."""
    unique = [note[:MAX_NOTE] for note in dict.fromkeys(notes)]
    if len(unique) > MAX_NOTES:
        return [*unique[:MAX_NOTES], f"and {len(unique) - MAX_NOTES} notes more"]
    return unique


def _text(group: h5py.Group, name: str, limit: int, notes: list[str], word: str = "") -> str | None:
    value = tree.scalar(group, name)
    if value is None:
        if tree.child(group, name) is not None or tree.is_external(group, name):
            notes.append(f"the {word or name} can't be read as text")
        return None
    raw = value if isinstance(value, bytes | str) else str(value)
    text, more = fields.clean_text(raw, word or name, limit)
    notes += more
    return text


def _time(entry: h5py.Group, which: str, notes: list[str]) -> Any:
    text = _text(entry, f"{which}_time", 80, notes, f"{which} time") or ""
    moment, more = fields.parse_time(text, which)
    notes += more
    return moment


def _instrument_name(entry: h5py.Group, members: tree.Members, notes: list[str]) -> str:
    for _, group, kind in members:
        if kind == "NXinstrument":
            name = _text(group, "name", MAX_NAME, notes, "instrument's name")
            if name:
                return name
    return _text(entry, "beamline", MAX_NAME, notes) or ""


def _users(members: tree.Members, notes: list[str]) -> list[str]:
    found: dict[str, None] = {}
    for _, group, kind in members:
        if kind == "NXuser":
            name = _text(group, "name", MAX_NAME, notes, "user's name")
            if name:
                found[name] = None
        if len(found) >= MAX_USERS:
            notes.append(f"only the first {MAX_USERS} users are kept")
            break
    return list(found)
