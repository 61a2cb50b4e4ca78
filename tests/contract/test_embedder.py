"""Every embedder keeps the published contract."""

from __future__ import annotations

import pytest

from podium.models.bundled import BundledEmbedder, bundled_folder
from podium.models.embedding import Embedder, SentenceTransformerEmbedder
from podium.testing.embedder import EmbedderContract, FakeEmbedder


class TestFakeEmbedder(EmbedderContract):
    def embedder(self) -> Embedder:
        return FakeEmbedder()


class TestBundledEmbedder(EmbedderContract):
    shared: Embedder | None = None

    def embedder(self) -> Embedder:
        if TestBundledEmbedder.shared is None:
            TestBundledEmbedder.shared = BundledEmbedder()
        return TestBundledEmbedder.shared


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
class TestSentenceTransformerEmbedder(EmbedderContract):
    shared: Embedder | None = None

    def embedder(self) -> Embedder:
        if TestSentenceTransformerEmbedder.shared is None:
            TestSentenceTransformerEmbedder.shared = SentenceTransformerEmbedder(str(bundled_folder()))
        return TestSentenceTransformerEmbedder.shared
