"""Decisions: where turns were sent, by which rule and on what grounds, to be shown and counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table, and let turns and guardrails be counted by time."""
    op.create_table(
        "decisions",
        sa.Column("seq", sa.Integer(), nullable=False),
        _text("tenant"),
        _text("owner"),
        sa.Column("schema_version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("thread_id", sa.Text(), nullable=False),
        _text("run_id"),
        _text("turn_id"),
        _text("node"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        _text("checkpoint_id"),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("route", sa.Text(), nullable=False),
        _text("rule"),
        sa.Column("threshold", sa.Float(), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        _text("policy_version"),
        _text("who"),
        sa.Column("details", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_decisions")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decisions_thread_id_seq", "decisions", ["thread_id", "seq"])
    op.create_index("ix_decisions_run_id_seq", "decisions", ["run_id", "seq"])
    op.create_index("ix_decisions_tenant_at", "decisions", ["tenant", "at"])
    op.create_index(
        "ix_decisions_reviews_turn_id", "decisions", ["turn_id"], sqlite_where=sa.text("kind='review'")
    )
    op.create_index("ix_feedback_run_id", "feedback", ["run_id"])
    op.create_index("ix_runs_tenant_started_at", "runs", ["tenant", "started_at"])
    op.create_index("ix_events_verdicts_at", "events", ["at"], sqlite_where=sa.text("kind='verdict'"))


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default="")
