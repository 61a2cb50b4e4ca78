"""The forward pass of a BERT encoder in numpy: all that a small sentence embedding model needs.

Architecture: Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers" (2019), with the norm
after each block and the exact GELU. It runs without an inference engine, so a query costs no start-up but
mapping the weights.
"""

from __future__ import annotations

import json
import math
import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

_HEADER_LIMIT = 10_000_000
_SERIAL = 262_144
"""Multiplications in one small product. Beyond them OpenBLAS uses several threads, which wait by spinning: on
a busy machine that made attention forty times slower."""
_CACHED = 98_304
"""Numbers that one elementwise step works on at a time: what fits a core's cache is not fetched again for
each of its passes, which made GELU four times faster."""
_DTYPES = {"F32": np.float32, "I64": np.int64}


@dataclass(frozen=True, slots=True)
class BertShape:
    """Sizes that the weights do not tell."""

    layers: int
    heads: int
    epsilon: float


def map_weights(path: Path) -> dict[str, NDArray[Any]]:
    """The tensors of a safetensors file, mapped from disk and read when used.

    Args:
        path: The file; float32 and int64 tensors.

    Raises:
        ValueError: The file is no safetensors file.
    """
    with path.open("rb") as file:
        raw = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    size = struct.unpack("<Q", raw[:8])[0]
    if size > min(_HEADER_LIMIT, len(raw) - 8):
        raise ValueError(f"{path} is no safetensors file")
    header = json.loads(raw[8 : 8 + size])
    tensors: dict[str, NDArray[Any]] = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        shape = tuple(entry["shape"])
        flat = np.frombuffer(
            raw, _DTYPES[entry["dtype"]], count=math.prod(shape), offset=8 + size + entry["data_offsets"][0]
        )
        tensors[name] = flat.reshape(shape)
    return tensors


class BertEncoder:
    """Token ids in, one normalised mean-pooled vector per sequence out."""

    def __init__(self, weights: dict[str, NDArray[Any]], shape: BertShape) -> None:
        """Bind the weights.

        Args:
            weights: Tensors under their Hugging Face names.
            shape: Sizes that the weights do not tell.
        """
        self._shape = shape
        self._words = weights["embeddings.word_embeddings.weight"]
        self._norm = _pair(weights, "embeddings.LayerNorm")
        types = weights["embeddings.token_type_embeddings.weight"]
        self._positions = weights["embeddings.position_embeddings.weight"] + types[0]
        self._layers = [_Layer(weights, f"encoder.layer.{i}", shape) for i in range(shape.layers)]

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self._words.shape[1])

    def encode(self, ids: NDArray[np.int64], mask: NDArray[np.bool_]) -> Array:
        """One vector of length 1 per row.

        Args:
            ids: Token ids, one sequence per row, padded to equal length.
            mask: True where a token is real.
        """
        rows, length = ids.shape
        embedded: Array = self._words[ids] + self._positions[:length]
        hidden = _layer_norm(embedded.reshape(rows * length, -1), *self._norm, self._shape.epsilon)
        bias: Array | None = None
        if not mask.all():
            bias = np.where(mask, np.float32(0), np.float32(-1e9))[:, None, None, :]
        for layer in self._layers:
            hidden = layer.forward(hidden, rows, bias)
        weight = mask.astype(np.float32)[:, :, None]
        pooled: Array = (hidden.reshape(rows, length, -1) * weight).sum(axis=1) / weight.sum(axis=1)
        unit: Array = pooled / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), np.float32(1e-12))
        return unit


class _Layer:
    """One transformer block."""

    def __init__(self, weights: dict[str, NDArray[Any]], prefix: str, shape: BertShape) -> None:
        self._heads = shape.heads
        self._epsilon = shape.epsilon
        attention = [_pair(weights, f"{prefix}.attention.self.{part}") for part in ("query", "key", "value")]
        self._qkv = np.concatenate([weight for weight, _ in attention]).T
        self._qkv_bias = np.concatenate([bias for _, bias in attention])
        self._mix = _pair(weights, f"{prefix}.attention.output.dense")
        self._mix_norm = _pair(weights, f"{prefix}.attention.output.LayerNorm")
        self._up = _pair(weights, f"{prefix}.intermediate.dense")
        self._down = _pair(weights, f"{prefix}.output.dense")
        self._norm = _pair(weights, f"{prefix}.output.LayerNorm")

    def forward(self, hidden: Array, rows: int, bias: Array | None) -> Array:
        attended = self._attend(hidden, rows, bias)
        mixed = attended @ self._mix[0].T
        mixed += self._mix[1]
        mixed += hidden
        middle = _layer_norm(mixed, *self._mix_norm, self._epsilon)
        raised = middle @ self._up[0].T
        raised += self._up[1]
        lowered = _gelu(raised) @ self._down[0].T
        lowered += self._down[1]
        lowered += middle
        return _layer_norm(lowered, *self._norm, self._epsilon)

    def _attend(self, hidden: Array, rows: int, bias: Array | None) -> Array:
        width = hidden.shape[1]
        size = width // self._heads
        joined = hidden @ self._qkv
        joined += self._qkv_bias
        split = joined.reshape(rows, -1, 3, self._heads, size).transpose(2, 0, 3, 1, 4)
        query, key, value = split[0], split[1].transpose(0, 1, 3, 2), split[2]
        query = query * np.float32(1 / math.sqrt(size))
        length = key.shape[-1]
        attended = np.empty((rows, self._heads, length, size), dtype=np.float32)
        step = max(1, _SERIAL // (length * size))
        beside = max(1, _CACHED // (self._heads * min(step, length) * length))
        for first in range(0, rows, beside):
            some = slice(first, first + beside)
            for start in range(0, length, step):
                scores = query[some, :, start : start + step] @ key[some]
                if bias is not None:
                    scores += bias[some]
                scores -= scores.max(axis=-1, keepdims=True)
                np.exp(scores, out=scores)
                scores /= scores.sum(axis=-1, keepdims=True)
                np.matmul(scores, value[some], out=attended[some, :, start : start + step])
        mixed: Array = attended.transpose(0, 2, 1, 3).reshape(-1, width)
        return mixed


def _pair(weights: dict[str, NDArray[Any]], prefix: str) -> tuple[Array, Array]:
    return weights[f"{prefix}.weight"], weights[f"{prefix}.bias"]


def _layer_norm(x: Array, weight: Array, bias: Array, epsilon: float) -> Array:
    x -= x.mean(axis=-1, keepdims=True)
    variance = np.einsum("ij,ij->i", x, x)[:, None] / np.float32(x.shape[-1])
    x *= 1 / np.sqrt(variance + np.float32(epsilon))
    x *= weight
    x += bias
    return x


def _gelu(x: Array) -> Array:
    """Exact GELU, `x * (1 + erf(x / sqrt 2)) / 2`, in place, some rows at a time."""
    step = max(1, _CACHED // x.shape[1])
    for start in range(0, len(x), step):
        _gelu_some(x[start : start + step])
    return x


def _gelu_some(x: Array) -> None:
    """GELU of a few rows.

    The error function is Abramowitz and Stegun 7.1.26, whose error stays below 1.5e-7.
    """
    z = np.abs(x)
    z *= np.float32(1 / math.sqrt(2))
    t = 1 / (1 + np.float32(0.3275911) * z)
    poly = np.float32(1.061405429) * t
    for coefficient in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        poly += np.float32(coefficient)
        poly *= t
    z *= z
    np.negative(z, out=z)
    poly *= np.exp(z, out=z)
    erf = np.copysign(1 - poly, x)
    erf += 1
    x *= erf
    x *= np.float32(0.5)
