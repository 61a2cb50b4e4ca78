"""What the server keeps: assistants, requested runs, their streams, crons, a store, keys and callbacks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables; threads learn what their clients are shown of them."""
    _widen_threads()
    _create_assistants()
    _create_runs()
    _create_callbacks()
    _create_crons()
    _create_store()
    _create_access()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default="")


def _owned() -> list[sa.Column[str] | sa.Column[int]]:
    return [
        _text("tenant"),
        _text("owner"),
        sa.Column("schema_version", sa.Integer(), nullable=False, server_default="1"),
    ]


def _widen_threads() -> None:
    op.add_column("threads", sa.Column("config", sa.Text(), nullable=True))
    op.add_column("threads", sa.Column("interrupts", sa.Text(), nullable=True))
    op.add_column("threads", sa.Column("error", sa.Text(), nullable=True))
    op.add_column("threads", sa.Column("state_updated_at", sa.Text(), nullable=True))
    op.add_column("threads", sa.Column("ttl", sa.Text(), nullable=True))
    op.add_column("threads", sa.Column("expires_at", sa.Text(), nullable=True))
    op.create_index("ix_threads_tenant_created_at", "threads", ["tenant", "created_at"], unique=False)
    op.create_index("ix_threads_expires_at", "threads", ["expires_at"], unique=False)
    op.create_index("ix_threads_status", "threads", ["status"], unique=False)


def _create_assistants() -> None:
    op.create_table(
        "assistants",
        sa.Column("assistant_id", sa.Text(), nullable=False),
        *_owned(),
        sa.Column("graph_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("assistant_id", name=op.f("pk_assistants")),
    )
    op.create_index("ix_assistants_tenant_graph_id", "assistants", ["tenant", "graph_id"], unique=False)
    op.create_table(
        "assistant_versions",
        sa.Column("assistant_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("graph_id", sa.Text(), nullable=False),
        _text("name"),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("config", sa.Text(), nullable=True),
        sa.Column("context", sa.Text(), nullable=True),
        sa.Column("metadata", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("assistant_id", "version", name=op.f("pk_assistant_versions")),
    )


def _create_runs() -> None:
    op.create_table(
        "run_requests",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("thread_id", sa.Text(), nullable=False),
        *_owned(),
        _text("assistant_id"),
        sa.Column("graph_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.Text(), nullable=False),
        _text("due_at"),
        sa.Column("started_at", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.Text(), nullable=True),
        _text("multitask_strategy"),
        sa.Column("temporary", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("attempt", sa.Integer(), nullable=False, server_default="0"),
        _text("holder"),
        _text("wanted"),
        sa.Column("metadata", sa.Text(), nullable=True),
        sa.Column("kwargs", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_run_requests")),
        sa.UniqueConstraint("run_id", name=op.f("uq_run_requests_run_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_run_requests_thread_id_seq", "run_requests", ["thread_id", "seq"], unique=False)
    op.create_index(
        "ix_run_requests_open",
        "run_requests",
        ["status", "due_at"],
        unique=False,
        sqlite_where=sa.text("status IN ('pending', 'running')"),
    )
    op.create_table(
        "stream_events",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_stream_events")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_stream_events_run_id_seq", "stream_events", ["run_id", "seq"], unique=False)
    op.create_index("ix_stream_events_thread_id_seq", "stream_events", ["thread_id", "seq"], unique=False)


def _create_callbacks() -> None:
    op.create_table(
        "callbacks",
        sa.Column("callback_id", sa.Text(), nullable=False),
        *_owned(),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("due_at", sa.Text(), nullable=False),
        _text("error"),
        sa.PrimaryKeyConstraint("callback_id", name=op.f("pk_callbacks")),
    )
    op.create_index("ix_callbacks_status_due_at", "callbacks", ["status", "due_at"], unique=False)


def _create_crons() -> None:
    op.create_table(
        "crons",
        sa.Column("cron_id", sa.Text(), nullable=False),
        *_owned(),
        sa.Column("assistant_id", sa.Text(), nullable=False),
        sa.Column("thread_id", sa.Text(), nullable=True),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False, server_default="UTC"),
        sa.Column("enabled", sa.Integer(), nullable=False, server_default="1"),
        _text("on_run_completed"),
        sa.Column("end_time", sa.Text(), nullable=True),
        sa.Column("next_run_at", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("metadata", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("cron_id", name=op.f("pk_crons")),
    )
    op.create_index("ix_crons_enabled_next_run_at", "crons", ["enabled", "next_run_at"], unique=False)


def _create_store() -> None:
    op.create_table(
        "store_items",
        _text("tenant"),
        _text("owner"),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.Text(), nullable=False),
        sa.Column("ttl_minutes", sa.Float(), nullable=True),
        sa.Column("expires_at", sa.Text(), nullable=True),
        sa.Column("fields", sa.Text(), nullable=True),
        sa.Column("embedder", sa.Text(), nullable=True),
        sa.Column("embedding", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "owner", "namespace", "key", name=op.f("pk_store_items")),
    )
    op.create_index("ix_store_items_expires_at", "store_items", ["expires_at"], unique=False)


def _create_access() -> None:
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.Text(), nullable=False),
        *_owned(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.Text(), nullable=True),
        sa.Column("revoked_at", sa.Text(), nullable=True),
        sa.Column("last_used_at", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("hash", name=op.f("uq_api_keys_hash")),
    )
    op.create_table(
        "idempotency_keys",
        _text("tenant"),
        _text("owner"),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "owner", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index("ix_idempotency_keys_at", "idempotency_keys", ["at"], unique=False)
    op.create_table(
        "interrupt_tickets",
        sa.Column("thread_id", sa.Text(), nullable=False),
        sa.Column("interrupt_id", sa.Text(), nullable=False),
        *_owned(),
        _text("assignee"),
        sa.Column("expires_at", sa.Text(), nullable=True),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("thread_id", "interrupt_id", name=op.f("pk_interrupt_tickets")),
    )
