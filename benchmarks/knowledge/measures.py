"""Measures of retrieval: graded nDCG, and overlap of character spans."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

Piece = tuple[int, int]


def ndcg(ranked: Sequence[str], gains: Mapping[str, float], depth: int = 10) -> float:
    """Normalised discounted cumulative gain with linear gains.

    Args:
        ranked: What was found, best first.
        gains: The gain of each relevant document.
        depth: How many count.
    """
    found = sum(gains.get(name, 0) / math.log2(rank + 2) for rank, name in enumerate(ranked[:depth]))
    ideal = sorted(gains.values(), reverse=True)[:depth]
    best = sum(gain / math.log2(rank + 2) for rank, gain in enumerate(ideal))
    return found / best if best else 0.0


def union(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces without overlaps, in order."""
    merged: list[Piece] = []
    for start, end in sorted(pieces):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def shared(a: Sequence[Piece], b: Sequence[Piece]) -> int:
    """Characters that both sets of pieces hold."""
    return sum(max(0, min(e, y) - max(s, x)) for s, e in union(a) for x, y in union(b))


def length(pieces: Sequence[Piece]) -> int:
    """Characters in the pieces, those in several of them counted each time."""
    return sum(end - start for start, end in pieces)
