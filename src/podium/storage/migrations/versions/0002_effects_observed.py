"""What was read back of an effect, and which threads only simulate."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column and the table."""
    op.execute("ALTER TABLE effects ADD COLUMN observed TEXT")
    op.create_table(
        "forks",
        sa.Column("thread_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("live_at", sa.Text(), nullable=True),
        sa.Column("live_by", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("thread_id", name=op.f("pk_forks")),
    )
