"""Answers that take long: they are sent while somebody reads them, and no longer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from podium.server.wire import PatientResponse


class Reader:
    """Takes an answer, and goes away when it is told to."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.looks = asyncio.Event()
        self.leaves = asyncio.Event()

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    async def receive(self) -> Any:
        self.looks.set()
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    @property
    def body(self) -> bytes:
        return b"".join(one["body"] for one in self.sent[1:])

    @property
    def is_whole(self) -> bool:
        return not self.sent[-1].get("more_body", True)


async def test_a_short_answer_is_sent_without_looking_out_for_its_reader() -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"{}"

    reader = Reader()
    await PatientResponse(parts())({"type": "http"}, reader.receive, reader.send)
    await asyncio.sleep(0)
    assert (reader.body, reader.is_whole, reader.looks.is_set()) == (b"{}", True, False)


async def test_a_long_answer_comes_whole_to_who_stays() -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"\n"
            await asyncio.sleep(0)
        yield b"{}"

    reader = Reader()
    await PatientResponse(parts())({"type": "http"}, reader.receive, reader.send)
    assert (reader.body, reader.is_whole) == (b"\n\n\n{}", True)


async def test_what_nobody_waits_for_any_more_is_given_up() -> None:
    ended = asyncio.Event()

    async def parts() -> AsyncIterator[bytes]:
        try:
            yield b"\n"
            await asyncio.get_running_loop().create_future()
        finally:
            ended.set()

    reader = Reader()
    answer = PatientResponse(parts())({"type": "http"}, reader.receive, reader.send)
    answering = asyncio.ensure_future(answer)
    await reader.looks.wait()
    reader.leaves.set()
    await answering
    assert (ended.is_set(), reader.body, reader.is_whole) == (True, b"\n", False)


async def test_what_goes_wrong_is_not_taken_for_an_end() -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"\n"
        raise ValueError("no")

    reader = Reader()
    with pytest.raises(ValueError, match="no"):
        await PatientResponse(parts())({"type": "http"}, reader.receive, reader.send)
    assert not reader.is_whole
