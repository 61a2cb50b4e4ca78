"""Table definitions, for migrations and for databases other than SQLite.

Nothing on a hot path imports this module: queries are plain SQL. Times are ISO 8601 text in UTC, JSON is
text. `schema_version` is the version of the row's JSON payloads.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Computed,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from podium.storage.schema_columns import (
    json_column,
    metadata,
    owned_columns,
    text_column,
    time_column,
    version_column,
)
from podium.storage.schema_decisions import decisions
from podium.storage.schema_triggers import crons, firings, triggers

__all__ = ["crons", "decisions", "firings", "metadata", "triggers"]

threads = Table(
    "threads",
    metadata,
    Column("thread_id", Text, primary_key=True),
    *owned_columns(),
    text_column("title"),
    Column("status", Text, nullable=False, server_default="idle"),
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    json_column("metadata"),
    json_column("config"),
    json_column("interrupts"),
    json_column("error"),
    time_column("state_updated_at"),
    json_column("ttl"),
    time_column("expires_at"),
    Index("ix_threads_tenant_updated_at", "tenant", "updated_at"),
    Index("ix_threads_tenant_created_at", "tenant", "created_at"),
    Index("ix_threads_expires_at", "expires_at"),
    Index("ix_threads_status", "status"),
)

thread_leases = Table(
    "thread_leases",
    metadata,
    Column("thread_id", Text, primary_key=True),
    Column("holder", Text, nullable=True),
    Column("fencing_token", Integer, nullable=False),
    time_column("acquired_at"),
    time_column("expires_at"),
)

runs = Table(
    "runs",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("thread_id", Text, nullable=False),
    *owned_columns(),
    text_column("turn_id"),
    text_column("kind"),
    Column("status", Text, nullable=False),
    text_column("graph"),
    Column("started_at", Text, nullable=False),
    time_column("ended_at"),
    json_column("input"),
    json_column("output"),
    json_column("models"),
    json_column("prompts"),
    text_column("policy_version"),
    json_column("usage"),
    json_column("error"),
    Index("ix_runs_thread_id_started_at", "thread_id", "started_at"),
    Index("ix_runs_tenant_started_at", "tenant", "started_at"),
)

events = Table(
    "events",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("event_id", Text, nullable=False),
    *owned_columns(),
    text_column("thread_id"),
    text_column("run_id"),
    Column("kind", Text, nullable=False),
    Column("at", Text, nullable=False),
    json_column("payload"),
    UniqueConstraint("event_id"),
    Index("ix_events_thread_id_seq", "thread_id", "seq"),
    Index("ix_events_run_id_seq", "run_id", "seq"),
    Index("ix_events_verdicts_at", "at", sqlite_where=text("kind='verdict'")),
    sqlite_autoincrement=True,
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("thread_id", Text, nullable=False),
    Column("checkpoint_ns", Text, nullable=False),
    Column("checkpoint_id", Text, nullable=False),
    Column("parent_id", Text, nullable=True),
    Column("run_id", Text, nullable=True),
    version_column(),
    Column("encoding", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("metadata", Text, nullable=False),
    UniqueConstraint("thread_id", "checkpoint_ns", "checkpoint_id"),
    Index("ix_checkpoints_thread_id_checkpoint_ns_seq", "thread_id", "checkpoint_ns", "seq"),
    Index("ix_checkpoints_run_id", "run_id"),
    sqlite_autoincrement=True,
)

checkpoint_blobs = Table(
    "checkpoint_blobs",
    metadata,
    Column("thread_id", Text, primary_key=True),
    Column("checkpoint_ns", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("channels", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

checkpoint_writes = Table(
    "checkpoint_writes",
    metadata,
    Column("thread_id", Text, primary_key=True),
    Column("checkpoint_ns", Text, primary_key=True),
    Column("checkpoint_id", Text, primary_key=True),
    Column("task_id", Text, primary_key=True),
    text_column("task_path"),
    Column("entries", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

effects = Table(
    "effects",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("effect_id", Text, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("generation", Integer, nullable=False, server_default="0"),
    Column("digest", Text, nullable=False),
    *owned_columns(),
    Column("thread_id", Text, nullable=False),
    text_column("run_id"),
    text_column("turn_id"),
    text_column("step_id"),
    text_column("checkpoint_id"),
    Column("tool", Text, nullable=False),
    text_column("tool_version"),
    Column("effect_class", Text, nullable=False),
    text_column("target"),
    Column("args", Text, nullable=False),
    json_column("preview"),
    text_column("policy_version"),
    json_column("provenance"),
    json_column("estimated_cost"),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    json_column("result"),
    json_column("error"),
    text_column("principal"),
    Column("proposed_at", Text, nullable=False),
    time_column("decided_at"),
    time_column("started_at"),
    time_column("ended_at"),
    time_column("expires_at"),
    json_column("observed"),
    UniqueConstraint("effect_id"),
    UniqueConstraint("idempotency_key", "generation"),
    Index("ix_effects_thread_id_seq", "thread_id", "seq"),
    Index("ix_effects_digest", "digest"),
    Index("ix_effects_status", "status"),
    sqlite_autoincrement=True,
)

forks = Table(
    "forks",
    metadata,
    Column("thread_id", Text, primary_key=True),
    text_column("source"),
    Column("at", Text, nullable=False),
    time_column("live_at"),
    text_column("live_by"),
)

effect_moves = Table(
    "effect_moves",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("effect_id", Text, ForeignKey("effects.effect_id"), nullable=False),
    Column("from_status", Text, nullable=True),
    Column("to_status", Text, nullable=False),
    Column("at", Text, nullable=False),
    text_column("actor"),
    text_column("reason"),
    json_column("data"),
    Index("ix_effect_moves_effect_id_seq", "effect_id", "seq"),
    sqlite_autoincrement=True,
)

grants = Table(
    "grants",
    metadata,
    Column("grant_id", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("effect_id", Text, nullable=False),
    text_column("tenant"),
    text_column("principal"),
    text_column("policy_version"),
    Column("issued_at", Text, nullable=False),
    time_column("expires_at"),
    time_column("consumed_at"),
    Index("ix_grants_effect_id", "effect_id"),
)

consents = Table(
    "consents",
    metadata,
    Column("proposal", Integer, primary_key=True, autoincrement=False),
    Column("principal", Text, primary_key=True),
    Column("effect_id", Text, nullable=False),
    Column("digest", Text, nullable=False),
    text_column("tenant"),
    text_column("policy_version"),
    text_column("run_id"),
    Column("at", Text, nullable=False),
    Index("ix_consents_effect_id", "effect_id"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("feedback_id", Text, primary_key=True),
    *owned_columns(),
    Column("thread_id", Text, nullable=False),
    text_column("run_id"),
    text_column("principal"),
    Column("kind", Text, nullable=False),
    Column("rating", Float, nullable=True),
    text_column("correction"),
    text_column("reason"),
    Column("at", Text, nullable=False),
    Index("ix_feedback_thread_id_at", "thread_id", "at"),
    Index("ix_feedback_run_id", "run_id"),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("hash", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("thread_id", Text, Computed("json_extract(body, '$.thread')", persisted=False)),
    Index("ix_audit_thread_id_seq", "thread_id", "seq"),
)

audit_sealed = Table(
    "audit_sealed",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("value", Text, nullable=False),
)

audit_people = Table(
    "audit_people",
    metadata,
    Column("name", Text, primary_key=True),
    Column("principal", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    UniqueConstraint("principal"),
)

audit_heads = Table(
    "audit_heads",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("statement", Text, nullable=False),
)

audit_segments = Table(
    "audit_segments",
    metadata,
    Column("last_seq", Integer, primary_key=True),
    Column("statement", Text, nullable=False),
)

notifications = Table(
    "notifications",
    metadata,
    Column("notification_id", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", Text, nullable=False),
    text_column("error"),
    Index("ix_notifications_status_due_at", "status", "due_at"),
)

notification_cursors = Table(
    "notification_cursors",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
)

assistants = Table(
    "assistants",
    metadata,
    Column("assistant_id", Text, primary_key=True),
    *owned_columns(),
    Column("graph_id", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    Index("ix_assistants_tenant_graph_id", "tenant", "graph_id"),
)

assistant_versions = Table(
    "assistant_versions",
    metadata,
    Column("assistant_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("graph_id", Text, nullable=False),
    text_column("name"),
    Column("description", Text, nullable=True),
    json_column("config"),
    json_column("context"),
    json_column("metadata"),
    Column("created_at", Text, nullable=False),
)

run_requests = Table(
    "run_requests",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("run_id", Text, nullable=False),
    Column("thread_id", Text, nullable=False),
    *owned_columns(),
    text_column("assistant_id"),
    Column("graph_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    text_column("due_at"),
    time_column("started_at"),
    time_column("ended_at"),
    text_column("multitask_strategy"),
    Column("temporary", Integer, nullable=False, server_default="0"),
    Column("attempt", Integer, nullable=False, server_default="0"),
    text_column("holder"),
    text_column("wanted"),
    json_column("metadata"),
    json_column("kwargs"),
    json_column("error"),
    UniqueConstraint("run_id"),
    Index("ix_run_requests_thread_id_seq", "thread_id", "seq"),
    Index("ix_run_requests_open", "status", "due_at", sqlite_where=text("status IN ('pending', 'running')")),
    sqlite_autoincrement=True,
)

stream_events = Table(
    "stream_events",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("thread_id", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Index("ix_stream_events_run_id_seq", "run_id", "seq"),
    Index("ix_stream_events_thread_id_seq", "thread_id", "seq"),
    sqlite_autoincrement=True,
)

callbacks = Table(
    "callbacks",
    metadata,
    Column("callback_id", Text, primary_key=True),
    *owned_columns(),
    Column("run_id", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("at", Text, nullable=False),
    Column("due_at", Text, nullable=False),
    text_column("error"),
    Index("ix_callbacks_status_due_at", "status", "due_at"),
)

store_items = Table(
    "store_items",
    metadata,
    Column("tenant", Text, primary_key=True, server_default=""),
    Column("owner", Text, primary_key=True, server_default=""),
    Column("namespace", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    version_column(),
    Column("value", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    Column("ttl_minutes", Float, nullable=True),
    time_column("expires_at"),
    json_column("fields"),
    Column("embedder", Text, nullable=True),
    Column("embedding", LargeBinary, nullable=True),
    Index("ix_store_items_expires_at", "expires_at"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", Text, primary_key=True),
    *owned_columns(),
    Column("name", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    time_column("expires_at"),
    time_column("revoked_at"),
    time_column("last_used_at"),
    UniqueConstraint("hash"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("tenant", Text, primary_key=True, server_default=""),
    Column("owner", Text, primary_key=True, server_default=""),
    Column("key", Text, primary_key=True),
    Column("request", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("status", Integer, nullable=True),
    Column("answer", LargeBinary, nullable=True),
    Index("ix_idempotency_keys_at", "at"),
)

encryption_keys = Table(
    "encryption_keys",
    metadata,
    Column("key_id", Text, primary_key=True),
    Column("created_at", Text, nullable=False),
    Column("canary", LargeBinary, nullable=False),
)

interrupt_tickets = Table(
    "interrupt_tickets",
    metadata,
    Column("thread_id", Text, primary_key=True),
    Column("interrupt_id", Text, primary_key=True),
    *owned_columns(),
    text_column("assignee"),
    time_column("expires_at"),
    Column("at", Text, nullable=False),
)
