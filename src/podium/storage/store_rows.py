"""Rows of the store: what graphs and clients remember across threads."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from langgraph.store.base import Item, ListNamespacesOp, MatchCondition

from podium.core.clock import from_iso
from podium.storage.json_text import dump, dump_some, load

if TYPE_CHECKING:
    from numpy.typing import NDArray

Namespace: TypeAlias = tuple[str, ...]
Fields: TypeAlias = Sequence[str] | Literal[False] | None
"""What of a value is searched: these paths, nothing, or what the store searches by default."""

_COLUMNS = "namespace, key, value, created_at, updated_at, ttl_minutes, fields, embedder, embedding"
_MINE = "tenant=? AND owner=? AND (expires_at IS NULL OR expires_at>?)"
_PUT = (
    "INSERT INTO store_items(tenant, owner, namespace, key, value, created_at, updated_at, ttl_minutes,"
    " expires_at, fields, embedder, embedding) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"
    " ON CONFLICT (tenant, owner, namespace, key) DO UPDATE SET value=excluded.value,"
    " created_at=CASE WHEN expires_at<=excluded.updated_at THEN excluded.created_at ELSE created_at END,"
    " updated_at=excluded.updated_at, ttl_minutes=excluded.ttl_minutes, expires_at=excluded.expires_at,"
    " fields=excluded.fields, embedder=excluded.embedder, embedding=excluded.embedding"
)


@dataclass(frozen=True, slots=True)
class Partition:
    """Whose part of the store; nobody sees another one.

    Attributes:
        tenant: The tenant.
        owner: The principal within it.
    """

    tenant: str
    owner: str


@dataclass(frozen=True, slots=True)
class StoredItem:
    """One row.

    Attributes:
        item: What it holds.
        ttl_minutes: How long it is kept after it was written or read; None for ever.
        fields: What of it is searched.
        embedder: What made its vectors.
        vectors: One row for each text of it that is searched; None where none were made.
    """

    item: Item
    ttl_minutes: float | None = None
    fields: Fields = None
    embedder: str | None = None
    vectors: NDArray[Any] | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Whose rows are read, and when.

    Attributes:
        partition: Whose.
        now: The moment, ISO 8601 in UTC: what has expired by then is not there.
    """

    partition: Partition
    now: str

    @property
    def bound(self) -> tuple[str, str, str]:
        """What is bound to the condition that keeps others' rows out."""
        return self.partition.tenant, self.partition.owner, self.now


def find(connection: sqlite3.Connection, window: Window, namespace: Namespace, key: str) -> StoredItem | None:
    """One row."""
    query = f"SELECT {_COLUMNS} FROM store_items WHERE {_MINE} AND namespace=? AND key=?"  # noqa: S608
    row = connection.execute(query, (*window.bound, dump_some(list(namespace)), key)).fetchone()
    return None if row is None else _stored(row)


def under(
    connection: sqlite3.Connection, window: Window, prefix: Namespace, page: tuple[int, int] | None = None
) -> list[StoredItem]:
    """The rows of all namespaces that begin so, the one written last first.

    Args:
        connection: Reads.
        window: Whose, and when.
        prefix: The beginning.
        page: How many at most and how many to leave out; None for all.
    """
    term, values = _beginning(prefix)
    query = f"SELECT {_COLUMNS} FROM store_items WHERE {_MINE}{term} ORDER BY updated_at DESC, namespace, key"  # noqa: S608
    if page is not None:
        query, values = f"{query} LIMIT ? OFFSET ?", [*values, *page]
    return [_stored(row) for row in connection.execute(query, (*window.bound, *values))]


def namespaces(connection: sqlite3.Connection, window: Window, op: ListNamespacesOp) -> list[Namespace]:
    """The namespaces that hold something and match."""
    query = f"SELECT DISTINCT namespace FROM store_items WHERE {_MINE}"  # noqa: S608
    found = {tuple(json.loads(row[0])) for row in connection.execute(query, window.bound)}
    kept = (one for one in found if all(_matches(condition, one) for condition in op.match_conditions or ()))
    shown = sorted({one[: op.max_depth] if op.max_depth is not None else one for one in kept})
    return shown[op.offset :][: op.limit]


def put(connection: sqlite3.Connection, window: Window, stored: StoredItem, expires_at: str | None) -> None:
    """Write a row; one that is there keeps the moment of its making."""
    item = stored.item
    vectors = None if stored.vectors is None else stored.vectors.tobytes()
    connection.execute(
        _PUT,
        (
            *(window.partition.tenant, window.partition.owner, dump_some(list(item.namespace)), item.key),
            *(json.dumps(item.value, ensure_ascii=False, separators=(",", ":")), window.now, window.now),
            *(stored.ttl_minutes, expires_at, dump(stored.fields), stored.embedder, vectors),
        ),
    )


def delete(connection: sqlite3.Connection, partition: Partition, namespace: Namespace, key: str) -> None:
    """Delete a row, if it is there."""
    connection.execute(
        "DELETE FROM store_items WHERE tenant=? AND owner=? AND namespace=? AND key=?",
        (partition.tenant, partition.owner, dump_some(list(namespace)), key),
    )


def set_expiry(
    connection: sqlite3.Connection, partition: Partition, rows: Iterable[tuple[str, Namespace, str]]
) -> None:
    """Say when rows expire: moment, namespace and key of each."""
    connection.executemany(
        "UPDATE store_items SET expires_at=? WHERE tenant=? AND owner=? AND namespace=? AND key=?",
        [
            (moment, partition.tenant, partition.owner, dump_some(list(namespace)), key)
            for moment, namespace, key in rows
        ],
    )


def set_vectors(connection: sqlite3.Connection, partition: Partition, rows: Iterable[StoredItem]) -> None:
    """Keep vectors that were made since, unless the value was written again."""
    connection.executemany(
        "UPDATE store_items SET embedder=?, embedding=? WHERE tenant=? AND owner=? AND namespace=? AND key=?"
        " AND (SELECT s.value FROM store_items s WHERE s.tenant=store_items.tenant AND"
        " s.owner=store_items.owner AND s.namespace=store_items.namespace AND s.key=store_items.key)=?",
        [
            (
                *(row.embedder, None if row.vectors is None else row.vectors.tobytes()),
                *(partition.tenant, partition.owner, dump_some(list(row.item.namespace)), row.item.key),
                json.dumps(row.item.value, ensure_ascii=False, separators=(",", ":")),
            )
            for row in rows
        ],
    )


def _beginning(prefix: Namespace) -> tuple[str, list[Any]]:
    """The condition on a namespace's beginning: labels are compared whole, in the text of a JSON list."""
    if not prefix:
        return "", []
    text = dump_some(list(prefix))
    start = text.removesuffix("]")
    return " AND (namespace=? OR namespace>? AND namespace<?)", [text, f"{start},", f"{start}-"]


def _matches(condition: MatchCondition, namespace: Namespace) -> bool:
    path = condition.path
    if len(namespace) < len(path):
        return False
    labels = (
        namespace[: len(path)]
        if condition.match_type == "prefix"
        else namespace[len(namespace) - len(path) :]
    )
    return all(wanted in ("*", label) for wanted, label in zip(path, labels, strict=True))


def _stored(row: Sequence[Any]) -> StoredItem:
    namespace, key, value, created_at, updated_at, ttl_minutes, fields, embedder, embedding = row
    item = Item(
        value=json.loads(value),
        key=key,
        namespace=tuple(json.loads(namespace)),
        created_at=from_iso(created_at),
        updated_at=from_iso(updated_at),
    )
    return StoredItem(item, ttl_minutes, load(fields), embedder, _vectors(embedding))


def _vectors(embedding: bytes | None) -> NDArray[Any] | None:
    if embedding is None:
        return None
    import numpy as np

    return np.frombuffer(embedding, dtype=np.float32)
