"""Triggers by their kind, from the entry-point group `nbreduce.triggers`."""

from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nbreduce.domain.errors import NbreduceError
from nbreduce.triggers.base import Trigger, TriggerSettings

GROUP = "nbreduce.triggers"


class TriggerError(NbreduceError):
    """An entry under `[[triggers]]` from which no trigger can be made."""


def kinds() -> dict[str, EntryPoint]:
    """Return the installed triggers by kind."""
    return {point.name: point for point in entry_points(group=GROUP)}


def load(kind: str) -> type[Trigger]:
    """Return the class of a kind of trigger.

    Raises
    ------
    TriggerError
        There is no such kind, or its package can't be imported.
    """
    known = kinds()
    if kind not in known:
        names = ", ".join(sorted(known)) or "none is installed"
        raise TriggerError(f"there is no trigger of kind {kind!r}", f"Known kinds: {names}")
    try:
        loaded: type[Trigger] = known[kind].load()
    except (ImportError, AttributeError) as error:
        raise TriggerError(
            f"the trigger {kind!r} ({known[kind].value}) can't be loaded: {error}",
            "Install or mend the package that provides it",
        ) from error
    return loaded


def read_settings(entry: Mapping[str, Any], workspace: Path | None = None) -> TriggerSettings:
    """Validate an entry of the configuration.

    Parameters
    ----------
    entry:
        `kind`, `instrument` and the settings of that kind.
    workspace:
        Folder from which relative paths are taken; the current one by default.

    Raises
    ------
    TriggerError
        The kind is unknown, or a setting is missing, unknown or not allowed.
    """
    kind = entry.get("kind")
    if not isinstance(kind, str):
        raise TriggerError("a trigger has no kind", f"Known kinds: {', '.join(sorted(kinds()))}")
    expected = load(kind).Settings
    try:
        return expected.model_validate(dict(entry), context={"workspace": workspace})
    except ValidationError as error:
        of = f"the trigger {kind!r} of {entry.get('instrument', 'no instrument')}"
        problems = "; ".join(_words(item) for item in error.errors())
        allowed = ", ".join(expected.model_fields)
        raise TriggerError(f"{of}: {problems}", f"Its settings are {allowed}") from error


def build(settings: TriggerSettings, prefixes: Iterable[str], padding: int) -> Trigger:
    """Make a trigger from its settings.

    Parameters
    ----------
    prefixes:
        What the names of the instrument's run files begin with.
    padding:
        Digits of the run number in file names.
    """
    return load(settings.kind)(settings, prefixes, padding)


def _words(item: Any) -> str:
    where = ".".join(str(part) for part in item["loc"])
    if item["type"] == "missing":
        return f"{where} is missing"
    if item["type"] == "extra_forbidden":
        return f"{where} is not a setting"
    return f"{where} = {item['input']!r} is not allowed ({item['msg']})"
