"""What to do about a database that does not do what it is asked."""

from pathlib import Path

NO_CATALOGUE = "no catalogue"
_MAKE_ONE = (
    "Make a new one with 'nbreduce catalogue upgrade', or make it again from the archive with "
    "'nbreduce catalogue rebuild'"
)
_AWAY = "Free space, or bring its server back; the service waits until then"
_BUSY = "Another program is writing to it; try again in a moment"
_FULL = "Free space on its disk; the service waits until then"
_DAMAGED = "Where the file is damaged, put it aside and run 'nbreduce catalogue rebuild'"


def advice(said: str, file: Path | None) -> str:
    """Say what to do next.

    Parameters
    ----------
    said:
        `NO_CATALOGUE`, or what the database said. SQLite's words are those of its result codes READONLY, CANTOPEN,
        BUSY, LOCKED, FULL, NOTADB and CORRUPT, https://www.sqlite.org/rescode.html.
    file:
        What holds the catalogue; None where a server does.
    """
    if file is None:
        return _MAKE_ONE if said == NO_CATALOGUE else _AWAY
    if is_missing(file.parent):
        return (
            f"There is no folder {file.parent}; mount it, or mend [catalogue] url in nbreduce.toml"
        )
    advised = {
        NO_CATALOGUE: _MAKE_ONE,
        "readonly database": _not_allowed(file),
        "unable to open": _not_allowed(file),
        "is locked": _BUSY,
        "is full": _FULL,
        "not a database": _DAMAGED,
        "malformed": _DAMAGED,
    }
    return next((words for part, words in advised.items() if part in said), _AWAY)


def is_missing(path: Path) -> bool:
    """Say whether nothing is there; what may not be looked at may be there."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _not_allowed(file: Path) -> str:
    return (
        "This user may not write it; run the command as the user that the service runs as, or let this one write "
        f"{file.name} and its folder"
    )
