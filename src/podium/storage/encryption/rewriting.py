"""Encrypting what is there already: plain rows of earlier days, and what former keys have encrypted."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from podium.core.errors import Conflict
from podium.storage.copying import alone
from podium.storage.encryption.cipher import Cipher
from podium.storage.encryption.columns import ENCRYPTED, EncryptedTable
from podium.storage.encryption.keys import check_keys, needed_keys, retire
from podium.storage.encryption.sql import decrypted, is_stale, key_columns

if TYPE_CHECKING:
    from podium.storage.database import Database
    from podium.storage.operations import Work

BATCH: Final = 200
"""Rows in one transaction, so that a running server hardly waits."""


def rewrite(database: Database, cipher: Cipher, step: Callable[[str, int], None] | None = None) -> int:
    """Encrypt all rows with the key that is in force; how many were written anew.

    Others go on working. Whoever is killed in the middle loses nothing: the next call does what is left.

    Args:
        database: Open, with the same keys.
        cipher: The keys.
        step: Told of each batch: the table, and how many rows were written anew.
    """
    count = 0
    for table in ENCRYPTED:
        after: Sequence[Any] | None = None
        while True:
            rows = database.read(_next(table, cipher, after))
            if not rows:
                break
            after = rows[-1]
            count += database.write(_again(table, rows), durable=True)
            if step is not None:
                step(table.name, len(rows))
    return count


def finish(path: Path, cipher: Cipher) -> tuple[str, ...]:
    """Write the file anew, so that nothing of what was deleted or plain is left; the keys needed no longer.

    Args:
        path: The database, which this process has closed.
        cipher: The keys.

    Raises:
        Conflict: Another process has it open, or plain rows are left.
        EncryptionKeyWrong: It is encrypted with another key.
        StorageError: There is no room for it.
    """
    with alone(path) as connection:
        check_keys(connection, cipher, path)
        if any(_next(table, cipher, None)(connection) for table in ENCRYPTED):
            raise Conflict(f"{path} was written to meanwhile", hint="Encrypt it again.")
        former = [name for name in needed_keys(connection) if name != cipher.key_id.hex()]
        connection.execute("BEGIN IMMEDIATE")
        retire(connection, former)
        connection.execute("COMMIT")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return tuple(former)


def _next(table: EncryptedTable, cipher: Cipher, after: Sequence[Any] | None) -> Work[list[tuple[Any, ...]]]:
    columns = ", ".join(key_columns(table))
    beyond, values = "", dict[str, Any]()
    if after is not None:
        marks = ", ".join(f":k{index}" for index in range(len(after)))
        beyond, values = f"({columns})>({marks}) AND ", {f"k{i}": one for i, one in enumerate(after)}
    query = (
        f"SELECT {columns} FROM main.{table.name} WHERE {beyond}({is_stale(table)})"  # noqa: S608 - our own names
        f" ORDER BY {columns} LIMIT {BATCH}"
    )
    return lambda connection: connection.execute(query, {"key": cipher.key_id, **values}).fetchall()


def _again(table: EncryptedTable, rows: Sequence[tuple[Any, ...]]) -> Work[int]:
    """What writes rows as they are; the triggers encrypt them."""
    changes = ", ".join(f"{column}={decrypted(table, column)}" for column in table.columns)
    where = " AND ".join(f"{name}=?" for name in key_columns(table))
    statement = f"UPDATE {table.name} SET {changes} WHERE {where}"  # noqa: S608 - our own names

    def work(connection: sqlite3.Connection) -> int:
        return sum(connection.execute(statement, row).rowcount for row in rows)

    return work
