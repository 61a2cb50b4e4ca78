"""The index of vectors: its contract, and one that lives in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]


class Hit(NamedTuple):
    """A chunk near a query."""

    id: str
    similarity: float
    """Cosine, in -1..1."""


@dataclass(frozen=True, slots=True)
class Space:
    """Vectors that may be compared: one collection of documents under one embedding model.

    Attributes:
        collection: The collection of documents.
        embedder: Name of the embedding model.
        dimensions: Length of a vector.
    """

    collection: str
    embedder: str
    dimensions: int


class Index(Protocol):
    """Finds the stored vectors nearest to one. It knows ids alone: text and sources live in the catalog."""

    def upsert(self, space: Space, ids: Sequence[str], vectors: Vectors) -> None:
        """Store vectors of length 1, replacing those of the same id; durable when it returns."""
        ...

    def delete(self, space: Space, ids: Sequence[str]) -> None:
        """Drop vectors; an unknown id is no error."""
        ...

    def query(self, space: Space, vector: Vectors, k: int) -> list[Hit]:
        """The nearest vectors, most similar first; at most `k`."""
        ...

    def similarities(self, space: Space, vector: Vectors, ids: Sequence[str]) -> dict[str, float]:
        """The cosine of the vector and each of the stored ones; an unknown id is left out."""
        ...

    def ids(self, space: Space) -> set[str]:
        """Every id that is stored."""
        ...

    def count(self, space: Space) -> int:
        """How many vectors are stored."""
        ...

    def reopen(self) -> None:
        """Forget what is cached: another process may have written."""
        ...

    def close(self) -> None:
        """Let go of files and memory."""
        ...


class MemoryIndex:
    """Keeps vectors in memory and compares all of them: for tests and small, short-lived knowledge bases."""

    def __init__(self) -> None:
        self._spaces: dict[Space, dict[str, Vectors]] = {}

    def upsert(self, space: Space, ids: Sequence[str], vectors: Vectors) -> None:
        """Store vectors, replacing those of the same id."""
        self._spaces.setdefault(space, {}).update(zip(ids, vectors, strict=True))

    def delete(self, space: Space, ids: Sequence[str]) -> None:
        """Drop vectors."""
        stored = self._spaces.get(space, {})
        for chunk_id in ids:
            stored.pop(chunk_id, None)

    def query(self, space: Space, vector: Vectors, k: int) -> list[Hit]:
        """The nearest vectors, most similar first."""
        found = self.similarities(space, vector, list(self._spaces.get(space, {})))
        ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        return [Hit(chunk_id, similarity) for chunk_id, similarity in ranked[:k]]

    def similarities(self, space: Space, vector: Vectors, ids: Sequence[str]) -> dict[str, float]:
        """The cosine of the vector and each of the stored ones."""
        stored = self._spaces.get(space, {})
        return {chunk_id: float(stored[chunk_id] @ vector) for chunk_id in ids if chunk_id in stored}

    def ids(self, space: Space) -> set[str]:
        """Every id that is stored."""
        return set(self._spaces.get(space, {}))

    def count(self, space: Space) -> int:
        """How many vectors are stored."""
        return len(self._spaces.get(space, {}))

    def reopen(self) -> None:
        """Nothing is cached."""

    def close(self) -> None:
        """Forget everything."""
        self._spaces.clear()
