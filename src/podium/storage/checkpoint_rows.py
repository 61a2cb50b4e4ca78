"""The SQL of the checkpointer: one function for each statement that matters."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from podium.storage.checkpoint_codec import (
    SCHEMA_VERSION,
    EncodedCheckpoint,
    TaskWrites,
    Values,
    merge_entries,
    pack_entries,
    pack_values,
    unpack_entries,
    unpack_values,
)
from podium.storage.leases import HELD, check_fence


class Lane(NamedTuple):
    """One line of checkpoints: a namespace of a thread."""

    thread_id: str
    checkpoint_ns: str


class Fence(NamedTuple):
    """The lease under which a thread is written to; nothing stale is stored under a lost one."""

    thread_id: str
    token: int


class CheckpointRow(NamedTuple):
    """A stored checkpoint, without its larger values and its writes."""

    seq: int
    thread_id: str
    checkpoint_ns: str
    checkpoint_id: str
    parent_id: str | None
    encoding: str
    payload: bytes
    metadata: str


class Statement(NamedTuple):
    """SQL and its parameters."""

    sql: str
    parameters: tuple[str | bytes | int | None, ...]


class NewCheckpoint(NamedTuple):
    """A checkpoint to store."""

    checkpoint_id: str
    parent_id: str | None
    run_id: str | None
    encoded: EncodedCheckpoint
    metadata: str


_SELECT = (
    "SELECT seq, thread_id, checkpoint_ns, checkpoint_id, parent_id, encoding, payload, metadata"
    " FROM checkpoints"
)
_BY_ID = f"{_SELECT} WHERE thread_id=? AND checkpoint_ns=? AND checkpoint_id=?"
_HEAD = f"{_SELECT} WHERE thread_id=? AND checkpoint_ns=? ORDER BY seq DESC LIMIT 1"
_HEAD_ID = (
    "SELECT checkpoint_id FROM checkpoints WHERE thread_id=? AND checkpoint_ns=? ORDER BY seq DESC LIMIT 1"
)
_INSERT = (
    "INSERT OR REPLACE INTO checkpoints(thread_id, checkpoint_ns, checkpoint_id, parent_id, run_id,"
    " schema_version, encoding, payload, metadata) VALUES (?,?,?,?,?,?,?,?,?)"
)
_PUT = (
    "INSERT INTO checkpoint_puts(thread_id, checkpoint_ns, checkpoint_id, parent_id, run_id,"
    " schema_version, encoding, payload, metadata, version, channels) VALUES (?,?,?,?,?,?,?,?,?,?,?)"
)
"""The view's trigger spreads the row over two tables: one statement costs half of what two do."""

_FENCED_PUT = _PUT.replace("VALUES (?,", f"VALUES (CASE WHEN EXISTS({HELD}) THEN ? END,")
"""A thread id is never null, so that it fails under a lease that was lost."""

_BLOBS = "SELECT channels FROM checkpoint_blobs WHERE thread_id=? AND checkpoint_ns=? AND version=?"
_INSERT_BLOBS = (
    "INSERT INTO checkpoint_blobs(thread_id, checkpoint_ns, version, channels) VALUES (?,?,?,?)"
    " ON CONFLICT DO NOTHING"
)
_UPDATE_BLOBS = "UPDATE checkpoint_blobs SET channels=? WHERE thread_id=? AND checkpoint_ns=? AND version=?"
_INSERT_WRITES = (
    "INSERT INTO checkpoint_writes(thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, entries)"
    " VALUES (?,?,?,?,?,?) ON CONFLICT DO NOTHING"
)
_FENCED_WRITES = _INSERT_WRITES.replace("VALUES (?,?,?,?,?,?)", f"SELECT ?,?,?,?,?,? WHERE EXISTS({HELD})")
_TASK = (
    "SELECT task_path, entries FROM checkpoint_writes"
    " WHERE thread_id=? AND checkpoint_ns=? AND checkpoint_id=? AND task_id=?"
)
_UPDATE_TASK = (
    "UPDATE checkpoint_writes SET task_path=?, entries=?"
    " WHERE thread_id=? AND checkpoint_ns=? AND checkpoint_id=? AND task_id=?"
)
_WRITES = (
    "SELECT task_id, entries FROM checkpoint_writes"
    " WHERE thread_id=? AND checkpoint_ns=? AND checkpoint_id=? ORDER BY task_path, task_id"
)


def find(connection: sqlite3.Connection, lane: Lane, checkpoint_id: str | None) -> CheckpointRow | None:
    """The checkpoint with this id, or the one committed last."""
    if checkpoint_id:
        row = connection.execute(_BY_ID, (*lane, checkpoint_id)).fetchone()
    else:
        row = connection.execute(_HEAD, lane).fetchone()
    return None if row is None else CheckpointRow(*row)


def head_id(connection: sqlite3.Connection, lane: Lane) -> str | None:
    """The checkpoint that was committed last."""
    row = connection.execute(_HEAD_ID, lane).fetchone()
    return None if row is None else str(row[0])


def insert_statement(lane: Lane, new: NewCheckpoint, fence: Fence | None = None) -> Statement | None:
    """One statement that stores a checkpoint as the newest of its lane.

    It fails with an integrity error when the checkpoint, or its version of values, is stored already, and
    when the fence does not hold.

    Returns:
        None when the values have several versions, which takes more than one statement.
    """
    blobs = new.encoded.blobs
    if len(blobs) > 1:
        return None
    version, values = next(iter(blobs.items()), (None, None))
    packed = None if values is None else pack_values(values)
    row = (*_checkpoint_values(lane, new), version, packed)
    return Statement(_PUT, row) if fence is None else Statement(_FENCED_PUT, (*fence, *row))


def insert(
    connection: sqlite3.Connection, lane: Lane, new: NewCheckpoint, fence: Fence | None = None
) -> None:
    """Store a checkpoint as the newest of its lane, replacing one of the same id.

    Raises:
        LeaseLost: The fence does not hold.
    """
    if fence is not None:
        check_fence(connection, *fence)
    for version, values in new.encoded.blobs.items():
        _insert_values(connection, (*lane, version), values)
    connection.execute(_INSERT, _checkpoint_values(lane, new))


def _checkpoint_values(lane: Lane, new: NewCheckpoint) -> tuple[str | bytes | int | None, ...]:
    encoded = new.encoded
    return (
        *lane,
        new.checkpoint_id,
        new.parent_id,
        new.run_id,
        SCHEMA_VERSION,
        encoded.encoding,
        encoded.payload,
        new.metadata,
    )


def _insert_values(connection: sqlite3.Connection, key: tuple[str, str, str], values: Values) -> None:
    if connection.execute(_INSERT_BLOBS, (*key, pack_values(values))).rowcount:
        return
    (old,) = connection.execute(_BLOBS, key).fetchone()
    connection.execute(_UPDATE_BLOBS, (pack_values({**unpack_values(old), **values}), *key))


def insert_writes_statement(lane: Lane, task: TaskWrites, fence: Fence | None = None) -> Statement:
    """One statement that stores the writes of a task.

    It changes no row when the task wrote before, and when the fence does not hold.
    """
    packed = pack_entries(task.entries)
    values = (*lane, task.checkpoint_id, task.task_id, task.task_path, packed)
    return (
        Statement(_INSERT_WRITES, values) if fence is None else Statement(_FENCED_WRITES, (*values, *fence))
    )


def merge_writes(
    connection: sqlite3.Connection, lane: Lane, task: TaskWrites, fence: Fence | None = None
) -> None:
    """Store the writes of a task beside those it made before, which are kept.

    Raises:
        LeaseLost: The fence does not hold.
    """
    if fence is not None:
        check_fence(connection, *fence)
    sql, values = insert_writes_statement(lane, task)
    if connection.execute(sql, values).rowcount:
        return
    key = (*lane, task.checkpoint_id, task.task_id)
    path, old = connection.execute(_TASK, key).fetchone()
    merged = merge_entries(unpack_entries(old), task.entries)
    connection.execute(_UPDATE_TASK, (task.task_path or path, pack_entries(merged), *key))


def values_at(connection: sqlite3.Connection, lane: Lane, version: str) -> Values:
    """The larger values that changed to this version."""
    row = connection.execute(_BLOBS, (*lane, version)).fetchone()
    return {} if row is None else unpack_values(row[0])


def writes(connection: sqlite3.Connection, lane: Lane, checkpoint_id: str) -> Iterable[tuple[str, bytes]]:
    """Task and packed entries of the writes of a checkpoint, in the order in which LangGraph applies them."""
    return connection.execute(_WRITES, (*lane, checkpoint_id)).fetchall()


def seq_of(connection: sqlite3.Connection, thread_id: str | None, checkpoint_id: str) -> int | None:
    """Where in the commit order a checkpoint lies, in whichever namespace it is."""
    where, values = "checkpoint_id=?", [checkpoint_id]
    if thread_id is not None:
        where, values = "thread_id=? AND checkpoint_id=?", [thread_id, checkpoint_id]
    query = f"SELECT max(seq) FROM checkpoints WHERE {where}"  # noqa: S608  # constants from above
    seq: int | None = connection.execute(query, values).fetchone()[0]
    return seq


def page(
    connection: sqlite3.Connection,
    conditions: Sequence[tuple[str, object]],
    below: int | None = None,
    size: int = -1,
) -> list[CheckpointRow]:
    """Checkpoints that meet the SQL conditions, newest first.

    Args:
        connection: Any.
        conditions: SQL terms, each with its one parameter.
        below: Only checkpoints with a lower seq.
        size: How many at most; -1 for all.
    """
    terms = [text for text, _ in conditions]
    values = [value for _, value in conditions]
    if below is not None:
        terms.append("seq<?")
        values.append(below)
    where = f" WHERE {' AND '.join(terms)}" if terms else ""
    query = f"{_SELECT}{where} ORDER BY seq DESC LIMIT ?"
    return [CheckpointRow(*row) for row in connection.execute(query, (*values, size))]


def lane_conditions(lane: Lane) -> list[tuple[str, object]]:
    """The conditions of `page` for one lane."""
    return [("thread_id=?", lane.thread_id), ("checkpoint_ns=?", lane.checkpoint_ns)]
