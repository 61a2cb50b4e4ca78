"""The SQL of the checkpointer: one function for each statement that matters."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from podium.storage.checkpoint_codec import (
    SCHEMA_VERSION,
    EncodedCheckpoint,
    Entry,
    merge_entries,
    pack_entries,
    unpack_entries,
)


class Lane(NamedTuple):
    """One line of checkpoints: a namespace of a thread."""

    thread_id: str
    checkpoint_ns: str


class CheckpointRow(NamedTuple):
    """A stored checkpoint, without its blobs and writes."""

    seq: int
    thread_id: str
    checkpoint_ns: str
    checkpoint_id: str
    parent_id: str | None
    encoding: str
    payload: bytes
    metadata: str


class WritesRow(NamedTuple):
    """The writes of one task."""

    task_id: str
    task_path: str
    writes: bytes


_COLUMNS = "seq, thread_id, checkpoint_ns, checkpoint_id, parent_id, encoding, payload, metadata"
_SELECT = f"SELECT {_COLUMNS} FROM checkpoints"  # noqa: S608  # constant
_BY_ID = f"{_SELECT} WHERE thread_id=? AND checkpoint_ns=? AND checkpoint_id=?"
_HEAD = f"{_SELECT} WHERE thread_id=? AND checkpoint_ns=? ORDER BY seq DESC LIMIT 1"
_INSERT = (
    "INSERT OR REPLACE INTO checkpoints"
    "(thread_id, checkpoint_ns, checkpoint_id, parent_id, run_id, schema_version, encoding, payload, metadata)"
    " VALUES (?,?,?,?,?,?,?,?,?)"
)
_INSERT_BLOB = (
    "INSERT OR REPLACE INTO checkpoint_blobs(thread_id, checkpoint_ns, channel, version, encoding, value)"
    " VALUES (?,?,?,?,?,?)"
)
_BLOB = (
    "SELECT encoding, value FROM checkpoint_blobs"
    " WHERE thread_id=? AND checkpoint_ns=? AND channel=? AND version=?"
)
_INSERT_WRITES = (
    "INSERT INTO checkpoint_writes(thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, writes)"
    " VALUES (?,?,?,?,?,?) ON CONFLICT DO NOTHING"
)
_TASK = "WHERE thread_id=? AND checkpoint_ns=? AND checkpoint_id=? AND task_id=?"
_WRITES = (
    "SELECT task_id, task_path, writes FROM checkpoint_writes"
    " WHERE thread_id=? AND checkpoint_ns=? AND checkpoint_id=? ORDER BY task_path, task_id"
)


def find(connection: sqlite3.Connection, lane: Lane, checkpoint_id: str | None) -> CheckpointRow | None:
    """The checkpoint with this id, or the one committed last."""
    if checkpoint_id:
        row = connection.execute(_BY_ID, (*lane, checkpoint_id)).fetchone()
    else:
        row = connection.execute(_HEAD, lane).fetchone()
    return None if row is None else CheckpointRow(*row)


def insert(
    connection: sqlite3.Connection,
    lane: Lane,
    checkpoint_id: str,
    parent_id: str | None,
    run_id: str | None,
    encoded: EncodedCheckpoint,
    metadata: str,
) -> None:
    """Store a checkpoint as the newest of its lane."""
    if encoded.blobs:
        connection.executemany(_INSERT_BLOB, [(*lane, *blob) for blob in encoded.blobs])
    connection.execute(
        _INSERT,
        (
            *lane,
            checkpoint_id,
            parent_id,
            run_id,
            SCHEMA_VERSION,
            encoded.encoding,
            encoded.payload,
            metadata,
        ),
    )


def insert_writes(
    connection: sqlite3.Connection,
    lane: Lane,
    checkpoint_id: str,
    task: tuple[str, str],
    entries: list[Entry],
) -> None:
    """Store the writes of a task, given as its id and path; what it wrote before is kept."""
    key = (*lane, checkpoint_id, task[0])
    if connection.execute(_INSERT_WRITES, (*key, task[1], pack_entries(entries))).rowcount:
        return
    old, path = connection.execute(f"SELECT writes, task_path FROM checkpoint_writes {_TASK}", key).fetchone()
    merged = merge_entries(unpack_entries(old), entries)
    connection.execute(
        f"UPDATE checkpoint_writes SET writes=?, task_path=? {_TASK}",
        (pack_entries(merged), task[1] or path, *key),
    )


def blobs(
    connection: sqlite3.Connection, lane: Lane, keys: Iterable[tuple[str, str]]
) -> list[tuple[str, str, bytes]]:
    """The stored values, as (channel, encoding, bytes), of those of the (channel, version) keys that exist."""
    found = []
    for channel, version in keys:
        row = connection.execute(_BLOB, (*lane, channel, version)).fetchone()
        if row is not None:
            found.append((channel, *row))
    return found


def writes(connection: sqlite3.Connection, lane: Lane, checkpoint_id: str) -> list[WritesRow]:
    """The writes stored with a checkpoint, in the order in which LangGraph applies them."""
    return [WritesRow(*row) for row in connection.execute(_WRITES, (*lane, checkpoint_id))]


def seq_of(connection: sqlite3.Connection, thread_id: str | None, checkpoint_id: str) -> int | None:
    """Where in the commit order a checkpoint lies, in whichever namespace it is."""
    where, values = "checkpoint_id=?", [checkpoint_id]
    if thread_id is not None:
        where, values = "thread_id=? AND checkpoint_id=?", [thread_id, checkpoint_id]
    row = connection.execute(f"SELECT max(seq) FROM checkpoints WHERE {where}", values).fetchone()  # noqa: S608
    seq: int | None = row[0]
    return seq


def page(
    connection: sqlite3.Connection, conditions: Sequence[tuple[str, object]], below: int | None, size: int
) -> list[CheckpointRow]:
    """Up to `size` checkpoints that meet the SQL conditions, newest first, with a seq under `below`."""
    terms = [text for text, _ in conditions]
    values = [value for _, value in conditions]
    if below is not None:
        terms.append("seq<?")
        values.append(below)
    where = f" WHERE {' AND '.join(terms)}" if terms else ""
    query = f"{_SELECT}{where} ORDER BY seq DESC LIMIT ?"
    return [CheckpointRow(*row) for row in connection.execute(query, (*values, size))]
