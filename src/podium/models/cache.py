"""Replies of models that are kept for a rerun, or for when no model can be reached.

A reply is found by the model, where it is reached, the prompt's version and hash, the shape that was asked
for and the messages, as one SHA-256: what was asked is not stored. Only replies that were good are kept,
without keys. The file holds nothing that cannot be lost, so a fault of it never fails a call.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

from podium.core.clock import Clock, SystemClock
from podium.core.errors import StorageError
from podium.models.record import PromptStamp
from podium.storage.encryption.cipher import place_of

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from podium.models.resolver import ResolvedModel
    from podium.storage.encryption.cipher import Cipher

_SCHEMA = """
CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, at REAL NOT NULL, text TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS replies_at ON replies(at);
"""
_COLUMN = "replies.text"
_DAY = 86_400.0


def cache_key(
    model: ResolvedModel, stamp: PromptStamp, schema: type[BaseModel], messages: Sequence[BaseMessage]
) -> str:
    """What a reply is found by."""
    asked = {
        "model": model.name,
        "place": model.place,
        "prompt": [stamp.role, stamp.version, stamp.hash],
        "shape": schema.model_json_schema(),
        "messages": [[message.type, str(message.text)] for message in messages],
    }
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


class ResponseCache:
    """A bounded file of replies.

    Args:
        path: The file, made at first use for this user alone.
        entries: How many are kept; the oldest go first.
        days: How long one may be used.
        clock: What time it is.
        cipher: Encrypts replies; None stores them plain.
    """

    def __init__(
        self,
        path: Path,
        *,
        entries: int = 2_000,
        days: float = 7.0,
        clock: Clock | None = None,
        cipher: Cipher | None = None,
    ) -> None:
        self._cipher = cipher
        self._path = path
        self._entries = entries
        self._seconds = days * _DAY
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def get(self, key: str) -> str | None:
        """The reply of a key; None where there is none, or it is too old."""
        oldest = self._now() - self._seconds
        try:
            with self._lock:
                if self._connection is None and not self._path.exists():
                    return None
                row = (
                    self._open()
                    .execute("SELECT text FROM replies WHERE key = ? AND at >= ?", (key, oldest))
                    .fetchone()
                )
        except (sqlite3.Error, OSError):
            return None
        return None if row is None else self._read(key, row[0])

    def put(self, key: str, text: str) -> bool:
        """Keep a reply; whether that worked."""
        now = self._now()
        try:
            with self._lock, self._open() as connection:
                connection.execute(
                    "INSERT OR REPLACE INTO replies VALUES (?,?,?)", (key, now, self._written(key, text))
                )
                connection.execute(
                    "DELETE FROM replies WHERE at < ? OR key IN"
                    " (SELECT key FROM replies ORDER BY at DESC, rowid DESC LIMIT -1 OFFSET ?)",
                    (now - self._seconds, self._entries),
                )
        except (sqlite3.Error, OSError):
            return False
        return True

    def close(self) -> None:
        """Let go of the file. Safe to call twice."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()

    def _written(self, key: str, text: str) -> str | bytes:
        return text if self._cipher is None else self._cipher.encrypt(text.encode(), place_of(_COLUMN, key))

    def _read(self, key: str, stored: str | bytes) -> str | None:
        if isinstance(stored, str):
            return stored
        if self._cipher is None:
            return None
        try:
            return self._cipher.decrypt(stored, place_of(_COLUMN, key)).decode()
        except StorageError:  # another key's: it is asked again
            return None

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            connection = sqlite3.connect(self._path, timeout=1.0, check_same_thread=False)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.executescript(_SCHEMA)
            self._connection = connection
        return self._connection
