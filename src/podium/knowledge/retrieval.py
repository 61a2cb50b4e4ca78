"""One search: candidates by words and by meaning, fused, scored, and shown as evidence."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from podium.core.errors import KnowledgeError
from podium.core.evidence import Evidence
from podium.knowledge.catalog import Catalog
from podium.knowledge.explanation import Explained, Explanation, Ranked, explain
from podium.knowledge.index import Index, Space
from podium.knowledge.lexical import Analyzer, LexicalIndex
from podium.knowledge.ranking import Candidate, Weights, parts
from podium.knowledge.snapshot import SeenChunk, Snapshot, take_snapshot
from podium.models.embedding import Embedder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DEPTH = 60
"""Candidates from each of the two searches."""
_ATTEMPTS = 4
"""How often a search begins again because an ingest replaced what it was looking at."""
_PARTS = 8
"""Sets of collections whose lexical index is kept: one for each set of access labels in use."""
_SAME = 0.5
"""A passage that shares this part of its length with a better one is not shown again."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for.

    Attributes:
        text: The words.
        k: How many passages.
        collections: Where; None for everywhere.
        as_of: ISO date of what was in force; empty for now.
        readable: The collections that are there for whoever asks: no other is searched, nor counted in how
            rare a word is. None for all.
    """

    text: str
    k: int
    collections: frozenset[str] | None = None
    as_of: str = ""
    readable: frozenset[str] | None = None

    def allows(self, chunk: SeenChunk) -> bool:
        """Whether the chunk's document may be shown at all."""
        document = chunk.document
        if self.collections is not None and document.collection not in self.collections:
            return False
        return not self.as_of or not document.date or document.date <= self.as_of

    def replaced(self, chunk: SeenChunk) -> str:
        """The source that replaces the chunk's document on that day; empty while it is in force."""
        document = chunk.document
        if self.as_of and document.replaced_on > self.as_of:
            return ""
        return document.superseded_by


class Retrieval:
    """Searches the newest state of a catalog and its index."""

    def __init__(
        self, *, catalog: Catalog, index: Index, analyzer: Analyzer, lexical_path: Path, weights: Weights
    ) -> None:
        """Bind the parts.

        Args:
            catalog: Where documents are listed.
            index: Where vectors are.
            analyzer: Makes terms.
            lexical_path: File of the lexical index.
            weights: How the parts of a score count.
        """
        self._catalog = catalog
        self._index = index
        self._analyzer = analyzer
        self._lexical_path = lexical_path
        self._weights = weights
        self._lock = RLock()
        self._snapshot = Snapshot(-1, (), (), {})
        self._lexical: LexicalIndex | None = None
        self._parts: OrderedDict[frozenset[str], tuple[Snapshot, LexicalIndex]] = OrderedDict()

    def refresh(self, *, own: bool = False) -> Snapshot:
        """The newest snapshot, taken again only when the catalog has changed.

        Args:
            own: Whether this process made the change, so that the index need not be opened again.
        """
        with self._lock:
            if self._catalog.generation() != self._snapshot.generation:
                if self._snapshot.generation >= 0 and not own:
                    self._index.reopen()
                self._snapshot = take_snapshot(self._catalog)
                self._lexical = None
                self._parts.clear()
            return self._snapshot

    def save_lexical(self) -> None:
        """Write the lexical index of the newest state, so that the next process need not build it."""
        snapshot, lexical = self._state()
        if snapshot.generation > 0:
            lexical.save(self._lexical_path, generation=snapshot.generation)

    def search(self, query: Query, embedder: Callable[[], Embedder]) -> list[Evidence]:
        """The best passages, best first.

        Args:
            query: What is looked for.
            embedder: Opens the embedding model; not called while there is nothing to search.
        """
        ranked = self._ranked(query, embedder)
        return [] if ranked is None else _shown(ranked, query)

    def explain(self, query: Query, embedder: Callable[[], Embedder]) -> Explained:
        """The best passages, best first, and why they are.

        Args:
            query: What is looked for.
            embedder: Opens the embedding model; not called while there is nothing to search.
        """
        ranked = self._ranked(query, embedder)
        if ranked is None:
            return Explained([], Explanation(weights=self._weights))
        return Explained(_shown(ranked, query), explain(ranked, query.text, self._weights))

    def _ranked(self, query: Query, embedder: Callable[[], Embedder]) -> Ranked | None:
        """What is found, in its order; None while there is nothing to search."""
        vector: NDArray[np.float32] | None = None
        found: Ranked | None = None
        for _ in range(_ATTEMPTS):
            snapshot, lexical = self._state() if query.readable is None else self._part(query.readable)
            if not snapshot.chunks:
                return None
            model = embedder()
            spaces = self._spaces(snapshot, query, model)
            if vector is None:
                vector = model.embed([query.text])[0]
            found, whole = self._attempt(query, vector, spaces, snapshot, lexical)
            if whole:
                break
        return found

    def _attempt(
        self,
        query: Query,
        vector: NDArray[np.float32],
        spaces: Sequence[Space],
        snapshot: Snapshot,
        lexical: LexicalIndex,
    ) -> tuple[Ranked, bool]:
        """The passages of a snapshot in their order, and whether all of its documents were still there."""
        terms = self._analyzer.terms(query.text)
        words = lexical.scores(terms)
        lexical_ranks = _lexical_ranks(snapshot, query, words)
        similarities = self._dense(snapshot, query, spaces, vector)
        dense_ranks = {position: rank for rank, position in enumerate(similarities)}
        missing = [position for position in lexical_ranks if position not in similarities]
        similarities |= self._similarities(snapshot, spaces, vector, missing)
        positions = list(dict.fromkeys([*lexical_ranks, *dense_ranks]))
        texts = self._catalog.texts([_place(snapshot.chunks[position]) for position in positions])
        text_of = {position: text for position, text in zip(positions, texts, strict=True) if text}
        candidates = {
            position: Candidate(
                position=position,
                similarity=similarities.get(position, 0.0),
                lexical=float(words[position]),
                lexical_rank=lexical_ranks.get(position),
                dense_rank=dense_ranks.get(position),
                terms=frozenset(self._analyzer.terms(searched := _searched(snapshot.chunks[position], text))),
                text=searched,
                superseded=bool(query.replaced(snapshot.chunks[position])),
            )
            for position, text in text_of.items()
        }
        made_of = parts(query.text, terms, list(candidates.values()), lexical.rarity)
        scores = {position: one.total(self._weights) for position, one in made_of.items()}
        best = sorted(scores, key=lambda position: (-scores[position], position))
        ranked = Ranked(
            terms=terms,
            candidates=candidates,
            parts=made_of,
            scores=scores,
            texts=text_of,
            best=best,
            shown=_without_repeats(snapshot, best, query.k),
            chunk=snapshot.chunks.__getitem__,
            repeats=_repeats,
            lexical=lexical,
        )
        return ranked, len(text_of) == len(positions)

    def _state(self) -> tuple[Snapshot, LexicalIndex]:
        with self._lock:
            while True:
                snapshot = self.refresh()
                if self._lexical is None:
                    self._lexical = self._load_lexical(snapshot)
                if self._lexical is not None:
                    return snapshot, self._lexical

    def _part(self, collections: frozenset[str]) -> tuple[Snapshot, LexicalIndex]:
        """The newest state as if it held these collections alone."""
        with self._lock:
            while True:
                snapshot = self.refresh()
                if (held := self._parts.get(collections)) is not None:
                    self._parts.move_to_end(collections)
                    return held
                generation, terms = self._catalog.terms()
                if generation != snapshot.generation:
                    continue
                places = [
                    i for i, chunk in enumerate(snapshot.chunks) if chunk.document.collection in collections
                ]
                lexical = LexicalIndex.fit([terms[i] for i in places])
                self._parts[collections] = snapshot.within(collections), lexical
                while len(self._parts) > _PARTS:
                    self._parts.popitem(last=False)

    def _load_lexical(self, snapshot: Snapshot) -> LexicalIndex | None:
        """The lexical index of the snapshot; None when an ingest has overtaken the snapshot."""
        loaded = LexicalIndex.load(self._lexical_path, generation=snapshot.generation)
        if loaded is not None and loaded.size == len(snapshot.chunks):
            return loaded
        generation, terms = self._catalog.terms()
        return LexicalIndex.fit(terms) if generation == snapshot.generation else None

    def _spaces(self, snapshot: Snapshot, query: Query, model: Embedder) -> list[Space]:
        embedders = {document.embedder for document in snapshot.documents}
        if model.name not in embedders:
            made_with = ", ".join(sorted(embedders))
            raise KnowledgeError(
                f"the knowledge base was made with the embedding model {made_with}, not {model.name}",
                hint="Run 'podium ingest' again to embed the documents with the new model.",
            )
        names = query.collections if query.collections is not None else snapshot.collections()
        return [Space(name, model.name, model.dimensions) for name in sorted(names)]

    def _dense(
        self, snapshot: Snapshot, query: Query, spaces: Sequence[Space], vector: NDArray[np.float32]
    ) -> dict[int, float]:
        """Cosine of the nearest passages by position, nearest first."""
        hits = [hit for space in spaces for hit in self._index.query(space, vector, 2 * _DEPTH)]
        near: dict[int, float] = {}
        for hit in sorted(hits, key=lambda hit: (-hit.similarity, hit.id)):
            position = snapshot.position.get(hit.id)
            if position is not None and query.allows(snapshot.chunks[position]):
                near[position] = hit.similarity
                if len(near) == _DEPTH:
                    break
        return near

    def _similarities(
        self,
        snapshot: Snapshot,
        spaces: Sequence[Space],
        vector: NDArray[np.float32],
        positions: Sequence[int],
    ) -> dict[int, float]:
        found: dict[int, float] = {}
        for space in spaces:
            ids = [
                chunk.id
                for i in positions
                if (chunk := snapshot.chunks[i]).document.collection == space.collection
            ]
            if ids:
                similar = self._index.similarities(space, vector, ids)
                found |= {snapshot.position[chunk_id]: value for chunk_id, value in similar.items()}
        return found


def _lexical_ranks(snapshot: Snapshot, query: Query, scores: NDArray[np.float32]) -> dict[int, int]:
    """Rank of the passages that hold words of the query, by position, best first."""
    import numpy as np

    ranks: dict[int, int] = {}
    for position in np.argsort(-scores, kind="stable"):
        if scores[position] <= 0 or len(ranks) == _DEPTH:
            break
        if query.allows(snapshot.chunks[int(position)]):
            ranks[int(position)] = len(ranks)
    return ranks


def _without_repeats(snapshot: Snapshot, best: Sequence[int], k: int) -> list[int]:
    shown: list[int] = []
    for position in best:
        chunk = snapshot.chunks[position]
        if not any(_repeats(chunk, snapshot.chunks[other]) for other in shown):
            shown.append(position)
            if len(shown) == k:
                break
    return shown


def _repeats(chunk: SeenChunk, other: SeenChunk) -> bool:
    if chunk.document.id != other.document.id:
        return False
    shared = min(chunk.end, other.end) - max(chunk.start, other.start)
    return shared > _SAME * min(chunk.end - chunk.start, other.end - other.start)


def _shown(ranked: Ranked, query: Query) -> list[Evidence]:
    return [
        _evidence(ranked.chunk(i), query, ranked.texts[i], ranked.scores[i], ranked.candidates[i].similarity)
        for i in ranked.shown
    ]


def _searched(chunk: SeenChunk, text: str) -> str:
    return f"{chunk.context}\n{text}" if chunk.context else text


def _place(chunk: SeenChunk) -> tuple[int, int, int]:
    return chunk.document.id, chunk.start, chunk.end


def _evidence(chunk: SeenChunk, query: Query, text: str, value: float, similarity: float) -> Evidence:
    document = chunk.document
    metadata = dict(document.metadata)
    metadata["headings"] = chunk.context
    if chunk.flags:
        metadata["flags"] = list(chunk.flags)
    return Evidence(
        id=chunk.id,
        source=document.source,
        title=document.title,
        text=text,
        start=chunk.start,
        end=chunk.end,
        version=document.version,
        date=document.date,
        score=min(max(value, 0.0), 1.0),
        similarity=min(max(similarity, -1.0), 1.0),
        collection=document.collection,
        superseded_by=query.replaced(chunk),
        metadata=metadata,
    )
