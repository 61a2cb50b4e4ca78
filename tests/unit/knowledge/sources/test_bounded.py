"""A source cannot hold a turn up: attempts are limited in time and number, and a failed one is left alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from podium.core.errors import SourceError, SourceUnavailable
from podium.core.evidence import Evidence
from podium.knowledge.sources.bounded import Bounded, Rested

GIVEN = Evidence(id="1", source="s", text="t")


class Shaky:
    """Fails as often as it is told to, then answers."""

    name = "shaky"

    def __init__(self, *failures: BaseException) -> None:
        self.failures = list(failures)
        self.calls = 0

    async def fetch(self, _query: str, _k: int) -> Sequence[Evidence]:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        return [GIVEN]


class Hanging:
    name = "hanging"

    async def fetch(self, _query: str, _k: int) -> Sequence[Evidence]:
        await asyncio.Event().wait()
        return []


@pytest.mark.parametrize(
    "failure", [SourceUnavailable("busy"), ConnectionError("lost"), TimeoutError("late")]
)
async def test_a_failure_that_may_pass_is_tried_again(failure: Exception) -> None:
    source = Shaky(failure)
    assert await Bounded(source, timeout=5, retries=1).fetch("x", 1) == [GIVEN]
    assert source.calls == 2


@pytest.mark.parametrize("failure", [SourceError("refused"), KeyError("mine")])
async def test_a_failure_that_stays_is_not(failure: Exception) -> None:
    source = Shaky(failure)
    with pytest.raises(SourceError):
        await Bounded(source, timeout=5, retries=3).fetch("x", 1)
    assert source.calls == 1


async def test_attempts_have_an_end() -> None:
    source = Shaky(*[SourceUnavailable("busy")] * 9)
    with pytest.raises(SourceUnavailable, match="busy"):
        await Bounded(source, timeout=5, retries=2).fetch("x", 1)
    assert source.calls == 3


async def test_a_source_that_hangs_is_unavailable() -> None:
    with pytest.raises(SourceUnavailable, match=r"hanging: did not answer within 0\.01 s"):
        await Bounded(Hanging(), timeout=0.01, retries=0).fetch("x", 1)


async def test_a_source_that_failed_is_left_alone_for_a_while() -> None:
    now = 100.0
    source = Shaky(SourceUnavailable("down"))
    rested = Rested(source, 15, now=lambda: now)
    for _ in range(3):
        with pytest.raises(SourceUnavailable, match="down"):
            await rested.fetch("x", 1)
    assert source.calls == 1
    now = 116.0
    assert await rested.fetch("x", 1) == [GIVEN]
    assert await rested.fetch("x", 1) == [GIVEN]
