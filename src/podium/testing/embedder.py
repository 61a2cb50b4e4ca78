"""An embedder without a model, and the contract that every embedder keeps."""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from podium.models.embedding import Embedder, Vectors

_WORD = re.compile(r"\w+")


class FakeEmbedder:
    """Hashes words and their beginnings into a vector: the same text always gives the same vector.

    Texts that share words are alike, so that search over it behaves; it knows nothing of meaning.
    """

    def __init__(self, dimensions: int = 256, *, name: str = "fake") -> None:
        """Choose the shape.

        Args:
            dimensions: Length of a vector.
            name: What it calls itself.
        """
        self._dimensions = dimensions
        self._name = name

    @property
    def name(self) -> str:
        """What it calls itself."""
        return self._name

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector of length 1 per text.

        Args:
            texts: Any number of texts.
        """
        vectors = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in _WORD.findall(text.casefold()) or [""]:
                for feature in {word, word[:4]}:
                    vectors[row, self._slot(feature)] += 1
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def _slot(self, feature: str) -> int:
        digest = hashlib.blake2b(feature.encode("utf-8", "replace"), digest_size=8).digest()
        return int.from_bytes(digest, "big") % self._dimensions


class EmbedderContract(ABC):
    """What every embedder keeps; inherit it as `Test…` and override `embedder`."""

    @abstractmethod
    def embedder(self) -> Embedder:
        """The embedder under test."""

    def test_gives_one_normalised_float32_row_per_text(self) -> None:
        embedder = self.embedder()
        vectors = embedder.embed(["one text", "another, longer text about parcels", "x"])
        assert vectors.shape == (3, embedder.dimensions)
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)

    def test_no_texts_give_no_rows(self) -> None:
        embedder = self.embedder()
        assert embedder.embed([]).shape == (0, embedder.dimensions)

    def test_order_and_neighbours_do_not_matter(self) -> None:
        embedder = self.embedder()
        texts = ["short", "a text that is a good deal longer than the others " * 6, "middle length here"]
        together = embedder.embed(texts)
        alone = np.concatenate([embedder.embed([text]) for text in texts])
        assert np.allclose(together, alone, atol=1e-4)

    def test_odd_texts_are_embedded_too(self) -> None:
        vectors = self.embedder().embed(["", "\x00\x07", "\ud800", "日本語の文", "word " * 20_000])
        assert np.isfinite(vectors).all()

    def test_likeness_follows_the_words(self) -> None:
        query, near, far = self.embedder().embed(
            [
                "when is my parcel delivered",
                "your parcel is delivered within two days",
                "boil the water first",
            ]
        )
        assert query @ near > query @ far

    def test_name_is_stable(self) -> None:
        assert self.embedder().name == self.embedder().name != ""
