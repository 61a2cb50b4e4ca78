"""Vectors in an embedded Chroma folder.

Writing goes through Chroma's client. Reading opens the same folder through the Rust bindings under that
client: importing the client takes 1.5 s, the bindings 0.07 s, and a question that only searches need not pay
for it. Where the bindings differ from what this module knows, reading goes through the client as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, Protocol

from podium.core.errors import KnowledgeError
from podium.core.late_imports import put_off_grammars
from podium.knowledge.index import Hit, Space
from podium.knowledge.zeroed_memory import zeroed_memory

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

_TENANT = "default_tenant"
_DATABASE = "default_database"
_BATCH = 1_000
_HNSW_CACHE = 64


class _Reader(Protocol):
    """What reading needs of Chroma; a space is found by its name."""

    def query(self, name: str, vector: list[float], k: int) -> list[tuple[str, float]]:
        """Ids and cosine distances."""
        ...

    def vectors(self, name: str, ids: list[str]) -> dict[str, Any]:
        """The stored vectors of the ids."""
        ...

    def ids(self, name: str) -> list[str]:
        """Every id."""
        ...

    def count(self, name: str) -> int:
        """How many there are."""
        ...


class ChromaIndex:
    """An index in a Chroma folder; one process writes it at a time, any number read it."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; nothing is opened or created before it is used.

        Args:
            folder: Chroma's folder.
        """
        self._folder = folder
        self._lock = RLock()
        self._reader: _Reader | None = None
        self._writer: _ClientAccess | None = None

    def upsert(self, space: Space, ids: Sequence[str], vectors: Vectors) -> None:
        """Store vectors, replacing those of the same id."""
        with self._lock, _using(self._folder):
            writer = self._open_writer()
            for start in range(0, len(ids), _BATCH):
                writer.upsert(
                    _name(space), list(ids[start : start + _BATCH]), vectors[start : start + _BATCH]
                )

    def delete(self, space: Space, ids: Sequence[str]) -> None:
        """Drop vectors."""
        with self._lock, _using(self._folder):
            writer = self._open_writer()
            for start in range(0, len(ids), _BATCH):
                writer.delete(_name(space), list(ids[start : start + _BATCH]))

    def query(self, space: Space, vector: Vectors, k: int) -> list[Hit]:
        """The nearest vectors, most similar first."""
        with self._lock, _using(self._folder):
            reader = self._open_reader()
            if reader is None:
                return []
            found = reader.query(_name(space), vector.tolist(), k)
            return [Hit(chunk_id, 1.0 - distance) for chunk_id, distance in found]

    def similarities(self, space: Space, vector: Vectors, ids: Sequence[str]) -> dict[str, float]:
        """The cosine of the vector and each of the stored ones."""
        import numpy as np

        with self._lock, _using(self._folder):
            reader = self._open_reader()
            if reader is None or not ids:
                return {}
            stored = reader.vectors(_name(space), list(ids))
        return {
            chunk_id: float(np.asarray(row, dtype=np.float32) @ vector) for chunk_id, row in stored.items()
        }

    def ids(self, space: Space) -> set[str]:
        """Every id that is stored."""
        with self._lock, _using(self._folder):
            reader = self._open_reader()
            return set(reader.ids(_name(space))) if reader is not None else set()

    def count(self, space: Space) -> int:
        """How many vectors are stored."""
        with self._lock, _using(self._folder):
            reader = self._open_reader()
            return reader.count(_name(space)) if reader is not None else 0

    def reopen(self) -> None:
        """Let the next call read the folder afresh."""
        self.close()

    def close(self) -> None:
        """Let go of the folder."""
        with self._lock:
            self._reader = None
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def _open_reader(self) -> _Reader | None:
        if self._writer is not None:
            return self._writer
        if self._reader is None and (self._folder / "chroma.sqlite3").is_file():
            self._reader = _BindingsAccess.open(self._folder) or self._open_writer()
        return self._reader

    def _open_writer(self) -> _ClientAccess:
        if self._writer is None:
            self._reader = None
            self._folder.mkdir(parents=True, exist_ok=True)
            self._writer = _ClientAccess(self._folder)
        return self._writer


class _ClientAccess:
    """Chroma's own client."""

    def __init__(self, folder: Path) -> None:
        put_off_grammars()
        import chromadb
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False)
        self._client: Any = chromadb.PersistentClient(path=str(folder), settings=settings)

    def upsert(self, name: str, ids: list[str], vectors: Vectors) -> None:
        collection = self._client.get_or_create_collection(
            name, configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
        )
        collection.upsert(ids=ids, embeddings=vectors)

    def delete(self, name: str, ids: list[str]) -> None:
        if (collection := self._collection(name)) is not None:
            collection.delete(ids=ids)

    def query(self, name: str, vector: list[float], k: int) -> list[tuple[str, float]]:
        collection = self._collection(name)
        if collection is None or not (held := collection.count()):
            return []
        found = collection.query(query_embeddings=[vector], n_results=min(k, held), include=["distances"])
        return list(zip(found["ids"][0], found["distances"][0], strict=True))

    def vectors(self, name: str, ids: list[str]) -> dict[str, Any]:
        collection = self._collection(name)
        if collection is None:
            return {}
        found = collection.get(ids=ids, include=["embeddings"])
        return dict(zip(found["ids"], found["embeddings"], strict=True))

    def ids(self, name: str) -> list[str]:
        collection = self._collection(name)
        return list(collection.get(include=[])["ids"]) if collection is not None else []

    def count(self, name: str) -> int:
        collection = self._collection(name)
        return int(collection.count()) if collection is not None else 0

    def close(self) -> None:
        self._client.close()

    def _collection(self, name: str) -> Any | None:
        from chromadb.errors import NotFoundError

        try:
            return self._client.get_collection(name, embedding_function=None)
        except NotFoundError:
            return None


class _BindingsAccess:
    """The folder through Chroma's Rust bindings, for reading alone."""

    def __init__(self, bindings: Any) -> None:
        self._bindings = bindings
        self._known: dict[str, str] = {}

    @classmethod
    def open(cls, folder: Path) -> _BindingsAccess | None:
        """Open the folder; None where the bindings are not those this module knows."""
        try:
            rust: Any = import_module("chromadb_rust_bindings")

            database = rust.SqliteDBConfig(
                hash_type=rust.MigrationHash.MD5,
                migration_mode=rust.MigrationMode.Validate,
                url=str(folder / "chroma.sqlite3"),
            )
            bindings = rust.Bindings(
                allow_reset=False,
                sqlite_db_config=database,
                persist_path=str(folder),
                hnsw_cache_size=_HNSW_CACHE,
            )
        except (ImportError, AttributeError, TypeError):
            return None
        return cls(bindings)

    def query(self, name: str, vector: list[float], k: int) -> list[tuple[str, float]]:
        held = self._id(name)
        if held is None or not (count := self._bindings.count(held, _TENANT, _DATABASE)):
            return []
        found = self._bindings.query(
            held, None, [vector], min(k, count), None, None, ["distances"], _TENANT, _DATABASE
        )
        return list(zip(found.ids[0], found.distances[0], strict=True))

    def vectors(self, name: str, ids: list[str]) -> dict[str, Any]:
        held = self._id(name)
        if held is None:
            return {}
        found = self._bindings.get(held, ids, None, None, 0, None, ["embeddings"], _TENANT, _DATABASE)
        return dict(zip(found.ids, found.embeddings, strict=True))

    def ids(self, name: str) -> list[str]:
        held = self._id(name)
        if held is None:
            return []
        return list(self._bindings.get(held, None, None, None, 0, None, [], _TENANT, _DATABASE).ids)

    def count(self, name: str) -> int:
        held = self._id(name)
        return int(self._bindings.count(held, _TENANT, _DATABASE)) if held is not None else 0

    def _id(self, name: str) -> str | None:
        if name not in self._known:
            for collection in self._bindings.list_collections(None, None, _TENANT, _DATABASE):
                self._known[collection.name] = str(collection.id)
        return self._known.get(name)


def _name(space: Space) -> str:
    """The name of the space in Chroma: one per collection and embedding model."""
    digest = hashlib.sha256(f"{space.embedder}:{space.dimensions}".encode()).hexdigest()
    return f"{space.collection}-{digest[:12]}"


@contextmanager
def _using(folder: Path) -> Iterator[None]:
    """For every call of Chroma: any of them may write the files of a small index anew."""
    with zeroed_memory(), _explained(folder):
        yield


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Turns what Chroma raises, a panic of its native code included, into one clear error."""
    try:
        yield
    except (KnowledgeError, KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
        raise
    except BaseException as error:  # a panic of the native code is no Exception
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise KnowledgeError(
            f"the vector index in {folder} cannot be used: {reason}",
            hint="If it stays so, delete that folder and run 'podium ingest' again: documents are not lost.",
        ) from error
