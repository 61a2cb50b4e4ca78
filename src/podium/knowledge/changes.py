"""What an ingest or a deletion changed: which documents, by their digests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from podium.knowledge.snapshot import Snapshot

KnowledgeAct: TypeAlias = Literal["ingest", "delete"]


class ChangedDocument(NamedTuple):
    """A document that was added, replaced or taken out."""

    source: str
    version: str
    """Digest of the file that it came from; of the former one where it is gone."""
    change: Literal["added", "updated", "removed"]


@dataclass(frozen=True, slots=True)
class KnowledgeChange:
    """What somebody changed in a knowledge base.

    Attributes:
        act: How.
        collection: Where.
        by: Who; empty where nobody says.
        documents: What changed, by source.
        before: The version of the whole knowledge base then; empty where it held nothing.
        after: Its version now.
    """

    act: KnowledgeAct
    collection: str
    by: str
    documents: tuple[ChangedDocument, ...]
    before: str
    after: str

    def count(self, change: str) -> int:
        """How many documents changed so: `added`, `updated` or `removed`."""
        return sum(document.change == change for document in self.documents)


ChangeRecorder: TypeAlias = Callable[[KnowledgeChange], None]
"""Puts a change on record."""


def changed_documents(before: Snapshot, after: Snapshot, collection: str) -> tuple[ChangedDocument, ...]:
    """What differs between two states of a collection, by source.

    Args:
        before: The earlier one.
        after: The later one.
        collection: Its name.
    """
    old, new = _versions(before, collection), _versions(after, collection)
    found = [
        ChangedDocument(source, version, "updated" if source in old else "added")
        for source, version in new.items()
        if old.get(source) != version
    ]
    found += [ChangedDocument(source, old[source], "removed") for source in old if source not in new]
    return tuple(sorted(found))


def _versions(snapshot: Snapshot, collection: str) -> dict[str, str]:
    return {one.source: one.version for one in snapshot.documents if one.collection == collection}
