"""Nearness in meaning: each text is embedded once while it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from podium.app.similarity import KnowledgeSimilarity
from podium.knowledge.knowledge_base import KnowledgeBase
from podium.testing.embedder import FakeEmbedder


class CountingEmbedder(FakeEmbedder):
    """Keeps what it was asked for."""

    asked: list[str]

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked = [*getattr(self, "asked", []), *texts]
        return super().embed(texts)


@pytest.fixture
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


def similarity(folder: Path, embedder: CountingEmbedder, most: int = 10) -> KnowledgeSimilarity:
    return KnowledgeSimilarity(KnowledgeBase(folder, embedder=embedder), most)


async def test_a_text_is_most_like_itself(tmp_path: Path, embedder: CountingEmbedder) -> None:
    same, other = await similarity(tmp_path, embedder)("red kettle", ["red kettle", "tax law"])
    assert same == pytest.approx(1.0, abs=1e-5)
    assert other < same


async def test_what_is_kept_is_not_embedded_again(tmp_path: Path, embedder: CountingEmbedder) -> None:
    compare = similarity(tmp_path, embedder)
    first = await compare("q", ["a", "b", "a"])
    assert await compare("q", ["a", "b", "a"]) == first
    assert sorted(embedder.asked) == ["a", "b", "q"]


async def test_no_more_is_kept_than_is_allowed(tmp_path: Path, embedder: CountingEmbedder) -> None:
    compare = similarity(tmp_path, embedder, most=2)
    await compare("q", ["a", "b", "c"])
    await compare("q", ["a"])
    assert embedder.asked.count("a") == 2


async def test_nothing_to_compare_loads_nothing(tmp_path: Path, embedder: CountingEmbedder) -> None:
    assert await similarity(tmp_path, embedder)("q", []) == []
    assert not hasattr(embedder, "asked")
