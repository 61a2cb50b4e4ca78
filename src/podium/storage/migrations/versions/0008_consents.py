"""Consents: who has approved an action that several people have to approve."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "consents",
        sa.Column("proposal", sa.Integer(), nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("effect_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        _text("tenant"),
        _text("policy_version"),
        _text("run_id"),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("proposal", "principal", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_effect_id", "consents", ["effect_id"])


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default="")
