"""Ingest: brings a collection in step with the files it is made of.

A document is read, cut, embedded, and its vectors written; only then does one transaction of the catalog show
it in place of its former version. An ingest that is killed leaves each document either as it was or as it is
now, and the next one completes it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from podium.core.crashpoints import CrashPoints, NoCrashPoints
from podium.core.errors import KnowledgeError
from podium.core.ids import derived_id, digest_of
from podium.core.verdict import Verdict
from podium.knowledge.catalog import Catalog
from podium.knowledge.chunking import Chunk, Chunker
from podium.knowledge.documents import Document, IngestFailure, IngestProgress, IngestReport
from podium.knowledge.index import Index, Space
from podium.knowledge.lexical import Analyzer
from podium.knowledge.loaders import DEFAULT_LIMIT, Found, find_files, parse, read_bytes
from podium.knowledge.rows import ChunkRow, Entry, Stored
from podium.models.embedding import Embedder

Scanner = Callable[[str], Sequence[Verdict] | None]
"""Says what guardrails think of a passage; None or nothing when it may be used."""

_BATCH_CHUNKS = 48


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """How an ingest behaves.

    Attributes:
        limit: Largest file in bytes.
        scanner: Looks at every passage; one it filters or refuses is withheld from search.
        scanner_version: Changes when the scanner judges otherwise, so that documents are looked at again.
        prune: Whether the paths are all that the collection is made of, so that everything else is removed.
        progress: Told after every file.
        crash_points: Told of every step, for tests.
    """

    limit: int = DEFAULT_LIMIT
    scanner: Scanner | None = None
    scanner_version: str = ""
    prune: bool = False
    progress: Callable[[IngestProgress], None] | None = None
    crash_points: CrashPoints = field(default_factory=NoCrashPoints)


def sweep(catalog: Catalog, index: Index, reached: Callable[[str], None]) -> None:
    """Drop vectors that no document needs, those of an ingest that died included.

    Args:
        catalog: Where documents are listed.
        index: Where vectors are.
        reached: Told of every step.
    """
    for space, ids in catalog.garbage().items():
        index.delete(space, ids)
        reached("swept")
        catalog.forget(space, ids)


class Ingest:
    """One ingest into one collection."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        index: Index,
        embedder: Embedder,
        chunker: Chunker,
        analyzer: Analyzer,
        base: Path,
        collection: str,
        options: IngestOptions,
    ) -> None:
        """Bind the parts.

        Args:
            catalog: Where documents are listed.
            index: Where vectors go.
            embedder: Makes them.
            chunker: Cuts documents.
            analyzer: Makes the terms of lexical search.
            base: The folder that stored paths are relative to, so that a project can be moved.
            collection: Name of the collection.
            options: How to behave.
        """
        self._catalog = catalog
        self._index = index
        self._embedder = embedder
        self._chunker = chunker
        self._analyzer = analyzer
        self._base = base
        self._options = options
        self._space = Space(collection, embedder.name, embedder.dimensions)
        self._recipe = f"{chunker.name}|{embedder.name}|{options.scanner_version}"
        self._added: list[str] = []
        self._updated: list[str] = []
        self._unchanged: list[str] = []
        self._failed: list[IngestFailure] = []
        self._waiting: list[Entry] = []
        self._lost = False
        self._done = 0
        self._total = 0

    def run(self, paths: Iterable[Path]) -> IngestReport:
        """Ingest the files and folders.

        Args:
            paths: What the collection is made of; what came from one of them and is gone is removed.

        Raises:
            KnowledgeError: The index cannot be written.
            StorageError: The catalog cannot be written.
        """
        begun = time.monotonic()
        self._sweep()
        self._lost = self._index.count(self._space) < self._catalog.count(self._space)
        roots = [path.absolute() for path in paths]
        before = self._catalog.stored(self._space.collection)
        found = self._find(roots, before)
        self._total = len(found)
        for source, file in found.items():
            self._take(source, file, before.get(source))
        self._flush()
        removed = self._remove(roots, found, before)
        self._sweep()
        return IngestReport(
            collection=self._space.collection,
            added=tuple(self._added),
            updated=tuple(self._updated),
            unchanged=tuple(self._unchanged),
            removed=tuple(removed),
            failed=tuple(self._failed),
            chunks=self._catalog.count(self._space),
            seconds=time.monotonic() - begun,
        )

    def _find(self, roots: list[Path], before: dict[str, Stored]) -> dict[str, Found]:
        """The files by source. A source that is taken by another file gets its folder's name in front."""
        known = {(item.path): item for item in before.values()}
        found: dict[str, Found] = {}
        for root in roots:
            try:
                files = list(find_files(root))
            except KnowledgeError as error:
                if not any(item.root == self._relative(root) for item in before.values()):
                    self._fail(root.name, error)
                continue
            for file in files:
                source = known[path].source if (path := self._relative(file.path)) in known else file.source
                if (source in found and found[source].path != file.path) or (
                    path not in known
                    and (other := before.get(source))
                    and (self._base / other.path).is_file()
                ):
                    source = f"{root.name}/{source}"
                found[source] = file
        return found

    def _take(self, source: str, file: Found, former: Stored | None) -> None:
        try:
            data = read_bytes(file, limit=self._options.limit)
            if (
                former
                and not self._lost
                and (former.version, former.recipe) == (digest_of(data), self._recipe)
            ):
                self._unchanged.append(source)
                self._finished(source)
                return
            entry = self._entry(parse(data, source), file, former)
        except KnowledgeError as error:
            self._fail(source, error)
            self._finished(source)
            return
        (self._updated if former else self._added).append(source)
        self._waiting.append(entry)
        if sum(len(item.chunks) for item in self._waiting) >= _BATCH_CHUNKS:
            self._flush()

    def _entry(self, document: Document, file: Found, former: Stored | None) -> Entry:
        rows = []
        for chunk in self._chunker.chunks(document):
            flags = self._scan(document.source, chunk)
            if flags is None:
                continue
            chunk_id = derived_id(
                self._space.collection, document.source, document.version, str(chunk.start), str(chunk.end)
            )
            rows.append(ChunkRow(chunk_id, chunk, tuple(self._analyzer.terms(chunk.searchable())), flags))
        path = self._relative(file.path)
        root = former.root if former and former.path == path else self._relative(file.root)
        return Entry(document, root, path, self._recipe, self._space, tuple(rows))

    def _scan(self, source: str, chunk: Chunk) -> tuple[str, ...] | None:
        """The rules that a passage breaks; None when it is withheld."""
        if self._options.scanner is None:
            return ()
        broken = [verdict for verdict in self._options.scanner(chunk.text) or () if not verdict.passed]
        if not any(verdict.outcome in ("filter", "refuse") for verdict in broken):
            return tuple(dict.fromkeys(verdict.rule for verdict in broken))
        rules = ", ".join(dict.fromkeys(verdict.rule for verdict in broken))
        self._failed.append(
            IngestFailure(
                source,
                "passage_withheld",
                f"{source} at {chunk.start}-{chunk.end} is withheld from search: {rules}",
                "Look at the passage; the rest of the document is searched.",
            )
        )
        return None

    def _flush(self) -> None:
        if not self._waiting:
            return
        entries, self._waiting = self._waiting, []
        rows = [row for entry in entries for row in entry.chunks]
        ids = [row.id for row in rows]
        vectors = self._embedder.embed([row.chunk.searchable() for row in rows])
        self._catalog.intend(self._space, ids)
        self._reached("intended")
        if ids:
            self._index.upsert(self._space, ids, vectors)
        self._reached("indexed")
        self._catalog.show(entries)
        self._reached("shown")
        for entry in entries:
            self._finished(entry.document.source)

    def _remove(self, roots: list[Path], found: dict[str, Found], before: dict[str, Stored]) -> list[str]:
        named = {self._relative(root) for root in roots}
        gone = [
            item.source
            for item in before.values()
            if item.source not in found and (self._options.prune or item.root in named or item.path in named)
        ]
        if gone:
            self._catalog.hide(self._space.collection, gone)
            self._reached("hidden")
        return gone

    def _sweep(self) -> None:
        sweep(self._catalog, self._index, self._reached)

    def _relative(self, path: Path) -> str:
        try:
            return Path(os.path.relpath(path, self._base)).as_posix()
        except ValueError:
            return path.as_posix()

    def _fail(self, source: str, error: KnowledgeError) -> None:
        self._failed.append(IngestFailure(source, error.code, error.message, error.hint))

    def _finished(self, source: str) -> None:
        self._done += 1
        if self._options.progress is not None:
            self._options.progress(IngestProgress(self._done, self._total, source))

    def _reached(self, step: str) -> None:
        self._options.crash_points.hit(f"ingest.{step}")
