"""Putting two lists side by side: in order, or pairwise as well as it can be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Left = TypeVar("Left")
Right = TypeVar("Right")


def longest_common(
    left: Sequence[Left], right: Sequence[Right], same: Callable[[Left, Right], bool] | None = None
) -> int:
    """Length of the longest common subsequence.

    Args:
        left: One list.
        right: The other.
        same: Whether two items are one; equality of hashable items by default.
    """
    if same is None:
        return _longest_equal(left, right)
    before = [0] * (len(right) + 1)
    for one in left:
        row = [0]
        for at, other in enumerate(right):
            row.append(before[at] + 1 if same(one, other) else max(row[at], before[at + 1]))
        before = row
    return before[-1]


def _longest_equal(left: Sequence[Left], right: Sequence[Right]) -> int:
    """The same by equality, a whole row of bits at a time (Hyyrö 2004); items are hashable."""
    places: dict[object, int] = {}
    for at, other in enumerate(right):
        places[other] = places.get(other, 0) | 1 << at
    every = (1 << len(right)) - 1
    row = every
    for one in left:
        hits = row & places.get(one, 0)
        row = ((row + hits) | (row - hits)) & every
    return len(right) - row.bit_count()


def best_pairs(gains: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """The pairs of rows and columns whose gains add up to the most, each used once (Kuhn 1955).

    Args:
        gains: For each row the gain of each column; pairs without gain are left out.
    """
    if not gains or not gains[0]:
        return []
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(np.asarray(gains, dtype=float), maximize=True)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(row, column) for row, column in pairs if gains[row][column] > 0]
