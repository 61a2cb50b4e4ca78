"""The audit chain and what lies beside it, and notifications on their way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables; the one for audit records that was there was never written to."""
    op.drop_index("ix_audit_thread_id_seq", "audit")
    op.drop_table("audit")
    _create_audit()
    _create_beside()
    _protect()
    _create_notifications()


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("thread_id", sa.Text(), sa.Computed("json_extract(body, '$.thread')", persisted=False)),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_thread_id_seq", "audit", ["thread_id", "seq"], unique=False)


def _create_beside() -> None:
    op.create_table(
        "audit_sealed",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_sealed")),
    )
    op.create_table(
        "audit_people",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_audit_people")),
        sa.UniqueConstraint("principal", name=op.f("uq_audit_people_principal")),
    )
    op.create_table(
        "audit_heads",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "audit_segments",
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("last_seq", name=op.f("pk_audit_segments")),
    )


def _protect() -> None:
    op.execute(
        """
        CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'an audit record is never changed'); END
        """
    )
    op.execute(
        """
        CREATE TRIGGER audit_is_put_away_by_segment BEFORE DELETE ON audit
        WHEN NOT EXISTS (SELECT 1 FROM audit_segments WHERE last_seq >= OLD.seq)
        BEGIN SELECT RAISE(ABORT, 'an audit record goes with its segment only'); END
        """
    )


def _create_notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("notification_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("notification_id", "channel", name=op.f("pk_notifications")),
    )
    op.create_index("ix_notifications_status_due_at", "notifications", ["status", "due_at"], unique=False)
    op.create_table(
        "notification_cursors",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_notification_cursors")),
    )
