"""Appending to the audit chain, inside a transaction that somebody else opened.

What happened and its record become durable together, or neither does. The transaction holds the database's
write lock, so that processes append one after the other.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable

from podium.core.audit import GENESIS, PERSON, AuditEntry, body_of, commitment, hash_of, is_person
from podium.core.audit_check import Head
from podium.core.canonical import canonical_bytes
from podium.core.errors import InputError

_SALT_BYTES = 16
_NAME_DIGITS = 24
_HEAD = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1"
_INSERT = "INSERT INTO audit(seq, hash, body) VALUES (?,?,?)"
_SEAL = "INSERT INTO audit_sealed(seq, salt, value) VALUES (?,?,?)"


def head_of(connection: sqlite3.Connection) -> Head:
    """The last record of the chain."""
    row = connection.execute(_HEAD).fetchone()
    if row is None:
        return Head(0, GENESIS)
    return Head(*row)


def append(connection: sqlite3.Connection, entries: Iterable[AuditEntry]) -> Head:
    """Put entries on record; the new end of the chain.

    Args:
        connection: With an open transaction that may write.
        entries: What happened, oldest first.
    """
    head = head_of(connection)
    for entry in entries:
        seq = head.seq + 1
        value = None if entry.sealed is None else _canonical(entry.sealed)
        salt = os.urandom(_SALT_BYTES)
        body = body_of(
            entry,
            seq=seq,
            after=head.hash,
            who=filed(connection, entry.who),
            seal="" if value is None else commitment(salt, value),
        )
        head = Head(seq, hash_of(body))
        connection.execute(_INSERT, (seq, head.hash, body.decode()))
        if value is not None:
            connection.execute(_SEAL, (seq, salt, value.decode()))
    return head


def filed(connection: sqlite3.Connection, who: str) -> str:
    """Under which name the chain files somebody: a person under a commitment, so that it can be forgotten."""
    if not is_person(who):
        return who
    row = connection.execute("SELECT name FROM audit_people WHERE principal=?", (who,)).fetchone()
    if row is not None:
        return str(row[0])
    salt = os.urandom(_SALT_BYTES)
    name = PERSON + commitment(salt, who.encode())[:_NAME_DIGITS]
    connection.execute("INSERT INTO audit_people(name, principal, salt) VALUES (?,?,?)", (name, who, salt))
    return name


def _canonical(value: object) -> bytes:
    """What cannot be told in canonical JSON is told as text: a record is never refused for what it holds."""
    try:
        return canonical_bytes(value)
    except InputError:
        return canonical_bytes(repr(value).encode("utf-8", "backslashreplace").decode())
