"""Answers are kept for a while, so many of them, and failures never."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from podium.core.errors import SourceUnavailable
from podium.core.evidence import Evidence
from podium.knowledge.sources.cached import Cached


class Counting:
    name = "counting"

    def __init__(self, *, down: bool = False) -> None:
        self.asked: list[str] = []
        self.down = down

    async def fetch(self, query: str, _k: int) -> Sequence[Evidence]:
        self.asked.append(query)
        if self.down:
            raise SourceUnavailable("down")
        return [Evidence(id=query, source="s", text=query)]


async def test_the_same_question_is_asked_once_while_the_answer_is_fresh() -> None:
    now = 0.0
    source = Counting()
    cached = Cached(source, seconds=10, now=lambda: now)
    first = await cached.look_up("a  b", 3)
    second = await cached.look_up("a b", 3)
    assert (first.fetched, second.fetched) == (True, False)
    assert first.evidence == second.evidence
    now = 11.0
    assert (await cached.look_up("a b", 3)).fetched


async def test_more_passages_are_another_question() -> None:
    cached = Cached(Counting(), seconds=10)
    assert (await cached.look_up("a", 3)).fetched
    assert (await cached.look_up("a", 4)).fetched


async def test_the_answers_used_last_are_kept() -> None:
    source = Counting()
    cached = Cached(source, seconds=10, size=2, now=lambda: 0.0)
    for query in ("a", "b", "a", "c", "a", "b"):
        await cached.fetch(query, 1)
    assert source.asked == ["a", "b", "c", "b"]


async def test_zero_seconds_keep_nothing() -> None:
    source = Counting()
    cached = Cached(source, seconds=0)
    await cached.fetch("a", 1)
    await cached.fetch("a", 1)
    assert source.asked == ["a", "a"]


async def test_a_failure_is_not_kept() -> None:
    source = Counting(down=True)
    cached = Cached(source, seconds=10)
    with pytest.raises(SourceUnavailable):
        await cached.fetch("a", 1)
    source.down = False
    assert (await cached.look_up("a", 1)).fetched
