"""The bundled model: checked before use, right, and light."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from podium.core.errors import ModelError
from podium.models.bundled import BundledEmbedder, bundled_folder

TEXTS = [
    "How long may I keep a parcel before I send it back?",
    "The kettle has a warranty of 24 months; its heating element has 36.",
    "short",
    "Ünïcödé, emoji 🙂 and 日本語",
    "a long text " * 300,
]


def test_weights_that_are_not_the_published_ones_are_refused() -> None:
    embedder = BundledEmbedder(expected_sha256="0" * 64)
    with pytest.raises(ModelError, match="SHA-256") as caught:
        embedder.embed(["text"])
    assert "pip install" in caught.value.hint


def test_a_folder_without_a_readable_model_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"nonsense")
    with pytest.raises(ModelError, match="cannot be read"):
        BundledEmbedder(tmp_path).embed(["text"])


def test_a_query_needs_neither_torch_nor_transformers() -> None:
    code = (
        "import sys; from podium.models.embedding import open_embedder;"
        "open_embedder().embed(['a question']);"
        "sys.exit(bool({'torch', 'transformers', 'sentence_transformers', 'onnxruntime'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_vectors_equal_those_of_sentence_transformers() -> None:
    from sentence_transformers import SentenceTransformer

    reference = SentenceTransformer(str(bundled_folder()), local_files_only=True)
    expected = np.asarray(reference.encode(TEXTS, normalize_embeddings=True))
    assert (BundledEmbedder().embed(TEXTS) * expected).sum(axis=1).min() >= 0.9999
