"""What may be done to a chain beside appending.

Forgetting what is sealed, keeping signed heads, and putting old records away: each is one transaction, and
leaves the chain whole.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from podium.core.audit import AuditEntry
from podium.core.audit_check import Head
from podium.core.errors import InputError, NotFound, StorageError
from podium.core.model import JsonObject
from podium.storage.audit_rows import append, head_of
from podium.storage.operations import Work

Scope = Literal["thread", "principal", "record"]
"""Of what something is forgotten: a thread, a person, or one record."""

_SEALED: dict[Scope, str] = {
    "thread": "SELECT s.seq FROM audit_sealed s JOIN audit a ON a.seq=s.seq WHERE a.thread_id=?",
    "principal": (
        "SELECT s.seq FROM audit_sealed s JOIN audit a ON a.seq=s.seq"
        " JOIN audit_people p ON p.name=json_extract(a.body, '$.who') WHERE p.principal=?"
    ),
    "record": "SELECT seq FROM audit_sealed WHERE seq=?",
}
_KNOWN: dict[Scope, str] = {
    "thread": "SELECT 1 FROM audit WHERE thread_id=? LIMIT 1",
    "principal": "SELECT 1 FROM audit_people WHERE principal=?",
    "record": "SELECT 1 FROM audit WHERE seq=?",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A run of records at the beginning of what is kept.

    Attributes:
        first: The number of the first.
        last: The head that the chain had at the last.
        after: The hash before the first.
        since: When the first was written.
        until: When the last was.
        kinds: How many of each kind.
    """

    first: int
    last: Head
    after: str
    since: str
    until: str
    kinds: dict[str, int]


def erase(scope: Scope, of: str, *, who: str, reason: str, at: str) -> Work[int]:
    """Forget what is sealed with some records, and put on record that it was; how many values it were.

    Args:
        scope: Of what.
        of: The thread, the principal, or the number of the record.
        who: Who asked for it.
        reason: Why.
        at: When.

    Raises:
        NotFound: The chain knows none such.
    """

    def work(connection: sqlite3.Connection) -> int:
        if connection.execute(_KNOWN[scope], (of,)).fetchone() is None:
            raise NotFound(
                f"the audit chain knows no {scope} {of}", hint="'podium audit show' lists what is there."
            )
        # What is deleted is overwritten, not only taken from the list of what is there.
        connection.execute("PRAGMA secure_delete=ON")
        erased = connection.execute(
            f"DELETE FROM audit_sealed WHERE seq IN ({_SEALED[scope]})",  # noqa: S608 - our own words
            (of,),
        ).rowcount
        data: JsonObject = {"of": scope, "values": erased}
        if scope == "principal":
            data["name"] = _forget(connection, of)
        else:
            data[scope] = of
        thread = of if scope == "thread" else ""
        append(
            connection, [AuditEntry("erased", at, who, data, {"reason": reason} if reason else None, thread)]
        )
        return erased

    return work


def whole_id(connection: sqlite3.Connection, start: str) -> str:
    """The id of the one thread that begins so; the same text where there is none.

    Raises:
        InputError: There are several.
    """
    found = connection.execute(
        "SELECT DISTINCT thread_id FROM audit WHERE substr(thread_id, 1, ?)=? LIMIT 2", (len(start), start)
    ).fetchall()
    if len(found) > 1:
        raise InputError(f"several threads begin with {start}", hint="Give more of the id.")
    return str(found[0][0]) if found else start


def _forget(connection: sqlite3.Connection, principal: str) -> str:
    """Who stands behind a name is not known from here on."""
    (name,) = connection.execute("SELECT name FROM audit_people WHERE principal=?", (principal,)).fetchone()
    connection.execute("DELETE FROM audit_people WHERE principal=?", (principal,))
    return str(name)


def keep_head(statement: JsonObject) -> Work[None]:
    """Keep a signed head."""
    row = (statement["seq"], json.dumps(statement))

    def work(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT OR REPLACE INTO audit_heads(seq, statement) VALUES (?,?)", row)

    return work


def heads_of(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """The signed heads, oldest first."""
    return [
        json.loads(row[0]) for row in connection.execute("SELECT statement FROM audit_heads ORDER BY seq")
    ]


def newest_head(connection: sqlite3.Connection) -> int:
    """The number of the record that was signed last; 0 for none."""
    return int(connection.execute("SELECT coalesce(max(seq), 0) FROM audit_heads").fetchone()[0])


def segments_of(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """The summaries of what was put away, oldest first."""
    rows = connection.execute("SELECT statement FROM audit_segments ORDER BY last_seq")
    return [json.loads(row[0]) for row in rows]


def span_before(connection: sqlite3.Connection, moment: str, start: Head) -> Span | None:
    """The records at the beginning that are all older than a moment; None where there are none.

    Args:
        connection: To read with.
        moment: ISO 8601 in UTC.
        start: The record before the first one that is kept.
    """
    newer = connection.execute(
        "SELECT min(seq) FROM audit WHERE json_extract(body, '$.at')>=?", (moment,)
    ).fetchone()[0]
    last = head_of(connection).seq if newer is None else newer - 1
    rows = connection.execute(
        "SELECT json_extract(body, '$.kind'), count(*) FROM audit WHERE seq<=? GROUP BY 1 ORDER BY 1", (last,)
    ).fetchall()
    if not rows:
        return None
    at = "SELECT json_extract(body, '$.at'), hash FROM audit WHERE seq=?"
    since, _ = connection.execute(at, (start.seq + 1,)).fetchone()
    until, digest = connection.execute(at, (last,)).fetchone()
    return Span(start.seq + 1, Head(last, digest), start.hash, since, until, dict(rows))


def put_away(span: Span, statement: JsonObject, *, who: str, at: str) -> Work[None]:
    """Delete a segment's records, keep its signed summary, and put that on record.

    Raises:
        StorageError: The chain has changed since the segment was looked at.
    """
    text = json.dumps(statement)

    def work(connection: sqlite3.Connection) -> None:
        row = connection.execute("SELECT hash FROM audit WHERE seq=?", (span.last.seq,)).fetchone()
        if row is None or row[0] != span.last.hash:
            raise StorageError("the audit chain changed while a segment was closed", hint="Try again.")
        connection.execute("INSERT INTO audit_segments VALUES (?,?)", (span.last.seq, text))
        data: JsonObject = {
            "first": span.first,
            "last": span.last.seq,
            "head": span.last.hash,
            "kinds": dict(span.kinds),
        }
        append(connection, [AuditEntry("segment", at, who, data)])
        for table in ("audit_sealed", "audit_heads", "audit"):
            connection.execute(f"DELETE FROM {table} WHERE seq<=?", (span.last.seq,))  # noqa: S608 - our own names

    return work


def is_on_record(connection: sqlite3.Connection, segments: Sequence[dict[str, Any]]) -> bool:
    """Whether the chain itself tells of the newest segment that was put away."""
    newest = segments[-1]
    row = connection.execute(
        "SELECT 1 FROM audit WHERE json_extract(body, '$.kind')='segment'"
        " AND json_extract(body, '$.data.last')=? AND json_extract(body, '$.data.head')=? LIMIT 1",
        (newest.get("last"), newest.get("head")),
    ).fetchone()
    return row is not None
