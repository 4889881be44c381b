"""Tables."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

# SQLite only counts by itself on a column that is an INTEGER to the letter.
Key = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, kept in UTC; databases that know no time zones give it back with one."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn a moment of any zone into a naive one in UTC."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        str: Text(),
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
    }


class RunRow(Base):
    """A run. `words` are what it is searched by, in one case."""

    __tablename__ = "run"
    __table_args__ = (
        UniqueConstraint("instrument", "name"),
        Index("ix_run_instrument_id", "instrument", "id"),
        # Counting by experiment reads this alone, and no row of the table.
        Index("ix_run_instrument_experiment_added", "instrument", "experiment", "added"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    instrument: Mapped[str]
    name: Mapped[str]
    run_number: Mapped[int | None] = mapped_column(BigInteger)
    experiment: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    start: Mapped[datetime | None]
    end: Mapped[datetime | None]
    users: Mapped[list[Any]]
    counts: Mapped[int | None] = mapped_column(BigInteger)
    path: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    mtime_ns: Mapped[int | None] = mapped_column(BigInteger)
    notes: Mapped[list[Any]]
    skipped: Mapped[str | None]
    added: Mapped[datetime] = mapped_column(index=True)
    words: Mapped[str] = mapped_column(server_default=text("''"))


class ReductionRow(Base):
    """A reduction. `newest` tells the highest version of a template for a run; see `insert_reduction`."""

    __tablename__ = "reduction"
    __table_args__ = (
        UniqueConstraint("run_id", "template", "version"),
        Index("ix_reduction_state_id", "state", "id"),
        Index("ix_reduction_newest_state_run_id", "newest", "state", "run_id"),
        Index("ix_reduction_newest_template_state_run_id", "newest", "template", "state", "run_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    name: Mapped[str] = mapped_column(unique=True)
    template: Mapped[str]
    version: Mapped[int]
    state: Mapped[str]
    failure: Mapped[str | None]
    reason: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    template_sha256: Mapped[str]
    template_commit: Mapped[str]
    environment: Mapped[str]
    rerun_of: Mapped[str | None]
    requested_by: Mapped[str]
    queued: Mapped[datetime]
    not_before: Mapped[datetime | None]
    started: Mapped[datetime | None]
    ended: Mapped[datetime | None]
    cells: Mapped[int | None]
    inputs: Mapped[list[Any]]
    outputs: Mapped[list[Any]]
    timings: Mapped[list[Any]]
    manifest: Mapped[dict[str, Any] | None]
    warnings: Mapped[list[Any]]
    differs: Mapped[list[Any]]
    newest: Mapped[bool] = mapped_column(server_default=false())
    attempts: Mapped[list["AttemptRow"]] = relationship(
        order_by="AttemptRow.number", lazy="selectin", cascade="all, delete-orphan"
    )


class AttemptRow(Base):
    """An attempt."""

    __tablename__ = "attempt"

    reduction_id: Mapped[int] = mapped_column(ForeignKey("reduction.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    worker: Mapped[str]
    submitted: Mapped[datetime]
    started: Mapped[datetime | None]
    ended: Mapped[datetime | None]
    outcome: Mapped[str]
    failure: Mapped[str | None]
    reason: Mapped[str]


class EventRow(Base):
    """An event."""

    __tablename__ = "event"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    time: Mapped[datetime]
    kind: Mapped[str]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"), index=True)
    reduction_id: Mapped[int | None] = mapped_column(ForeignKey("reduction.id"), index=True)
    data: Mapped[dict[str, Any]]


class ReportRow(Base):
    """A report. It is pending until `run_id` is set."""

    __tablename__ = "report"
    __table_args__ = (Index("ix_report_instrument_path", "instrument", "path"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    trigger: Mapped[str]
    instrument: Mapped[str]
    path: Mapped[str | None]
    run_number: Mapped[int | None] = mapped_column(BigInteger)
    size: Mapped[int | None] = mapped_column(BigInteger)
    mtime_ns: Mapped[int | None] = mapped_column(BigInteger)
    received: Mapped[datetime]
    parameters: Mapped[dict[str, Any]]
    templates: Mapped[list[Any]]
    sentinel: Mapped[str | None]
    note: Mapped[str]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"), index=True)


class RequestRow(Base):
    """Something that a person asks the service to do. It is open until `answered` is set.

    `key` is the asker's own, so that asking twice is asking once; `bulk` is shared by all that were filed in one go.
    """

    __tablename__ = "request"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str]
    reduction: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    requested_by: Mapped[str]
    created: Mapped[datetime]
    answered: Mapped[datetime | None] = mapped_column(index=True)
    accepted: Mapped[bool | None]
    answer: Mapped[str]
    key: Mapped[str | None] = mapped_column(unique=True, index=True)
    bulk: Mapped[str | None] = mapped_column(index=True)
