"""Deletes, copies and prunes checkpoints; every function makes work for `Database.write`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime

from podium.core.clock import to_iso
from podium.storage import checkpoint_rows
from podium.storage.checkpoint_codec import stored_versions
from podium.storage.checkpoint_loader import CheckpointLoader
from podium.storage.checkpoint_rows import CheckpointRow, Lane
from podium.storage.operations import Work

_TABLES = ("checkpoints", "checkpoint_blobs", "checkpoint_writes")
_COPIED = {
    "checkpoints": "checkpoint_ns, checkpoint_id, parent_id, run_id, schema_version, encoding, payload,"
    " metadata",
    "checkpoint_blobs": "checkpoint_ns, version, channels",
    "checkpoint_writes": "checkpoint_ns, checkpoint_id, task_id, task_path, entries",
}


def delete_threads(thread_ids: Sequence[str]) -> Work[None]:
    """Delete all that is stored for the threads."""

    def work(connection: sqlite3.Connection) -> None:
        for thread_id in thread_ids:
            for table in _TABLES:
                connection.execute(f"DELETE FROM {table} WHERE thread_id=?", (str(thread_id),))  # noqa: S608

    return work


def delete_runs(loader: CheckpointLoader, run_ids: Sequence[str]) -> Work[None]:
    """Delete the checkpoints that the runs made, their writes, and values that nothing else refers to."""

    def work(connection: sqlite3.Connection) -> None:
        lanes: set[Lane] = set()
        for run_id in run_ids:
            for row in checkpoint_rows.page(connection, [("run_id=?", run_id)]):
                lanes.add(Lane(row.thread_id, row.checkpoint_ns))
                _delete(connection, row)
        for lane in lanes:
            _drop_unused_blobs(connection, loader, lane)

    return work


def copy_thread(source: str, target: str) -> Work[None]:
    """Copy a thread's whole history, in its order of commits.

    The copy only simulates what it would do, until a person lets it act.
    """
    at = to_iso(datetime.now(UTC))

    def work(connection: sqlite3.Connection) -> None:
        connection.execute(
            "INSERT OR IGNORE INTO forks(thread_id, source, at) VALUES (?,?,?)",
            (str(target), str(source), at),
        )
        for table, columns in _COPIED.items():
            order = " ORDER BY seq" if table == "checkpoints" else ""
            connection.execute(
                f"INSERT OR REPLACE INTO {table}(thread_id, {columns})"  # noqa: S608  # names from above
                f" SELECT ?, {columns} FROM {table} WHERE thread_id=?{order}",
                (str(target), str(source)),
            )

    return work


def prune(loader: CheckpointLoader, thread_ids: Sequence[str], strategy: str) -> Work[None]:
    """Keep only the heads, and the ancestors that their delta channels are rebuilt from.

    Args:
        loader: Decodes checkpoints.
        thread_ids: The threads to prune.
        strategy: `keep_latest`, or `delete` to drop everything.
    """
    if strategy == "delete":
        return delete_threads(thread_ids)
    if strategy != "keep_latest":
        raise ValueError(f"unknown strategy {strategy!r}: expected 'keep_latest' or 'delete'")

    def work(connection: sqlite3.Connection) -> None:
        for lane in _lanes(connection, thread_ids):
            kept = _needed_by_head(connection, loader, lane)
            for row in checkpoint_rows.page(connection, checkpoint_rows.lane_conditions(lane)):
                if row.checkpoint_id not in kept:
                    _delete(connection, row)
            _drop_unused_blobs(connection, loader, lane)

    return work


def _lanes(connection: sqlite3.Connection, thread_ids: Sequence[str]) -> list[Lane]:
    query = "SELECT DISTINCT thread_id, checkpoint_ns FROM checkpoints WHERE thread_id=?"
    return [Lane(*row) for thread_id in thread_ids for row in connection.execute(query, (str(thread_id),))]


def _needed_by_head(connection: sqlite3.Connection, loader: CheckpointLoader, lane: Lane) -> set[str]:
    head = checkpoint_rows.find(connection, lane, None)
    if head is None:
        return set()
    kept = {head.checkpoint_id}
    # LangGraph counts, for each delta channel, the steps since its value was last stored in full.
    waiting = set(json.loads(head.metadata).get("counters_since_delta_snapshot", ()))
    waiting -= _valued(loader, head)
    for row in loader.ancestors(connection, lane, head.checkpoint_id):
        if not waiting:
            break
        kept.add(row.checkpoint_id)
        waiting -= _valued(loader, row)
    return kept


def _valued(loader: CheckpointLoader, row: CheckpointRow) -> set[str]:
    payload = loader.payload(row)
    return {*payload["stored"], *payload["channel_values"]}


def _delete(connection: sqlite3.Connection, row: CheckpointRow) -> None:
    connection.execute("DELETE FROM checkpoints WHERE seq=?", (row.seq,))
    connection.execute(
        "DELETE FROM checkpoint_writes WHERE thread_id=? AND checkpoint_ns=? AND checkpoint_id=?",
        (row.thread_id, row.checkpoint_ns, row.checkpoint_id),
    )


def _drop_unused_blobs(connection: sqlite3.Connection, loader: CheckpointLoader, lane: Lane) -> None:
    used: set[str] = set()
    for row in checkpoint_rows.page(connection, checkpoint_rows.lane_conditions(lane)):
        used.update(stored_versions(loader.payload(row)))
    stored = connection.execute(
        "SELECT version FROM checkpoint_blobs WHERE thread_id=? AND checkpoint_ns=?", lane
    ).fetchall()
    connection.executemany(
        "DELETE FROM checkpoint_blobs WHERE thread_id=? AND checkpoint_ns=? AND version=?",
        [(*lane, version) for (version,) in stored if version not in used],
    )
