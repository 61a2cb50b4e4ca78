"""Access labels bound the search itself: what one may not read is as if it were not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podium.core.errors import UnknownName
from podium.core.settings import CollectionSettings
from podium.knowledge.index import Hit, MemoryIndex, Space
from podium.knowledge.knowledge_base import KnowledgeBase
from podium.testing.embedder import FakeEmbedder

if TYPE_CHECKING:
    from podium.models.embedding import Vectors

COLLECTIONS = {"open": CollectionSettings(), "board": CollectionSettings(access="board")}
WORDS = ("kettle", "boils", "parcel", "zeppelin", "harbour", "lid")


class WatchedIndex(MemoryIndex):
    """Notes which collections are asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def query(self, space: Space, vector: Vectors, k: int) -> list[Hit]:
        self.asked.add(space.collection)
        return super().query(space, vector, k)

    def similarities(self, space: Space, vector: Vectors, ids: Sequence[str]) -> dict[str, float]:
        self.asked.add(space.collection)
        return super().similarities(space, vector, ids)


@contextmanager
def base_of(
    folder: Path, documents: Mapping[str, Mapping[str, str]], index: MemoryIndex | None = None
) -> Iterator[KnowledgeBase]:
    """A knowledge base with documents by collection and name."""
    with closing(
        KnowledgeBase(
            folder / "data",
            collections=COLLECTIONS,
            embedder=FakeEmbedder(),
            index=index or MemoryIndex(),
        )
    ) as base:
        for collection, files in documents.items():
            place = folder / collection
            place.mkdir(parents=True)
            for name, text in files.items():
                (place / name).write_text(text)
            base.ingest([place], collection)
        yield base


def public(access: str) -> bool:
    return access == "public"


texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)
files = st.dictionaries(st.sampled_from(("a.md", "b.md", "c.md")), texts, min_size=1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(held=files, hidden=files, query=texts)
def test_a_search_finds_what_a_base_without_the_rest_would(
    tmp_path_factory: pytest.TempPathFactory, held: dict[str, str], hidden: dict[str, str], query: str
) -> None:
    folder = tmp_path_factory.mktemp("labels")
    with (
        base_of(folder / "both", {"open": held, "board": hidden}) as both,
        base_of(folder / "one", {"open": held}) as one,
    ):
        found = both.explain(query, 3, reads=public)
        alone = one.explain(query, 3)
    assert [item.model_dump() for item in found.found] == [item.model_dump() for item in alone.found]
    assert found.why == alone.why


def test_what_is_not_read_crowds_nothing_out_and_is_not_asked(tmp_path: Path) -> None:
    index = WatchedIndex()
    hidden = {f"{i}.md": "The kettle boils, the kettle boils." for i in range(130)}
    held = {"kettle.md": "A kettle is a pot in which water boils."}
    with base_of(tmp_path, {"open": held, "board": hidden}, index) as base:
        assert {item.collection for item in base.search("kettle boils")} == {"board"}
        index.asked.clear()
        assert [item.source for item in base.search("kettle boils", reads=public)] == ["kettle.md"]
        assert index.asked == {"open"}


def test_a_collection_that_is_not_read_cannot_be_told_from_one_that_is_not_there(tmp_path: Path) -> None:
    told = []
    with base_of(tmp_path, {"open": {"a.md": "kettle"}, "board": {"b.md": "kettle"}}) as base:
        for name in ("board", "nowhere"):
            with pytest.raises(UnknownName) as refused:
                base.search("kettle", collections=[name], reads=public)
            told.append(refused.value.message.replace(name, "…"))
    assert told[0] == told[1] == "no collection '…'; there are: open"


def test_what_is_read_later_is_found_at_once(tmp_path: Path) -> None:
    with base_of(tmp_path, {"open": {"a.md": "kettle"}, "board": {"b.md": "kettle"}}) as base:
        assert len(base.search("kettle", reads=public)) == 1
        (tmp_path / "open" / "c.md").write_text("another kettle")
        base.ingest([tmp_path / "open"], "open")
        assert len(base.search("kettle", reads=public)) == 2
        assert len(base.search("kettle", reads=lambda access: True)) == 3


def test_titles_are_those_of_documents_that_may_be_read(tmp_path: Path) -> None:
    with base_of(tmp_path, {"open": {"a.md": "# A\n\nkettle"}, "board": {"b.md": "# B\n\nkettle"}}) as base:
        assert [one.title for one in base.documents(reads=public)] == ["A"]
        assert base.search("kettle", reads=lambda access: False) == []
