"""The knowledge base: documents in, evidence out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Self

from podium.core.crashpoints import CrashPoints, NoCrashPoints
from podium.core.errors import KnowledgeError, NotFound, UnknownName
from podium.core.evidence import Evidence
from podium.core.ids import digest_of
from podium.core.labels import Reads
from podium.core.principal import PUBLIC
from podium.core.settings import CollectionSettings
from podium.knowledge.browsing import Browser
from podium.knowledge.catalog import Catalog
from podium.knowledge.changes import ChangeRecorder, KnowledgeAct, KnowledgeChange, changed_documents
from podium.knowledge.chroma import ChromaIndex
from podium.knowledge.chunking import Chunker
from podium.knowledge.documents import DocumentInfo, IngestProgress, IngestReport
from podium.knowledge.explanation import Explained, Explanation
from podium.knowledge.index import Index
from podium.knowledge.ingest import Ingest, IngestOptions, Scanner, sweep
from podium.knowledge.lexical import Analyzer
from podium.knowledge.loaders import DEFAULT_LIMIT
from podium.knowledge.locking import only_writer
from podium.knowledge.ranking import Weights
from podium.knowledge.retrieval import Query, Retrieval
from podium.knowledge.snapshot import Snapshot
from podium.models.embedding import BUNDLED, Embedder, open_embedder

if TYPE_CHECKING:
    from podium.models.embedding import Vectors

_QUERY_LIMIT = 4_000


class KnowledgeBase:
    """Collections of documents in a folder, searched by words and by meaning.

    ::

        base = KnowledgeBase(".podium/knowledge")
        base.ingest(["handbook"])
        for evidence in base.search("how long is the warranty?"):
            print(evidence.source, evidence.start, evidence.end, evidence.text)

    It may be used from several threads. One process ingests at a time; others see its result at their next
    search.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        collections: Mapping[str, CollectionSettings] | None = None,
        embedder: Embedder | str = BUNDLED,
        index: Index | None = None,
        chunker: Chunker | None = None,
        scanner: Scanner | None = None,
        scanner_version: str = "",
        base: Path | str | None = None,
        limit: int = DEFAULT_LIMIT,
        weights: Weights | None = None,
        crash_points: CrashPoints | None = None,
        recorder: ChangeRecorder | None = None,
    ) -> None:
        """Name the parts; nothing is opened or created before it is used.

        Args:
            path: Folder of the knowledge base, such as `.podium/knowledge`.
            collections: Collections that are declared, with their trust and access; None allows any name.
            embedder: An embedding model, or the name of one.
            index: Where vectors go; None for Chroma in the folder.
            chunker: How documents are cut.
            scanner: Looks at every passage at ingest.
            scanner_version: Changes when the scanner judges otherwise.
            base: Folder that stored paths are relative to; None for the knowledge base's own.
            limit: Largest file in bytes.
            weights: How the parts of a score count.
            crash_points: Told of every step of an ingest, for tests.
            recorder: Told what an ingest or a deletion has changed, also of one that failed midway.
        """
        self._folder = Path(path)
        self._collections = dict(collections) if collections is not None else None
        self._embedder_source = embedder
        self._embedder_opened: Embedder | None = None if isinstance(embedder, str) else embedder
        self._catalog = Catalog(self._folder / "catalog.db")
        self._index: Index = index if index is not None else ChromaIndex(self._folder / "chroma")
        self._chunker = chunker or Chunker()
        self._analyzer = Analyzer()
        self._base = Path(base) if base is not None else self._folder
        self._options = IngestOptions(
            limit=limit,
            scanner=scanner,
            scanner_version=scanner_version,
            crash_points=crash_points or NoCrashPoints(),
        )
        self._recorder = recorder
        self._lock = RLock()
        self._retrieval = Retrieval(
            catalog=self._catalog,
            index=self._index,
            analyzer=self._analyzer,
            lexical_path=self._folder / "lexical.npz",
            weights=weights or Weights(),
        )

    def ingest(
        self,
        paths: Iterable[Path | str],
        collection: str = "default",
        *,
        prune: bool = False,
        progress: Callable[[IngestProgress], None] | None = None,
        by: str = "",
    ) -> IngestReport:
        """Bring a collection in step with files and folders; what has not changed is not touched.

        Args:
            paths: Files and folders. A document that came from one of them and is gone is removed.
            collection: Name of the collection.
            prune: Whether the paths are all that the collection is made of: all else is removed.
            progress: Told after every file.
            by: Who does it, for the record.

        Raises:
            UnknownName: Nobody declared the collection.
            KnowledgeError: Another process is ingesting, or the index cannot be written.
            StorageError: The folder cannot be written.
        """
        self._check(collection)
        given = [Path(path) for path in paths]
        with self._changing("ingest", collection, by):
            ingest = Ingest(
                catalog=self._catalog,
                index=self._index,
                embedder=self._embedder(),
                chunker=self._chunker,
                analyzer=self._analyzer,
                base=self._base.absolute(),
                collection=collection,
                options=replace(self._options, prune=prune, progress=progress),
            )
            report = ingest.run(given)
            self._retrieval.refresh(own=True)
            with suppress(OSError):  # it only spares the next process from building it
                self._retrieval.save_lexical()
            return report

    async def aingest(
        self,
        paths: Iterable[Path | str],
        collection: str = "default",
        *,
        prune: bool = False,
        progress: Callable[[IngestProgress], None] | None = None,
        by: str = "",
    ) -> IngestReport:
        """The same as `ingest`, on a thread of its own, so that the event loop goes on."""
        return await asyncio.to_thread(self.ingest, paths, collection, prune=prune, progress=progress, by=by)

    def remove(self, source: str, collection: str, *, by: str = "") -> bool:
        """Take a document out; its file is left alone, so that an ingest of it brings it back.

        Args:
            source: As evidence names it.
            collection: Where it lies.
            by: Who does it, for the record.

        Returns:
            Whether it was there.

        Raises:
            KnowledgeError: Another process is ingesting, or the index cannot be written.
        """
        with self._changing("delete", collection, by):
            if self._catalog.document(collection, source) is None:
                return False
            self._catalog.hide(collection, [source])
            sweep(self._catalog, self._index, self._options.crash_points.hit)
            self._retrieval.refresh(own=True)
            return True

    @contextmanager
    def _changing(self, act: KnowledgeAct, collection: str, by: str) -> Iterator[None]:
        """Let nobody else write, and tell what was changed, however it ends."""
        with self._lock, only_writer(self._folder / "ingest.lock"):
            before = self._retrieval.refresh()
            try:
                yield
            finally:
                after = self._retrieval.refresh(own=True)
                if self._recorder and (changed := changed_documents(before, after, collection)):
                    versions = [self._version_of(one) if one.documents else "" for one in (before, after)]
                    self._recorder(KnowledgeChange(act, collection, by, changed, *versions))

    def search(
        self,
        query: str,
        k: int = 8,
        *,
        collections: Sequence[str] | None = None,
        as_of: date | str | None = None,
        reads: Reads | None = None,
    ) -> list[Evidence]:
        """The passages that speak most to the query, best first.

        Args:
            query: A question or words, in a user's language.
            k: How many passages at most.
            collections: Where to look; None for everywhere.
            as_of: Look at what was in force on that day: later documents do not exist, and what they replaced
                counts.
            reads: Which access labels count: collections with another are not searched, as if they were not
                there. None for all.

        Raises:
            UnknownName: There is no such collection.
            KnowledgeError: The index cannot be read, or was made with another embedding model.
        """
        wanted = self._wanted(query, k, collections, as_of, reads)
        if not wanted.text:
            return []
        return [self._declare(evidence) for evidence in self._retrieval.search(wanted, self._embedder)]

    def explain(
        self,
        query: str,
        k: int = 8,
        *,
        collections: Sequence[str] | None = None,
        as_of: date | str | None = None,
        reads: Reads | None = None,
    ) -> Explained:
        """The same as `search`, and why each passage was found."""
        wanted = self._wanted(query, k, collections, as_of, reads)
        if not wanted.text:
            return Explained([], Explanation())
        explained = self._retrieval.explain(wanted, self._embedder)
        return replace(explained, found=[self._declare(evidence) for evidence in explained.found])

    def _wanted(
        self,
        query: str,
        k: int,
        collections: Sequence[str] | None,
        as_of: date | str | None,
        reads: Reads | None,
    ) -> Query:
        if k < 1:
            raise ValueError("k must be at least 1")
        for name in collections or ():
            self._check(name, known=self.snapshot().collections(), reads=reads)
        day = as_of.isoformat() if isinstance(as_of, date) else (as_of or "")
        among = None if collections is None else frozenset(collections)
        held = self.snapshot().collections() if reads is not None else ()
        readable = frozenset(name for name in held if reads is None or reads(self._access(name)))
        hides = len(readable) < len(held)
        return Query(query[:_QUERY_LIMIT].strip(), k, among, day[:10], readable if hides else None)

    async def asearch(
        self,
        query: str,
        k: int = 8,
        *,
        collections: Sequence[str] | None = None,
        as_of: date | str | None = None,
        reads: Reads | None = None,
    ) -> list[Evidence]:
        """The same as `search`, on a thread of its own, so that the event loop goes on."""
        return await asyncio.to_thread(
            self.search, query, k, collections=collections, as_of=as_of, reads=reads
        )

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The texts as the embedding model of the knowledge base sees them: unit rows, one for each text."""
        return self._embedder().embed(texts)

    def documents(self, collection: str | None = None, *, reads: Reads | None = None) -> list[DocumentInfo]:
        """The documents, by collection and source.

        Args:
            collection: Only those of it; None for all.
            reads: Which access labels count; None for all.
        """
        replaced = {(d.collection, d.source): d.superseded_by for d in self.snapshot().documents}
        return [
            replace(info, superseded_by=replaced.get((info.collection, info.source), info.superseded_by))
            for info in self._catalog.documents()
            if collection in (None, info.collection)
            and (reads is None or reads(self._access(info.collection)))
        ]

    @property
    def browser(self) -> Browser:
        """Looks into documents page by page."""
        return Browser(self._catalog, self.snapshot)

    def read(self, source: str, *, collection: str | None = None) -> str:
        """The text that the spans of a source refer to.

        Args:
            source: As evidence names it.
            collection: Where to look first; None for everywhere.

        Raises:
            NotFound: There is no such document.
        """
        text = self._catalog.text(source, collection)
        if text is None:
            raise NotFound(
                f"no document {source!r} in the knowledge base", hint="'podium ingest PATH' adds documents."
            )
        return text

    @property
    def version(self) -> str:
        """Identifies what is in the knowledge base: the same documents and recipe give the same version."""
        return self._version_of(self.snapshot())

    def _version_of(self, snapshot: Snapshot) -> str:
        parts = [f"{d.collection}\x1f{d.source}\x1f{d.version}\x1f{d.embedder}" for d in snapshot.documents]
        return digest_of("\x1e".join([self._chunker.name, *sorted(parts)]).encode())[:16]

    def snapshot(self) -> Snapshot:
        """What a search would see now."""
        return self._retrieval.refresh()

    def warm(self) -> None:
        """Load what a first search would load, such as in the background of a start."""
        self.search("warm up", 1)

    def close(self) -> None:
        """Let go of files."""
        with self._lock:
            self._index.close()
            self._catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def aclose(self) -> None:
        """The same as `close`, on a thread of its own."""
        await asyncio.to_thread(self.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def _embedder(self) -> Embedder:
        with self._lock:
            if self._embedder_opened is None:
                if not isinstance(self._embedder_source, str):
                    raise KnowledgeError("the knowledge base has no embedding model")
                self._embedder_opened = open_embedder(self._embedder_source)
            return self._embedder_opened

    def _access(self, collection: str) -> str:
        """The access label of a collection; one that nobody declared is for everybody."""
        settings = (self._collections or {}).get(collection)
        return PUBLIC if settings is None else settings.access

    def _check(self, collection: str, *, known: Sequence[str] = (), reads: Reads | None = None) -> None:
        if self._collections is None and not known:
            return
        there = {*(self._collections or ()), *known}
        found = {name for name in there if reads is None or reads(self._access(name))}
        if collection in found:
            return
        names = ", ".join(sorted(found)) or "none"
        raise UnknownName(
            f"no collection {collection!r}; there are: {names}",
            hint="Declare it under [knowledge.collections].",
        )

    def _declare(self, evidence: Evidence) -> Evidence:
        settings = (self._collections or {}).get(evidence.collection)
        if settings is None:
            return evidence
        return evidence.model_copy(update={"trust": settings.trust, "access": settings.access})
