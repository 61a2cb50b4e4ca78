"""Triggers: what begins by an event or by the clock, and every firing with what became of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_OPEN = sa.text("status IN ('waiting', 'started')")


def upgrade() -> None:
    """Make the tables; crons learn what schedules have beside the protocol's."""
    op.add_column("crons", _text("name"))
    op.add_column("crons", _text("source"))
    op.add_column("crons", sa.Column("missed", sa.Text(), nullable=False, server_default="once"))
    op.add_column("crons", sa.Column("window_s", sa.Float(), nullable=False, server_default="86400"))
    op.add_column("crons", sa.Column("overlap", sa.Text(), nullable=False, server_default="allow"))
    op.create_index(
        "ix_crons_tenant_name", "crons", ["tenant", "name"], unique=True, sqlite_where=sa.text("name != ''")
    )
    _create_triggers()
    _create_firings()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default="")


def _owned() -> list[sa.Column[str] | sa.Column[int]]:
    return [
        _text("tenant"),
        _text("owner"),
        sa.Column("schema_version", sa.Integer(), nullable=False, server_default="1"),
    ]


def _create_triggers() -> None:
    op.create_table(
        "triggers",
        sa.Column("trigger_id", sa.Text(), nullable=False),
        *_owned(),
        sa.Column("name", sa.Text(), nullable=False),
        _text("source"),
        sa.Column("enabled", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("trigger_id", name=op.f("pk_triggers")),
        sa.UniqueConstraint("tenant", "name", name=op.f("uq_triggers_tenant_name")),
    )


def _create_firings() -> None:
    op.create_table(
        "firings",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("trigger_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        *_owned(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("due_at", sa.Text(), nullable=False),
        _text("digest"),
        _text("version"),
        sa.Column("lane", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("allowed", sa.Integer(), nullable=False, server_default="1"),
        _text("thread_id"),
        _text("run_id"),
        sa.Column("started_at", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.Text(), nullable=True),
        _text("error"),
        sa.Column("event", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_firings")),
        sa.UniqueConstraint("trigger_id", "event_id", name=op.f("uq_firings_trigger_id_event_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_firings_trigger_id_seq", "firings", ["trigger_id", "seq"], unique=False)
    op.create_index("ix_firings_run_id", "firings", ["run_id"], unique=False)
    op.create_index(
        "ix_firings_open", "firings", ["trigger_id", "lane", "seq"], unique=False, sqlite_where=_OPEN
    )
    op.create_index(
        "ix_firings_status_due_at", "firings", ["status", "due_at"], unique=False, sqlite_where=_OPEN
    )
