"""Requests that are filed once, however often they are asked for, and many in one go."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add what tells a repeated request from a new one, and which belong together."""
    op.add_column("request", sa.Column("key", sa.Text(), nullable=True))
    op.add_column("request", sa.Column("bulk", sa.Text(), nullable=True))
    op.create_index("ix_request_key", "request", ["key"], unique=True)
    op.create_index("ix_request_bulk", "request", ["bulk"], unique=False)
