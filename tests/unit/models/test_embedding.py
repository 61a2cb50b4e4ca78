"""Opening embedding models by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from podium.core.errors import UnknownName
from podium.models.bundled import BundledEmbedder
from podium.models.embedding import open_embedder


def test_the_default_is_the_bundled_model() -> None:
    embedder = open_embedder()
    assert isinstance(embedder, BundledEmbedder)
    assert embedder.dimensions == 384


@pytest.mark.filterwarnings("default")
def test_a_model_that_is_not_here_is_named_in_the_error(tmp_path: Path) -> None:
    embedder = open_embedder(str(tmp_path / "nothing"))
    with pytest.raises(UnknownName, match="nothing") as caught:
        embedder.embed(["text"])
    assert caught.value.hint
    assert "\n" not in caught.value.message
