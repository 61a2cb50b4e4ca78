"""Every index keeps the published contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from podium.knowledge.chroma import ChromaIndex
from podium.knowledge.index import Index, MemoryIndex, Space
from podium.testing.index import IndexContract

if TYPE_CHECKING:
    from podium.knowledge.index import Vectors


class TestMemoryIndex(IndexContract):
    @pytest.fixture
    def index(self, tmp_path: Path) -> Index:
        return MemoryIndex()


@pytest.mark.filterwarnings("default")
class TestChromaIndex(IndexContract):
    @pytest.fixture
    def index(self, tmp_path: Path) -> Iterator[Index]:
        index = ChromaIndex(tmp_path / "chroma")
        yield index
        index.close()


class ReadsThroughBindings(ChromaIndex):
    """Lets go of the client after each write, so that every read opens the folder through the bindings."""

    def upsert(self, space: Space, ids: Sequence[str], vectors: Vectors) -> None:
        super().upsert(space, ids, vectors)
        self.reopen()

    def delete(self, space: Space, ids: Sequence[str]) -> None:
        super().delete(space, ids)
        self.reopen()


@pytest.mark.filterwarnings("default")
class TestChromaIndexThroughBindings(IndexContract):
    @pytest.fixture
    def index(self, tmp_path: Path) -> Iterator[Index]:
        index = ReadsThroughBindings(tmp_path / "chroma")
        yield index
        index.close()
