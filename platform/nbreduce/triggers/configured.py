"""The triggers that a workspace names."""

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from nbreduce.templates.library import InstrumentError, TemplateLibrary
from nbreduce.triggers import registry
from nbreduce.triggers.base import Trigger, TriggerSettings

log = logging.getLogger(__name__)


def build_triggers(
    entries: Iterable[Mapping[str, Any]], workspace: Path, library: TemplateLibrary
) -> list[tuple[TriggerSettings, Trigger]]:
    """Make the triggers of a configuration's `[[triggers]]`.

    Raises
    ------
    TriggerError
        An entry is wrong.
    """
    built = []
    for entry in entries:
        settings = registry.read_settings(entry, workspace)
        prefixes, padding = _naming(library, settings.instrument)
        built.append((settings, registry.build(settings, prefixes, padding)))
    return built


def _naming(library: TemplateLibrary, key: str) -> tuple[tuple[str, ...], int]:
    """Return how an instrument names its files; one without templates is taken by its key, and its runs are kept."""
    try:
        instrument = library.instrument(key)
    except InstrumentError as error:
        log.warning("%s", error)
        return (key,), 8
    return instrument.prefixes, instrument.padding


def data_folders(triggers: list[tuple[TriggerSettings, Trigger]]) -> dict[str, list[Path]]:
    """Collect the data folders that the triggers' settings name, by instrument."""
    folders: dict[str, list[Path]] = {}
    for settings, _ in triggers:
        folders.setdefault(settings.instrument, []).extend(settings.folders)
    return folders
