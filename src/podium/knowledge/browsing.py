"""Looking into a knowledge base page by page, however large it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from podium.core.errors import NotFound
from podium.knowledge.catalog import Catalog
from podium.knowledge.documents import DocumentInfo, Passage
from podium.knowledge.snapshot import Snapshot


class Browser:
    """Reads documents and their passages.

    Args:
        catalog: Where documents are listed.
        snapshot: Gives what a search would see now.
    """

    def __init__(self, catalog: Catalog, snapshot: Callable[[], Snapshot]) -> None:
        self._catalog = catalog
        self._snapshot = snapshot

    def documents(
        self, collection: str, words: str = "", *, limit: int, offset: int = 0
    ) -> tuple[list[DocumentInfo], int]:
        """Some documents of a collection by source, and how many there are in all.

        Args:
            collection: Which.
            words: Part of a title or source; empty for all.
            limit: How many at most.
            offset: How many to leave out.
        """
        found, total = self._catalog.page(collection, words, limit=limit, offset=offset)
        wanted = {info.source for info in found}
        replaced = {
            seen.source: seen.superseded_by
            for seen in self._snapshot().documents
            if seen.collection == collection and seen.source in wanted
        }
        return [
            replace(info, superseded_by=replaced.get(info.source, info.superseded_by)) for info in found
        ], total

    def document(self, collection: str, source: str) -> DocumentInfo:
        """One document.

        Raises:
            NotFound: The collection holds none of that source.
        """
        found = self._catalog.document(collection, source)
        if found is None:
            raise NotFound(f"no document {source!r} in {collection}", hint="List the collection's documents.")
        return found

    def text(self, collection: str, source: str, *, start: int = 0, length: int) -> str:
        """A part of the text that the spans of a document refer to, by characters."""
        self.document(collection, source)
        return self._catalog.part(collection, source, start, length)

    def passages(self, collection: str, source: str, *, limit: int, offset: int = 0) -> list[Passage]:
        """Some passages of a document, in order; those that guardrails withhold are not among them.

        Raises:
            NotFound: The collection holds none of that source.
        """
        self.document(collection, source)
        return self._catalog.passages(collection, source, limit=limit, offset=offset)
