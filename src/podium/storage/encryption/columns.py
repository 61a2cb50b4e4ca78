"""Which columns are encrypted: what people, models and tools said.

Ids, times, states, digests, counts, names of tools, owners and tenants stay as they are: rows are found,
ordered and counted by them. The audit chain stays as well, so that anybody can verify it: it holds digests
and commitments, and what they stand for is encrypted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class EncryptedTable:
    """A table with columns that are encrypted.

    Attributes:
        name: The table.
        key: The columns that a row is found by; they never change.
        text: Encrypted columns that hold text. Encrypted, they hold bytes, so that both can be told apart.
        packed: Encrypted columns that hold MessagePack or UTF-8, which never begin with the byte C1.
        raw: Encrypted columns that hold bytes of any kind, a multiple of four of them, which no encrypted
            value has.
        has_rowid: Whether it has SQLite's own row numbers.
    """

    name: str
    key: tuple[str, ...]
    text: tuple[str, ...] = ()
    packed: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()
    has_rowid: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """All that are encrypted."""
        return self.text + self.packed + self.raw


_THREAD_AND_SPACE: Final = ("thread_id", "checkpoint_ns")

ENCRYPTED: Final = (
    EncryptedTable("threads", ("thread_id",), ("title", "metadata", "config", "interrupts", "error")),
    EncryptedTable("runs", ("run_id",), ("input", "output", "error")),
    EncryptedTable("run_requests", ("run_id",), ("metadata", "kwargs", "error")),
    EncryptedTable("events", ("event_id",), ("payload",)),
    EncryptedTable("stream_events", ("seq", "run_id"), packed=("data",)),
    EncryptedTable("checkpoints", (*_THREAD_AND_SPACE, "checkpoint_id"), ("metadata",), ("payload",)),
    EncryptedTable(
        "checkpoint_blobs", (*_THREAD_AND_SPACE, "version"), packed=("channels",), has_rowid=False
    ),
    EncryptedTable(
        "checkpoint_writes",
        (*_THREAD_AND_SPACE, "checkpoint_id", "task_id"),
        packed=("entries",),
        has_rowid=False,
    ),
    EncryptedTable(
        "effects",
        ("effect_id",),
        ("target", "args", "preview", "provenance", "estimated_cost", "result", "error", "observed"),
    ),
    EncryptedTable("effect_moves", ("seq", "effect_id"), ("reason", "data")),
    EncryptedTable("audit_sealed", ("seq",), ("value",), raw=("salt",)),
    EncryptedTable("feedback", ("feedback_id",), ("correction", "reason")),
    EncryptedTable("notifications", ("notification_id", "channel"), ("payload", "error")),
    EncryptedTable("callbacks", ("callback_id",), ("url", "payload", "error")),
    EncryptedTable("triggers", ("trigger_id",), ("settings",)),
    EncryptedTable("crons", ("cron_id",), ("payload", "metadata")),
    EncryptedTable("firings", ("trigger_id", "event_id"), ("event", "error")),
    EncryptedTable(
        "store_items", ("tenant", "owner", "namespace", "key"), ("value", "fields"), raw=("embedding",)
    ),
    EncryptedTable(
        "assistant_versions", ("assistant_id", "version"), ("description", "config", "context", "metadata")
    ),
    EncryptedTable("idempotency_keys", ("tenant", "owner", "key"), packed=("answer",)),
)
