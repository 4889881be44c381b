"""A new catalogue in the place of an old one."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import make_url

from nbreduce.catalogue.core import Catalogue, CatalogueError
from nbreduce.domain.model import now


@contextmanager
def fresh_catalogue(url: str, replace: bool) -> Iterator[Catalogue]:
    """Open an empty catalogue to be filled.

    Parameters
    ----------
    url:
        Of the catalogue.
    replace:
        Fill a new file, and put it in the place of the old one, which is kept under another name, once that went well.
        SQLite only. Otherwise the catalogue itself is opened, and made where there is none.

    Raises
    ------
    CatalogueError
        It cannot be replaced.
    """
    if not replace:
        catalogue = Catalogue(url)
        catalogue.upgrade()
        yield catalogue
        catalogue.close()
        return
    path = _file_of(url)
    temporary = path.with_name(f".{path.name}.rebuilt")
    _remove(temporary)
    catalogue = Catalogue(f"sqlite:///{temporary}")
    try:
        catalogue.upgrade()
        yield catalogue
        catalogue.close()
        _set_aside(path)
        temporary.replace(path)
    finally:
        catalogue.close()
        _remove(temporary)


def _file_of(url: str) -> Path:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise CatalogueError(
            f"only a SQLite catalogue can be replaced, not {parsed.render_as_string()}",
            "Rebuild into an empty database",
        )
    return Path(parsed.database)


def _set_aside(path: Path) -> None:
    """Rename a database with its journals: they may hold transactions that the file has not."""
    old = f"{path.name}.{now():%Y%m%dT%H%M%S}.old"
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(path.with_name(old + suffix))


def _remove(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)
