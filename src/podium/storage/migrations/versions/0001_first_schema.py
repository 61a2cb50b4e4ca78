"""Everything the first release stores."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create all tables."""
    _create_threads()
    _create_thread_leases()
    _create_runs()
    _create_events()
    _create_checkpoints()
    _create_checkpoint_blobs()
    _create_checkpoint_writes()
    _create_checkpoint_puts()
    _create_effects()
    _create_effect_moves()
    _create_grants()
    _create_feedback()
    _create_audit()


def _create_threads() -> None:
    op.create_table(
        "threads",
        sa.Column("thread_id", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), server_default="", nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("schema_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="idle", nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.Text(), nullable=False),
        sa.Column("metadata", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("thread_id", name=op.f("pk_threads")),
    )
    op.create_index("ix_threads_tenant_updated_at", "threads", ["tenant", "updated_at"], unique=False)


def _create_thread_leases() -> None:
    op.create_table(
        "thread_leases",
        sa.Column("thread_id", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("fencing_token", sa.Integer(), nullable=False),
        sa.Column("acquired_at", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("thread_id", name=op.f("pk_thread_leases")),
    )


def _create_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("thread_id", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), server_default="", nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("schema_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("turn_id", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("graph", sa.Text(), server_default="", nullable=False),
        sa.Column("started_at", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.Text(), nullable=True),
        sa.Column("input", sa.Text(), nullable=True),
        sa.Column("output", sa.Text(), nullable=True),
        sa.Column("models", sa.Text(), nullable=True),
        sa.Column("prompts", sa.Text(), nullable=True),
        sa.Column("policy_version", sa.Text(), server_default="", nullable=False),
        sa.Column("usage", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_runs")),
    )
    op.create_index("ix_runs_thread_id_started_at", "runs", ["thread_id", "started_at"], unique=False)


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), server_default="", nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("schema_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("thread_id", sa.Text(), server_default="", nullable=False),
        sa.Column("run_id", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_events")),
        sa.UniqueConstraint("event_id", name=op.f("uq_events_event_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_run_id_seq", "events", ["run_id", "seq"], unique=False)
    op.create_index("ix_events_thread_id_seq", "events", ["thread_id", "seq"], unique=False)


def _create_checkpoints() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Text(), nullable=False),
        sa.Column("checkpoint_ns", sa.Text(), nullable=False),
        sa.Column("checkpoint_id", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("schema_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("encoding", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_checkpoints")),
        sa.UniqueConstraint(
            "thread_id",
            "checkpoint_ns",
            "checkpoint_id",
            name=op.f("uq_checkpoints_thread_id_checkpoint_ns_checkpoint_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_checkpoints_run_id", "checkpoints", ["run_id"], unique=False)
    op.create_index(
        "ix_checkpoints_thread_id_checkpoint_ns_seq",
        "checkpoints",
        ["thread_id", "checkpoint_ns", "seq"],
        unique=False,
    )


def _create_checkpoint_blobs() -> None:
    op.create_table(
        "checkpoint_blobs",
        sa.Column("thread_id", sa.Text(), nullable=False),
        sa.Column("checkpoint_ns", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("channels", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("thread_id", "checkpoint_ns", "version", name=op.f("pk_checkpoint_blobs")),
        sqlite_with_rowid=False,
    )


def _create_checkpoint_writes() -> None:
    op.create_table(
        "checkpoint_writes",
        sa.Column("thread_id", sa.Text(), nullable=False),
        sa.Column("checkpoint_ns", sa.Text(), nullable=False),
        sa.Column("checkpoint_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("task_path", sa.Text(), server_default="", nullable=False),
        sa.Column("entries", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "thread_id", "checkpoint_ns", "checkpoint_id", "task_id", name=op.f("pk_checkpoint_writes")
        ),
        sqlite_with_rowid=False,
    )


def _create_checkpoint_puts() -> None:
    op.execute(
        """
        CREATE VIEW checkpoint_puts AS
        SELECT thread_id, checkpoint_ns, checkpoint_id, parent_id, run_id, schema_version, encoding,
            payload, metadata, NULL AS version, NULL AS channels
        FROM checkpoints
        """
    )
    op.execute(
        """
        CREATE TRIGGER checkpoint_puts_insert INSTEAD OF INSERT ON checkpoint_puts
        BEGIN
            INSERT INTO checkpoint_blobs(thread_id, checkpoint_ns, version, channels)
            SELECT NEW.thread_id, NEW.checkpoint_ns, NEW.version, NEW.channels
            WHERE NEW.version IS NOT NULL;
            INSERT INTO checkpoints(thread_id, checkpoint_ns, checkpoint_id, parent_id, run_id,
                schema_version, encoding, payload, metadata)
            VALUES (NEW.thread_id, NEW.checkpoint_ns, NEW.checkpoint_id, NEW.parent_id, NEW.run_id,
                NEW.schema_version, NEW.encoding, NEW.payload, NEW.metadata);
        END
        """
    )


def _create_effects() -> None:
    op.create_table(
        "effects",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("effect_id", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), server_default="0", nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), server_default="", nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("schema_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("thread_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), server_default="", nullable=False),
        sa.Column("turn_id", sa.Text(), server_default="", nullable=False),
        sa.Column("step_id", sa.Text(), server_default="", nullable=False),
        sa.Column("checkpoint_id", sa.Text(), server_default="", nullable=False),
        sa.Column("tool", sa.Text(), nullable=False),
        sa.Column("tool_version", sa.Text(), server_default="", nullable=False),
        sa.Column("effect_class", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), server_default="", nullable=False),
        sa.Column("args", sa.Text(), nullable=False),
        sa.Column("preview", sa.Text(), nullable=True),
        sa.Column("policy_version", sa.Text(), server_default="", nullable=False),
        sa.Column("provenance", sa.Text(), nullable=True),
        sa.Column("estimated_cost", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("principal", sa.Text(), server_default="", nullable=False),
        sa.Column("proposed_at", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.Text(), nullable=True),
        sa.Column("started_at", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_effects")),
        sa.UniqueConstraint("effect_id", name=op.f("uq_effects_effect_id")),
        sa.UniqueConstraint(
            "idempotency_key", "generation", name=op.f("uq_effects_idempotency_key_generation")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_effects_digest", "effects", ["digest"], unique=False)
    op.create_index("ix_effects_status", "effects", ["status"], unique=False)
    op.create_index("ix_effects_thread_id_seq", "effects", ["thread_id", "seq"], unique=False)


def _create_effect_moves() -> None:
    op.create_table(
        "effect_moves",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("effect_id", sa.Text(), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=True),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("data", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["effect_id"], ["effects.effect_id"], name=op.f("fk_effect_moves_effect_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_effect_moves")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_effect_moves_effect_id_seq", "effect_moves", ["effect_id", "seq"], unique=False)


def _create_grants() -> None:
    op.create_table(
        "grants",
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("effect_id", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), server_default="", nullable=False),
        sa.Column("principal", sa.Text(), server_default="", nullable=False),
        sa.Column("policy_version", sa.Text(), server_default="", nullable=False),
        sa.Column("issued_at", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.Text(), nullable=True),
        sa.Column("consumed_at", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("grant_id", name=op.f("pk_grants")),
    )
    op.create_index("ix_grants_effect_id", "grants", ["effect_id"], unique=False)


def _create_feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("feedback_id", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), server_default="", nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("schema_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("thread_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), server_default="", nullable=False),
        sa.Column("principal", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rating", sa.Float(), nullable=True),
        sa.Column("correction", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("feedback_id", name=op.f("pk_feedback")),
    )
    op.create_index("ix_feedback_thread_id_at", "feedback", ["thread_id", "at"], unique=False)


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), server_default="", nullable=False),
        sa.Column("thread_id", sa.Text(), server_default="", nullable=False),
        sa.Column("run_id", sa.Text(), server_default="", nullable=False),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("schema_version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_thread_id_seq", "audit", ["thread_id", "seq"], unique=False)
