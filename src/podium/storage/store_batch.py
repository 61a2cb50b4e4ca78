"""One batch of operations on the store: read, embedded, answered, written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from langgraph.store.base import (
    GetOp,
    Item,
    ListNamespacesOp,
    Op,
    PutOp,
    Result,
    SearchItem,
    SearchOp,
    validate_op_namespace,
)

from podium.core.clock import from_iso, to_iso
from podium.storage import store_rows
from podium.storage.store_matching import lexical_scores, likeness, passes, texts_of, words_of
from podium.storage.store_rows import Namespace, StoredItem, Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from podium.models.embedding import Embedder

_Found: TypeAlias = StoredItem | list[StoredItem] | list[Namespace] | None


@dataclass(frozen=True, slots=True)
class Searching:
    """How the store searches.

    Attributes:
        fields: The paths that are searched where an item names none.
        embedder: Compares meanings; None to compare words.
    """

    fields: Sequence[str] = ("$",)
    embedder: Embedder | None = None


@dataclass(slots=True)
class Batch:
    """One batch; its steps are called in the order in which they stand here.

    As in LangGraph's own stores, a batch reads what was there before it, and of several puts of one item the
    last one counts.

    Attributes:
        ops: The operations.
        window: Whose part of the store, and when.
        searching: How it is searched.
    """

    ops: Sequence[Op]
    window: Window
    searching: Searching
    _found: list[_Found] = field(default_factory=list)
    _vectors: dict[str, NDArray[Any]] = field(default_factory=dict)
    _mended: dict[tuple[Namespace, str], StoredItem] = field(default_factory=dict)
    _kept_on: list[StoredItem] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Refuse what no store takes.

        Raises:
            TypeError: An operation is of another kind.
            ValueError: A namespace has a label that is empty or has a dot.
        """
        for op in self.ops:
            if not isinstance(op, GetOp | SearchOp | ListNamespacesOp | PutOp):
                raise TypeError(f"Unknown operation type: {type(op)}")
            validate_op_namespace(op)

    @property
    def is_short(self) -> bool:
        """Whether nothing in it may take long: no search, nothing to embed."""
        embeds = self.searching.embedder is not None
        return not any(isinstance(op, SearchOp | PutOp if embeds else SearchOp) for op in self.ops)

    def read(self, connection: sqlite3.Connection) -> None:
        """Read what the operations ask for."""
        self._found = [self._reading(connection, op) for op in self.ops]

    def embed(self) -> None:
        """Turn all texts into vectors whose likeness is asked for or will be; takes its time."""
        embedder = self.searching.embedder
        if embedder is None:
            return
        stale = list(self._stale(embedder))
        texts = [op.query for op in self.ops if isinstance(op, SearchOp) and op.query]
        held = ((one.item.value, one.fields) for one in stale)
        for value, fields in (*self._written(), *held):
            texts += texts_of(value, fields, self.searching.fields)
        wanted = list(dict.fromkeys(texts))
        self._vectors = dict(zip(wanted, embedder.embed(wanted), strict=True)) if wanted else {}
        for one in stale:
            self._mended[one.item.namespace, one.item.key] = self._embedded(one)

    def results(self) -> list[Result]:
        """What each operation gives.

        Raises:
            ValueError: A filter has an operator that there is not.
        """
        return [self._result(op, found) for op, found in zip(self.ops, self._found, strict=True)]

    @property
    def writes(self) -> bool:
        """Whether anything has to be written; known once the results are."""
        return bool(self._mended or self._kept_on) or any(isinstance(op, PutOp) for op in self.ops)

    def write(self, connection: sqlite3.Connection) -> None:
        """Write what was put, how long what was read is kept now, and vectors that were missing."""
        window = self.window
        store_rows.set_vectors(connection, window.partition, self._mended.values())
        store_rows.set_expiry(
            connection,
            window.partition,
            [
                (self._expiry(one.ttl_minutes), one.item.namespace, one.item.key)
                for one in self._kept_on
                if one.ttl_minutes is not None
            ],
        )
        for op in {(op.namespace, op.key): op for op in self.ops if isinstance(op, PutOp)}.values():
            if op.value is None:
                store_rows.delete(connection, window.partition, op.namespace, op.key)
                continue
            expires_at = None if op.ttl is None else self._expiry(op.ttl)
            store_rows.put(connection, window, self._embedded(self._new(op, dict(op.value))), expires_at)

    # --- reading ---------------------------------------------------------------------------------

    def _reading(self, connection: sqlite3.Connection, op: Op) -> _Found:
        if isinstance(op, GetOp):
            return store_rows.find(connection, self.window, op.namespace, op.key)
        if isinstance(op, SearchOp):
            page = None if op.filter or op.query else (op.limit, op.offset)
            return store_rows.under(connection, self.window, op.namespace_prefix, page)
        if isinstance(op, ListNamespacesOp):
            return store_rows.namespaces(connection, self.window, op)
        return None

    # --- embedding -------------------------------------------------------------------------------

    def _written(self) -> Iterable[tuple[Mapping[str, Any], store_rows.Fields]]:
        return ((op.value, op.index) for op in self.ops if isinstance(op, PutOp) and op.value is not None)

    def _stale(self, embedder: Embedder) -> Iterable[StoredItem]:
        """Items a question is asked of whose vectors were never made, or by another model."""
        for op, found in zip(self.ops, self._found, strict=True):
            if isinstance(op, SearchOp) and op.query:
                yield from (
                    one for one in _items(found) if one.fields is not False and one.embedder != embedder.name
                )

    def _new(self, op: PutOp, value: dict[str, Any]) -> StoredItem:
        moment = from_iso(self.window.now)
        item = Item(value=value, key=op.key, namespace=op.namespace, created_at=moment, updated_at=moment)
        return StoredItem(item, op.ttl, op.index)

    def _embedded(self, stored: StoredItem) -> StoredItem:
        embedder = self.searching.embedder
        if embedder is None or stored.fields is False:
            return stored
        import numpy as np

        texts = texts_of(stored.item.value, stored.fields, self.searching.fields)
        vectors = np.concatenate([self._vectors[text] for text in texts]) if texts else None
        return replace(stored, embedder=embedder.name, vectors=vectors)

    # --- results ---------------------------------------------------------------------------------

    def _result(self, op: Op, found: _Found) -> Result:
        if isinstance(op, GetOp):
            return self._read_now(op.refresh_ttl, _items(found))[0].item if found else None
        if isinstance(op, SearchOp):
            return self._searched(op, _items(found))
        if isinstance(op, ListNamespacesOp):
            return [one for one in found or () if isinstance(one, tuple)] if isinstance(found, list) else []
        return None

    def _searched(self, op: SearchOp, found: list[StoredItem]) -> list[SearchItem]:
        scored: list[tuple[StoredItem, float | None]] = [(one, None) for one in found]
        if op.filter or op.query:
            kept = [one for one in found if passes(one.item, op.filter)]
            scored = self._ranked(op.query, kept) if op.query else [(one, None) for one in kept]
            scored = scored[op.offset :][: op.limit]
        self._read_now(op.refresh_ttl, [one for one, _ in scored])
        return [_shown(one.item, score) for one, score in scored]

    def _ranked(self, query: str, found: list[StoredItem]) -> list[tuple[StoredItem, float | None]]:
        """The items that answer a question best first; those that are not searched last, without a score."""
        scores = self._likenesses(query, found) if self.searching.embedder else self._overlaps(query, found)
        ranked = list(zip(found, scores, strict=True))
        return sorted(ranked, key=lambda one: (one[1] is None, -(one[1] or 0.0)))

    def _likenesses(self, query: str, found: list[StoredItem]) -> list[float | None]:
        asked = self._vectors[query]
        current = [self._mended.get((one.item.namespace, one.item.key), one) for one in found]
        return [None if one.vectors is None else likeness(asked, one.vectors) for one in current]

    def _overlaps(self, query: str, found: list[StoredItem]) -> list[float | None]:
        words = [words_of(one.item.value, one.fields, self.searching.fields) for one in found]
        scores = lexical_scores(query, words)
        return [None if one.fields is False else score for one, score in zip(found, scores, strict=True)]

    def _read_now(self, refreshes: bool, read: list[StoredItem]) -> list[StoredItem]:
        if refreshes:
            self._kept_on += [one for one in read if one.ttl_minutes is not None]
        return read

    def _expiry(self, minutes: float) -> str:
        return to_iso(from_iso(self.window.now) + timedelta(minutes=minutes))


def _items(found: _Found) -> list[StoredItem]:
    listed = found if isinstance(found, list) else [found]
    return [one for one in listed if isinstance(one, StoredItem)]


def _shown(item: Item, score: float | None) -> SearchItem:
    return SearchItem(item.namespace, item.key, item.value, item.created_at, item.updated_at, score)
