"""Embedding models: the contract, and how one is opened by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from podium.core.errors import UnknownName

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

BUNDLED = "bundled"


class Embedder(Protocol):
    """Turns texts into vectors whose dot product is their likeness."""

    @property
    def name(self) -> str:
        """Identifies the model and its weights: vectors of different names are never mixed."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector of length 1 per text, in the order of the texts; float32, one row each.

        Args:
            texts: Any number of texts, of any length; what the model cannot hold is cut off.
        """
        ...


def open_embedder(name: str = BUNDLED) -> Embedder:
    """The embedding model of that name.

    Args:
        name: `bundled`, or a sentence-transformers model: a folder, or a name that is in the local cache.

    Raises:
        UnknownName: The bundled model is not installed; any other one says so at its first use.
    """
    if name == BUNDLED:
        from podium.models.bundled import BundledEmbedder

        return BundledEmbedder()
    return SentenceTransformerEmbedder(name)


class SentenceTransformerEmbedder:
    """Any sentence-transformers model on this machine, loaded at first use; nothing is ever downloaded."""

    def __init__(self, name_or_path: str, *, batch_size: int = 32) -> None:
        """Name the model.

        Args:
            name_or_path: A folder, or the name of a model in the local cache.
            batch_size: Texts per forward pass.
        """
        self._name_or_path = name_or_path
        self._batch_size = batch_size
        self._lock = Lock()
        self._model: Any = None

    @property
    def name(self) -> str:
        """The model's name, or the folder's."""
        return f"sentence-transformers:{_label(self._name_or_path)}"

    @property
    def dimensions(self) -> int:
        """Length of a vector.

        Raises:
            UnknownName: The model is not on this machine.
        """
        return int(self._loaded().get_embedding_dimension() or 0)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector of length 1 per text; the library sorts by length itself.

        Args:
            texts: Any number of texts.

        Raises:
            UnknownName: The model is not on this machine.
        """
        import numpy as np

        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        vectors = self._loaded().encode(
            [text.encode("utf-8", "replace").decode() for text in texts],
            batch_size=self._batch_size,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)

    def _loaded(self) -> Any:
        with self._lock:
            if self._model is None:
                self._model = _load(self._name_or_path)
            return self._model


def _label(name_or_path: str) -> str:
    folder = Path(name_or_path).expanduser()
    return str(folder.resolve()) if folder.is_dir() else name_or_path


def _load(name_or_path: str) -> Any:
    folder = Path(name_or_path).expanduser()
    hint = (
        "Give 'bundled', the folder of a sentence-transformers model, or the name of one in the local cache."
    )
    try:
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(str(folder) if folder.is_dir() else name_or_path, local_files_only=True)
    except (OSError, ValueError, ImportError, KeyError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        if isinstance(error, OSError) and not folder.is_dir():
            reason = "it is no folder, and not in the local cache; nothing is ever downloaded"
        raise UnknownName(
            f"the embedding model {name_or_path!r} cannot be loaded: {reason}",
            hint=hint,
        ) from None
