"""Every index keeps the published contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from podium.knowledge.chroma import ChromaIndex
from podium.knowledge.index import Index, MemoryIndex
from podium.testing.index import IndexContract


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
