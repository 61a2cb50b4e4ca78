"""The SQL of encryption: triggers that encrypt what is written, and views that decrypt what is read.

The triggers are part of the database, so that nobody who lacks the key writes anything plain into it. The
views belong to a connection with the key; they have the names of the tables and stand before them, so that
every query reads what was written.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from podium.storage.encryption.cipher import ID_BYTES, Cipher, place_of
from podium.storage.encryption.columns import ENCRYPTED, EncryptedTable

ENCRYPT: Final = "podium_encrypt"
DECRYPT_TEXT: Final = "podium_decrypt_text"
DECRYPT_BYTES: Final = "podium_decrypt_bytes"

_TRIGGERS: Final = (
    "SELECT name, sql FROM main.sqlite_master WHERE type='trigger' AND name LIKE 'encrypt!_%' ESCAPE '!'"
)
_NAMES: Final = "|".join(table.name for table in ENCRYPTED)
_TARGET: Final = re.compile(
    rf"(\s*(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM)\s+)({_NAMES})\b",
    re.IGNORECASE,
)


class DecryptingConnection(sqlite3.Connection):
    """A connection whose views stand before the tables: what is changed is the table all the same."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Like any connection's."""
        return super().execute(_on_tables(sql), parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        """Like any connection's."""
        return super().executemany(_on_tables(sql), parameters)


def equip(connection: sqlite3.Connection, cipher: Cipher) -> None:
    """Let a connection encrypt what it writes and decrypt what it reads.

    No plain value leaves memory: temporary tables stay in it, a transaction's pages are written when it
    is committed and not before, and what is freed is overwritten.

    Args:
        connection: Outside of a transaction; to write, a `DecryptingConnection`.
        cipher: Has the keys.
    """
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute("PRAGMA cache_spill=OFF")
    connection.execute("PRAGMA secure_delete=ON")

    def encrypted(column: str, value: str | bytes, *key: object) -> bytes:
        plain = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        return cipher.encrypt(plain, place_of(column, *key))

    def text(column: str, stored: bytes, *key: object) -> str:
        return cipher.decrypt(stored, place_of(column, *key)).decode("utf-8", "surrogatepass")

    def data(column: str, stored: bytes, *key: object) -> bytes:
        return cipher.decrypt(stored, place_of(column, *key))

    connection.create_function(ENCRYPT, -1, encrypted)
    connection.create_function(DECRYPT_TEXT, -1, text, deterministic=True)
    connection.create_function(DECRYPT_BYTES, -1, data, deterministic=True)
    for statement in _views(connection):
        connection.execute(statement)


def triggers() -> dict[str, str]:
    """What encrypts: name and SQL of each trigger."""
    return dict(pair for table in ENCRYPTED for pair in _triggers(table))


def has_triggers(connection: sqlite3.Connection) -> bool:
    """Whether a database encrypts all that this code says."""
    return dict(connection.execute(_TRIGGERS).fetchall()) == triggers()


def make_triggers(connection: sqlite3.Connection) -> None:
    """Let a database encrypt all that this code says; with an open transaction."""
    for name, _ in connection.execute(_TRIGGERS).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement in triggers().values():
        connection.execute(statement)


def is_stale(table: EncryptedTable) -> str:
    """The condition under which a row has a value that is plain, or of another key than `:key`."""
    return " OR ".join(
        f"{_is_plain(table, column)}"
        f" OR ({_is_encrypted(table, column)} AND substr({column}, 2, {ID_BYTES})<>:key)"
        for column in table.columns
    )


def decrypted(table: EncryptedTable, column: str, source: str = "") -> str:
    """The expression of a column's value."""
    prefix = f"{source}." if source else ""
    function = DECRYPT_TEXT if column in table.text else DECRYPT_BYTES
    key = ", ".join(f"{prefix}{name}" for name in table.key)
    value = f"{prefix}{column}"
    return (
        f"CASE WHEN {_is_encrypted(table, column, prefix)}"
        f" THEN {function}('{table.name}.{column}', {value}, {key}) ELSE {value} END"
    )


def _triggers(table: EncryptedTable) -> Iterator[tuple[str, str]]:
    plain = " OR ".join(_is_plain(table, column, "NEW.") for column in table.columns)
    row = "rowid=NEW.rowid" if table.has_rowid else " AND ".join(f"{name}=NEW.{name}" for name in table.key)
    key = ", ".join(f"NEW.{name}" for name in table.key)
    changes = ", ".join(
        f"{column}=CASE WHEN {_is_plain(table, column, 'NEW.')}"
        f" THEN {ENCRYPT}('{table.name}.{column}', NEW.{column}, {key}) ELSE NEW.{column} END"
        for column in table.columns
    )
    body = f"WHEN {plain} BEGIN UPDATE {table.name} SET {changes} WHERE {row}; END"  # noqa: S608 - our own names
    for event, name in (
        ("INSERT", f"encrypt_{table.name}_insert"),
        (f"UPDATE OF {', '.join(table.columns)}", f"encrypt_{table.name}_update"),
    ):
        yield name, f"CREATE TRIGGER {name} AFTER {event} ON {table.name} {body}"


def _views(connection: sqlite3.Connection) -> Iterator[str]:
    for table in ENCRYPTED:
        columns = connection.execute(f"PRAGMA main.table_xinfo({table.name})").fetchall()
        if not columns:
            continue
        said = [_shown(table, str(row[1])) for row in columns]
        if table.has_rowid:
            said.append("t.rowid AS rowid")
        yield f"CREATE TEMP VIEW {table.name} AS SELECT {', '.join(said)} FROM main.{table.name} AS t"  # noqa: S608


def _shown(table: EncryptedTable, column: str) -> str:
    return f"{decrypted(table, column, 't') if column in table.columns else f't.{column}'} AS {column}"


def _is_plain(table: EncryptedTable, column: str, prefix: str = "") -> str:
    value = f"{prefix}{column}"
    if column in table.text:
        return f"(typeof({value})='text' AND {value}<>'')"
    if column in table.packed:
        return f"(typeof({value})='blob' AND substr({value}, 1, 1)<>x'c1')"
    return f"(typeof({value})='blob' AND length({value})%4<>1)"


def _is_encrypted(table: EncryptedTable, column: str, prefix: str = "") -> str:
    value = f"{prefix}{column}"
    if column in table.text:
        return f"typeof({value})='blob'"
    if column in table.packed:
        return f"substr({value}, 1, 1)=x'c1'"
    return f"length({value})%4=1"


@lru_cache(maxsize=1024)
def _on_tables(sql: str) -> str:
    found = _TARGET.match(sql)
    return sql if found is None else f"{found[1]}main.{sql[found.start(2) :]}"


def key_columns(table: EncryptedTable) -> Sequence[str]:
    """What rows are walked by."""
    return ("rowid",) if table.has_rowid else table.key
