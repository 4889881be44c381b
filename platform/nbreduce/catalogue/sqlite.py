"""How SQLite is used: in write-ahead mode, and always the file that is there now."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DisconnectionError

_BUSY_MS = 30_000
_FILE = "nbreduce_file"


def prepare_sqlite(engine: Engine, file: Path | None) -> None:
    """Let SQLAlchemy, not the driver, begin transactions: writers at once, so that two never deadlock.

    Connections are kept, but not beyond their file: a rebuild puts another one in its place.
    """

    @event.listens_for(engine, "connect")
    def configure(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={_BUSY_MS}",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")
        record.info[_FILE] = _identity(file)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("nbreduce_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    @event.listens_for(engine, "checkout")
    def same_file(_connection: Any, record: Any, _proxy: Any) -> None:
        if record.info[_FILE] != _identity(file):
            raise DisconnectionError("the catalogue's file is another one")


def _identity(file: Path | None) -> tuple[int, int] | None:
    try:
        status = file.stat() if file is not None else None
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if status else None
