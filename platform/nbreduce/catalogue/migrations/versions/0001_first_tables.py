"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "request",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reduction", sa.Text(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("answered", sa.DateTime(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_request"),
    )
    op.create_index("ix_request_answered", "request", ["answered"], unique=False)
    op.create_table(
        "run",
        sa.Column("id", KEY, nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("run_number", sa.BigInteger(), nullable=True),
        sa.Column("experiment", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("start", sa.DateTime(), nullable=True),
        sa.Column("end", sa.DateTime(), nullable=True),
        sa.Column("users", sa.JSON(), nullable=False),
        sa.Column("counts", sa.BigInteger(), nullable=True),
        sa.Column("path", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=True),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("skipped", sa.Text(), nullable=True),
        sa.Column("added", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
        sa.UniqueConstraint("instrument", "name", name="uq_run_instrument_name"),
    )
    op.create_index("ix_run_experiment", "run", ["experiment"], unique=False)
    op.create_table(
        "reduction",
        sa.Column("id", KEY, nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("template_sha256", sa.Text(), nullable=False),
        sa.Column("template_commit", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("rerun_of", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("queued", sa.DateTime(), nullable=False),
        sa.Column("not_before", sa.DateTime(), nullable=True),
        sa.Column("started", sa.DateTime(), nullable=True),
        sa.Column("ended", sa.DateTime(), nullable=True),
        sa.Column("cells", sa.Integer(), nullable=True),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("outputs", sa.JSON(), nullable=False),
        sa.Column("timings", sa.JSON(), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=True),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("differs", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_reduction_run_id_run"),
        sa.PrimaryKeyConstraint("id", name="pk_reduction"),
        sa.UniqueConstraint("name", name="uq_reduction_name"),
        sa.UniqueConstraint(
            "run_id", "template", "version", name="uq_reduction_run_id_template_version"
        ),
    )
    op.create_index("ix_reduction_run_id", "reduction", ["run_id"], unique=False)
    op.create_index("ix_reduction_state_id", "reduction", ["state", "id"], unique=False)
    op.create_table(
        "report",
        sa.Column("id", KEY, nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=True),
        sa.Column("run_number", sa.BigInteger(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=True),
        sa.Column("received", sa.DateTime(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("templates", sa.JSON(), nullable=False),
        sa.Column("sentinel", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("run_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_report_run_id_run"),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
    )
    op.create_index("ix_report_instrument_path", "report", ["instrument", "path"], unique=False)
    op.create_index("ix_report_run_id", "report", ["run_id"], unique=False)
    op.create_table(
        "attempt",
        sa.Column("reduction_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("submitted", sa.DateTime(), nullable=False),
        sa.Column("started", sa.DateTime(), nullable=True),
        sa.Column("ended", sa.DateTime(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reduction_id"], ["reduction.id"], name="fk_attempt_reduction_id_reduction"
        ),
        sa.PrimaryKeyConstraint("reduction_id", "number", name="pk_attempt"),
    )
    op.create_table(
        "event",
        sa.Column("id", KEY, nullable=False),
        sa.Column("time", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("run_id", KEY, nullable=True),
        sa.Column("reduction_id", KEY, nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reduction_id"], ["reduction.id"], name="fk_event_reduction_id_reduction"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_event_run_id_run"),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_reduction_id", "event", ["reduction_id"], unique=False)
    op.create_index("ix_event_run_id", "event", ["run_id"], unique=False)
