"""The catalogue's engine, transactions and schema."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from nbreduce.catalogue.advice import NO_CATALOGUE, advice, is_missing
from nbreduce.catalogue.sqlite import prepare_sqlite
from nbreduce.domain.errors import NbreduceError, Unavailable

MIGRATIONS = Path(__file__).with_name("migrations")
HEAD = "0003"


class CatalogueError(NbreduceError):
    """A catalogue that cannot be reached, or whose schema is not this release's."""


class CatalogueUnavailable(CatalogueError, Unavailable):
    """The catalogue cannot be read or written just now: its disk is full, or its server away."""


class Catalogue:
    """A database, opened.

    Parameters
    ----------
    url:
        SQLAlchemy URL. SQLite is used in write-ahead mode, so that readers never wait for the service.

    Raises
    ------
    CatalogueError
        The URL is none, or its database's driver is not installed.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._found = False
        self.engine = _engine(url)
        if self.engine.dialect.name == "sqlite":
            prepare_sqlite(self.engine, self.file)
            event.listen(self.engine, "do_connect", self._refuse_to_begin_anew)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session that only reads.

        Raises
        ------
        CatalogueUnavailable
            The database does not answer.
        """
        with self._answering(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction; it is committed at the end, and rolled back on an error.

        Raises
        ------
        CatalogueUnavailable
            The database does not answer, or cannot write.
        """
        with (
            self._answering(),
            Session(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            session.connection(execution_options={"nbreduce_write": True})
            yield session

    def probe(self) -> None:
        """Raise `CatalogueUnavailable` unless the catalogue can be written."""
        with self.write() as session:
            session.execute(text("UPDATE alembic_version SET version_num = version_num"))

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except PoolTimeout as error:
            raise CatalogueUnavailable(
                f"the catalogue {self.shown_url} does not answer", "Try again in a moment"
            ) from error
        except OperationalError as error:
            raise CatalogueUnavailable(
                f"the catalogue {self.shown_url} cannot be used ({error.orig})",
                advice(str(error.orig), self.file),
            ) from error
        except DatabaseError as error:
            if type(error) is not DatabaseError:
                raise
            # SQLite's word for a damaged file; no waiting mends it.
            raise CatalogueError(
                f"the catalogue {self.shown_url} cannot be used ({error.orig})",
                advice(str(error.orig), self.file),
            ) from error

    def upgrade(self) -> None:
        """Make the tables, or bring them to this release's schema.

        Raises
        ------
        CatalogueError
            It cannot be made where its URL says.
        CatalogueUnavailable
            The database does not answer, or cannot write.
        """
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        if self.file is not None and is_missing(self.file.parent):
            raise CatalogueError(
                f"the catalogue {self.shown_url} cannot be used", advice(NO_CATALOGUE, self.file)
            )
        try:
            writer = self.engine.execution_options(nbreduce_write=True)
            with self._answering(), writer.begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except DBAPIError as error:
            raise CatalogueError(
                f"the catalogue {self.shown_url} cannot be used: {error.orig}",
                advice(str(error.orig), self.file),
            ) from error

    def check(self) -> None:
        """Raise `CatalogueError` unless the catalogue is there and has this release's schema; nothing is made."""
        if self.file is not None and is_missing(self.file):
            raise CatalogueError(
                f"there is no catalogue at {self.file}", advice(NO_CATALOGUE, self.file)
            )
        try:
            with self._answering(), self.engine.connect() as connection:
                version = _version(connection)
        except DBAPIError as error:
            raise CatalogueError(
                f"the catalogue {self.shown_url} cannot be opened: {error.orig}",
                advice(str(error.orig), self.file),
            ) from error
        if version != HEAD:
            raise CatalogueError(
                f"the catalogue {self.shown_url} has schema {version or 'none'}, not {HEAD}",
                "Run 'nbreduce catalogue upgrade'" if version else advice(NO_CATALOGUE, self.file),
            )

    def _refuse_to_begin_anew(self, *_: object) -> None:
        """Raise where the file was there and is not any more: SQLite would make an empty one by connecting."""
        if self._found and self.file is not None and is_missing(self.file):
            raise CatalogueUnavailable(
                f"the catalogue {self.file} is gone", advice(NO_CATALOGUE, self.file)
            )
        self._found = True

    @property
    def file(self) -> Path | None:
        """The file that holds it; None where a server or this process's memory does."""
        url = make_url(self.url)
        if url.get_backend_name() != "sqlite" or "uri" in url.query:
            return None
        return None if url.database in {None, "", ":memory:"} else Path(str(url.database))

    @property
    def shown_url(self) -> str:
        """The URL without its password."""
        return make_url(self.url).render_as_string(hide_password=True)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    try:
        return create_engine(url)
    except ImportError as error:
        raise CatalogueError(
            f"the catalogue's database needs the package {error.name!r}, which is not installed",
            f"Install it, as in: pip install '{error.name}[binary]'"
            if error.name == "psycopg"
            else "Install it beside nbreduce",
        ) from error
    except (ArgumentError, ValueError) as error:
        # The URL is not repeated: it may hold a password.
        raise CatalogueError(
            "the catalogue's URL cannot be read", "It is like sqlite:///catalogue.db"
        ) from error


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(
        text("SELECT version_num FROM alembic_version")
    ).scalar()
    return version
