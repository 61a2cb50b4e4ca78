"""A function as a source: synchronous or not, texts or mappings, and errors that name it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from podium.core.errors import SourceError
from podium.knowledge.sources.function import FunctionSource


async def _later(query: str, k: int) -> list[str]:
    return [f"{query} {k}"]


def _generated(query: str, k: int) -> Iterator[str]:
    yield f"{query} {k}"


@pytest.mark.parametrize(
    "function",
    [
        lambda query, k: f"{query} {k}",
        lambda query, k: [f"{query} {k}"],
        lambda query, k: {"text": f"{query} {k}"},
        lambda query, k: ({"text": f"{query} {k}", "title": "T"},),
        _generated,
        _later,
    ],
)
async def test_whatever_a_function_returns_is_evidence(function: Any) -> None:
    assert [item.text for item in await FunctionSource("mine", function).fetch("ferry", 2)] == ["ferry 2"]


async def test_nothing_is_no_evidence() -> None:
    assert await FunctionSource("mine", lambda *_: None).fetch("ferry", 2) == []


async def test_a_function_that_fails_is_named() -> None:
    def fails(_query: str, _k: int) -> None:
        raise KeyError("price")

    with pytest.raises(SourceError, match="mine failed: KeyError: 'price'"):
        await FunctionSource("mine", fails).fetch("ferry", 2)


async def test_a_number_is_no_evidence() -> None:
    with pytest.raises(SourceError, match="mine failed: TypeError: it returned a int"):
        await FunctionSource("mine", lambda *_: 7).fetch("ferry", 2)


async def test_a_function_that_exits_does_not_end_the_process() -> None:
    def leaves(_query: str, _k: int) -> None:
        raise SystemExit(3)

    with pytest.raises(SourceError, match="SystemExit 3"):
        await FunctionSource("mine", leaves).fetch("ferry", 2)


async def test_a_function_that_blocks_does_not_hold_up_the_loop() -> None:
    seen: list[str] = []
    await FunctionSource("mine", lambda *_: seen.append(threading.current_thread().name)).fetch("x", 1)
    assert seen == ["podium-source"]
