"""Lists stay quick: which version is the newest, what a run is searched by, and indexes for both."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

RUN = sa.table(
    "run",
    sa.column("id"),
    *(sa.column(name, sa.Text()) for name in ("name", "title", "experiment", "words")),
)
REDUCTION = sa.table(
    "reduction",
    *(sa.column(name) for name in ("id", "run_id", "template", "version")),
    sa.column("newest", sa.Boolean()),
)
INDEXES = {
    "run": (("added",), ("instrument", "id"), ("instrument", "experiment", "added")),
    "reduction": (("newest", "state", "run_id"), ("newest", "template", "state", "run_id")),
}


def upgrade() -> None:
    """Add the columns, fill them from what is there, then index them."""
    op.add_column(
        "run", sa.Column("words", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.add_column(
        "reduction", sa.Column("newest", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    _fill_words()
    _fill_newest()
    for table, all_columns in INDEXES.items():
        for columns in all_columns:
            op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _fill_words() -> None:
    connection = op.get_bind()
    found = connection.execute(sa.select(RUN.c.id, RUN.c.name, RUN.c.title, RUN.c.experiment)).all()
    filled = [{"key": key, "folded": "\n".join(texts).casefold()} for key, *texts in found]
    if filled:
        change = RUN.update().where(RUN.c.id == sa.bindparam("key"))
        connection.execute(change.values(words=sa.bindparam("folded")), filled)


def _fill_newest() -> None:
    later = REDUCTION.alias("later")
    newer = sa.exists().where(
        later.c.run_id == REDUCTION.c.run_id,
        later.c.template == REDUCTION.c.template,
        later.c.version > REDUCTION.c.version,
    )
    op.execute(REDUCTION.update().values(newest=~newer))
