"""Which names in a watched folder are raw files."""

import fnmatch
import re
from typing import TypeAlias

Component: TypeAlias = re.Pattern[str] | None

TEMPORARY_SUFFIXES = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".swp", "~")
TEMPORARY_PREFIXES = (".", "#", "~$")


class Matcher:
    """A glob pattern on paths relative to a folder; the case of letters does not matter.

    ``*``, ``?`` and ``[...]`` match within one component, ``**`` any number of folders.

    Parameters
    ----------
    pattern:
        Components separated by ``/``.

    Raises
    ------
    ValueError
        The pattern is empty, absolute, leads upwards or ends in ``**``.
    """

    def __init__(self, pattern: str) -> None:
        parts = pattern.split("/")
        if not all(parts) or ".." in parts or parts[-1] == "**":
            raise ValueError(
                f"{pattern!r} is no pattern of files below a folder, such as '**/*.nxs'"
            )
        self._components = [_compile(part) for part in parts]
        self.depth = None if "**" in parts else len(parts)
        self.takes_folders = bool(parts[-1].strip("*?"))

    def matches(self, relative: str) -> bool:
        """Whether a relative path is of a raw file."""
        return _match(self._components, relative.split("/"))

    def reaches(self, relative: str) -> bool:
        """Whether there may be raw files in a folder, given by its relative path ("" is the watched one)."""
        level = len(relative.split("/")) + 1 if relative else 1
        return self.depth is None or level <= self.depth


def _compile(glob: str) -> Component:
    return None if glob == "**" else re.compile(fnmatch.translate(glob), re.IGNORECASE)


def _match(components: list[Component], parts: list[str]) -> bool:
    for index, component in enumerate(components):
        if component is None:
            rest = components[index + 1 :]
            return any(_match(rest, parts[at:]) for at in range(index, len(parts)))
        if index >= len(parts) or not component.match(parts[index]):
            return False
    return len(components) == len(parts)


def is_temporary(name: str) -> bool:
    """Whether a name is of something that is hidden or still being made."""
    return name.startswith(TEMPORARY_PREFIXES) or name.casefold().endswith(TEMPORARY_SUFFIXES)
