"""Where the file of a run is, by its number.

Data folders are searched flat and by cycle: ISIS keeps ``cycle_YY_N/<PREFIX><run>.nxs``, YY being the year without its
century.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

SUFFIXES = (".nxs", ".NXS", ".Nxs")
USUAL_PADDINGS = (8, 5, 0)

_CYCLE = re.compile(r"cycle_(\d\d)_(\d+)", re.IGNORECASE)
_FIRST_YEAR = 80


def find_run_file(
    folders: Iterable[Path], prefixes: Sequence[str], padding: int, run_number: int
) -> Path | None:
    """Find the file of one run.

    Parameters
    ----------
    folders:
        Data folders; in each, the newest cycle comes first and the folder itself last.
    prefixes:
        What the names of run files begin with.
    padding:
        Digits to which the run number is filled up with zeros; 8, 5 and none are tried as well.

    Returns
    -------
    :
        The file, or None where there is none yet.
    """
    return find_run_files(folders, prefixes, padding, [run_number]).get(run_number)


def find_run_files(
    folders: Iterable[Path], prefixes: Sequence[str], padding: int, run_numbers: Iterable[int]
) -> dict[int, Path]:
    """Find the files of some runs, each as `find_run_file` does."""
    searched = list(_searched(folders))
    found = (
        (number, _first(searched, _names(prefixes, padding, number))) for number in run_numbers
    )
    return {number: path for number, path in found if path is not None}


def _first(folders: Iterable[Path], names: Iterable[str]) -> Path | None:
    candidates = list(names)
    for folder in folders:
        beginning = f"{folder}/"
        for name in candidates:
            if os.path.isfile(beginning + name):  # noqa: PTH113 - hundreds of names for a run that is awaited
                return folder / name
    return None


def list_run_files(
    folders: Iterable[Path], prefixes: Iterable[str], numbers: range
) -> dict[int, Path]:
    """Find the files of many runs with one listing of each folder.

    Parameters
    ----------
    folders, prefixes:
        As for `find_run_file`.
    numbers:
        The run numbers that are wanted.
    """
    alternatives = "|".join(map(re.escape, prefixes))
    pattern = re.compile(rf"(?:{alternatives})([0-9]{{1,18}})\.nxs", re.IGNORECASE)
    found: dict[int, Path] = {}
    for folder in _searched(folders):
        for name in _listing(folder):
            match = pattern.fullmatch(name)
            if match and int(match[1]) in numbers:
                found.setdefault(int(match[1]), folder / name)
    return found


def _names(prefixes: Iterable[str], padding: int, run_number: int) -> Iterator[str]:
    widths = dict.fromkeys((padding, *USUAL_PADDINGS))
    stems = dict.fromkeys(
        f"{prefix}{run_number:0{width}d}" for prefix in prefixes for width in widths
    )
    return (stem + suffix for stem in stems for suffix in SUFFIXES)


def _searched(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        cycles = [name for name in _listing(folder) if _CYCLE.fullmatch(name)]
        yield from (folder / name for name in sorted(cycles, key=_age, reverse=True))
        yield folder


def _age(cycle: str) -> tuple[int, int]:
    match = _CYCLE.fullmatch(cycle)
    assert match is not None
    year = int(match[1])
    return year + (1900 if year >= _FIRST_YEAR else 2000), int(match[2])


def _listing(folder: Path) -> list[str]:
    """Return the names in a folder; none where it is not there or may not be read, as a share may be for a time."""
    try:
        return os.listdir(folder)  # noqa: PTH208 - names only
    except OSError:
        return []
