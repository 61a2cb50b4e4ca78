"""Which keys a database needs, and that they are at hand before anything in it is touched."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Final

from podium.core.clock import SystemClock, to_iso
from podium.core.errors import Conflict, EncryptionKeyMissing, EncryptionKeyWrong
from podium.storage.encryption.cipher import Cipher, place_of
from podium.storage.encryption.sql import ENCRYPT, has_triggers, make_triggers

_CANARY: Final = b"podium"
_COLUMN: Final = "encryption_keys.canary"
_TABLE: Final = "SELECT 1 FROM sqlite_master WHERE name='encryption_keys'"
_PAUSE_S: Final = 0.05
_PATIENCE_S: Final = 2.0


def needed_keys(connection: sqlite3.Connection) -> list[str]:
    """The ids of the keys that what is stored is encrypted with, the newest first; none while it is plain."""
    if connection.execute(_TABLE).fetchone() is None:
        return []  # of an earlier schema
    rows = connection.execute("SELECT key_id FROM encryption_keys ORDER BY created_at DESC, key_id")
    return [row[0] for row in rows]


def check_keys(connection: sqlite3.Connection, cipher: Cipher | None, path: Path) -> None:
    """Make sure that all that is stored can be read; nothing is changed.

    Raises:
        EncryptionKeyMissing: It is encrypted, and there is no key.
        EncryptionKeyWrong: It is encrypted with another key.
    """
    if not needed_keys(connection):
        return
    rows = connection.execute("SELECT key_id, canary FROM encryption_keys").fetchall()
    names = ", ".join(sorted(name for name, _ in rows))
    if cipher is None:
        raise EncryptionKeyMissing(
            f"{path} is encrypted and no key is configured (key {names})",
            hint="Name the key in podium.toml: encryption_key under [storage].",
        )
    missing = sorted(name for name, _ in rows if bytes.fromhex(name) not in cipher.key_ids)
    if missing:
        raise EncryptionKeyWrong(
            f"{path} is encrypted with the key {', '.join(missing)}, and the configured one is"
            f" {', '.join(sorted(one.hex() for one in cipher.key_ids))}",
            hint="Set the right key, or name it under former_keys in [storage] beside a new one.",
        )
    for name, canary in rows:
        cipher.decrypt(canary, place_of(_COLUMN, name))


def is_ready(connection: sqlite3.Connection, cipher: Cipher) -> bool:
    """Whether a database knows the key that encrypts, and encrypts all that this code says."""
    return cipher.key_id.hex() in needed_keys(connection) and has_triggers(connection)


def make_ready(path: Path, cipher: Cipher, patience: float) -> None:
    """Let a database be encrypted with a key from now on; nobody else may have it open.

    Args:
        path: The database, of this code's schema.
        cipher: Has the key, and those that are needed already.
        patience: Seconds to wait for others who are at it too; two at most.

    Raises:
        Conflict: A process without the key has it open: it would go on writing plain values.
        EncryptionKeyWrong: It is encrypted with another key.
    """
    deadline = time.monotonic() + min(patience, _PATIENCE_S)
    while not _is_ready(path, cipher):
        try:
            _make_ready(path, cipher)
        except Conflict:
            if time.monotonic() >= deadline:
                raise Conflict(
                    f"{path} is to be encrypted with a new key, and another podium process has it open",
                    hint="Stop it first: it does not know the key.",
                ) from None
            time.sleep(_PAUSE_S)


def retire(connection: sqlite3.Connection, names: Iterable[str]) -> None:
    """Forget that keys are needed; nothing may be encrypted with them any more."""
    connection.executemany("DELETE FROM encryption_keys WHERE key_id=?", [(name,) for name in names])


def _is_ready(path: Path, cipher: Cipher) -> bool:
    with closing(sqlite3.connect(path, timeout=1.0, isolation_level=None)) as connection:
        return is_ready(connection, cipher)


def _make_ready(path: Path, cipher: Cipher) -> None:
    from podium.storage.copying import alone

    with alone(path) as connection:
        check_keys(connection, cipher, path)
        connection.execute("BEGIN IMMEDIATE")
        name = cipher.key_id.hex()
        canary = cipher.encrypt(_CANARY, place_of(_COLUMN, name))
        connection.execute(
            "INSERT OR IGNORE INTO encryption_keys(key_id, created_at, canary) VALUES (?,?,?)",
            (name, to_iso(SystemClock().now()), canary),
        )
        # SQLite checks a trigger's functions when it is used, and wants them known when it is made.
        connection.create_function(ENCRYPT, -1, lambda *_: None)
        make_triggers(connection)
        connection.execute("COMMIT")
