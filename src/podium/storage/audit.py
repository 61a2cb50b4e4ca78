"""The audit chain of a project: appending, reading and checking it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from podium.core.audit import AuditEntry, AuditKind, AuditRecord, commitment, parse_record
from podium.core.audit_check import Checked, Fault, Head, Link, check_chain
from podium.storage.audit_rows import append, head_of
from podium.storage.database import Database

_NEVER = 2**63
"""Beyond any number that SQLite can hold."""
_LAST = "\U0010ffff"
"""Sorts behind all that an id may hold."""
_LINKS = "SELECT seq, hash, CAST(body AS BLOB) FROM audit ORDER BY seq"
_SELECT = (
    "SELECT a.seq, a.hash, CAST(a.body AS BLOB), s.value, p.principal FROM audit a"
    " LEFT JOIN audit_sealed s ON s.seq=a.seq"
    " LEFT JOIN audit_people p ON p.name=json_extract(a.body, '$.who')"
)
_SEALED = "SELECT seq, salt, CAST(value AS BLOB) FROM audit_sealed ORDER BY seq"


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which records are wanted; what is empty does not matter.

    Attributes:
        thread_id: Of this thread, or of those whose ids begin so.
        kind: Of this kind.
        actor: By this principal or part of Podium.
        since: Not before this moment, ISO 8601 in UTC.
        until: Before this moment.
        after: With a higher number.
        before: With a lower number; 0 for any.
        tenant: Of this tenant.
    """

    thread_id: str = ""
    kind: AuditKind | None = None
    actor: str = ""
    since: str = ""
    until: str = ""
    after: int = 0
    tenant: str = ""
    before: int = 0


class AuditLog:
    """The chain in the project's database.

    Args:
        database: The open database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def aappend(self, entries: Sequence[AuditEntry]) -> None:
        """Put entries on record together."""
        if entries:
            await self._database.awrite_soon(lambda connection: append(connection, entries))

    def append(self, entries: Sequence[AuditEntry], *, durable: bool = False) -> None:
        """Put entries on record together.

        Args:
            entries: What happened, oldest first.
            durable: Sync to disk before returning.
        """
        if entries:
            self._database.write(lambda connection: append(connection, entries), durable=durable)

    def head(self) -> Head:
        """The last record."""
        return self._database.read(head_of)

    def records(self, wanted: AuditFilter | None = None, *, limit: int | None = None) -> list[AuditRecord]:
        """The records that are wanted, oldest first; with a limit, the latest of them.

        Args:
            wanted: Which; all when None.
            limit: How many at most.
        """
        return self._database.read(lambda connection: select(connection, wanted or AuditFilter(), limit))

    def check(self, *, start: Head | None = None, heads: Sequence[Head] = ()) -> Checked:
        """Check the chain, and that what lies beside it belongs to it.

        Args:
            start: The record before the first that is kept; None where none was put away.
            heads: Ends that the chain is known to have had.
        """
        return self._database.read(lambda connection: check(connection, start=start, heads=heads))


def check(
    connection: sqlite3.Connection, *, start: Head | None = None, heads: Sequence[Head] = ()
) -> Checked:
    """Check the chain as `AuditLog.check` does, on a connection with an open snapshot."""
    readings = iter([_links(connection)])
    try:
        # Read again to explain a fault, the records count alone.
        return check_chain(lambda: next(readings, connection.execute(_LINKS)), start=start, heads=heads)
    except _Unsealed as found:
        words = f"what was sealed with record {found.seq} is not what it says now"
        before = found.seq - 1
        records = before - (start.seq if start else 0)
        return Checked(records, Head(before, ""), Fault("changed", found.seq, words))


class _Unsealed(Exception):
    """What is sealed with a record is not what the record committed to."""

    def __init__(self, seq: int) -> None:
        super().__init__(seq)
        self.seq = seq


def _links(connection: sqlite3.Connection) -> Iterator[Link]:
    """The records; what is sealed with one is looked at once the record itself was found whole."""
    sealed = connection.execute(_SEALED)
    due, salt, value = _next(sealed)
    for link in connection.execute(_LINKS):
        yield link
        if due <= link[0]:
            if due < link[0] or f'"seal":"{commitment(salt, value)}"'.encode() not in link[2]:
                raise _Unsealed(due)
            due, salt, value = _next(sealed)
    if due < _NEVER:
        raise _Unsealed(due)


def _next(rows: sqlite3.Cursor) -> tuple[int, bytes, bytes]:
    return rows.fetchone() or (_NEVER, b"", b"")


def select(connection: sqlite3.Connection, wanted: AuditFilter, limit: int | None) -> list[AuditRecord]:
    """The records that are wanted, oldest first."""
    terms: list[tuple[str, object]] = [("a.seq>?", wanted.after)]
    if wanted.before:
        terms.append(("a.seq<?", wanted.before))
    if wanted.thread_id:
        terms += [("a.thread_id>=?", wanted.thread_id), ("a.thread_id<?", f"{wanted.thread_id}{_LAST}")]
    if wanted.kind:
        terms.append(("json_extract(a.body, '$.kind')=?", wanted.kind))
    if wanted.tenant:
        terms.append(("json_extract(a.body, '$.tenant')=?", wanted.tenant))
    if wanted.since:
        terms.append(("json_extract(a.body, '$.at')>=?", wanted.since))
    if wanted.until:
        terms.append(("json_extract(a.body, '$.at')<?", wanted.until))
    if wanted.actor:
        terms.append(("coalesce(p.principal, json_extract(a.body, '$.who'))=?", wanted.actor))
    where = " AND ".join(term for term, _ in terms)
    bound = -1 if limit is None else limit
    rows = connection.execute(
        f"{_SELECT} WHERE {where} ORDER BY a.seq DESC LIMIT ?",
        [*(value for _, value in terms), bound],
    ).fetchall()
    return [_record(row) for row in reversed(rows)]


def _record(row: tuple[int, str, bytes, str | None, str | None]) -> AuditRecord:
    seq, digest, body, value, person = row
    return parse_record(
        seq, digest, body, sealed=None if value is None else json.loads(value), person=person or ""
    )
