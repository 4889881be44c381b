"""The time zone of this machine, which is taken to be the facility's."""

import os
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo


def local_zone(root: Path = Path("/")) -> str | None:
    """Return the name of the zone, such as `Europe/London`, as `TZ` or the system says; None where neither does.

    Parameters
    ----------
    root:
        Of the file system.
    """
    return next(filter(_is_zone, _candidates(root / "etc")), None)


def _candidates(etc: Path) -> Iterator[str]:
    yield os.environ.get("TZ", "").removeprefix(":")
    yield os.path.realpath(etc / "localtime").rpartition("/zoneinfo/")[2]
    try:
        yield (etc / "timezone").read_text().strip()
    except (OSError, UnicodeError):
        return


def _is_zone(name: str) -> bool:
    try:
        return bool(name) and ZoneInfo(name) is not None
    except (ValueError, OSError, LookupError):
        return False
