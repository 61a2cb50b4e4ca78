"""Slips of the pen in the word that says what to do."""

from __future__ import annotations

from collections.abc import Iterable

SHORTEST = 5
"""Letters; in shorter words one letter makes another word."""


def corrected(word: str, known: Iterable[str]) -> str:
    """The one known word that a misspelt word stands for; empty when there is none, or more than one.

    Args:
        word: In lower case.
        known: Words that may be meant.
    """
    if len(word) < SHORTEST or not word.isalpha():
        return ""
    near = [
        held
        for held in set(known)
        if len(held) >= SHORTEST and not word.startswith(held) and one_slip(word, held)
    ]
    return near[0] if len(near) == 1 else ""


def one_slip(one: str, other: str) -> bool:
    """Whether two words differ by one letter too many, too few or wrong, or by two that changed places."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return True
    left, right = one[start:], other[start:]
    if len(left) == len(right):
        swapped = left[1:2] + left[:1] == right[:2] and left[2:] == right[2:]
        return left[1:] == right[1:] or swapped
    return left[1:] == right if len(left) > len(right) else left == right[1:]
