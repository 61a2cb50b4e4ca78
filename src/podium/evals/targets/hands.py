"""Threads for calls that may hang: one that does is left behind, and holds up nobody."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any


class Hands:
    """Calls functions in daemon threads that are used again."""

    def __init__(self) -> None:
        self._idle: list[_Hand] = []

    async def call(self, function: Callable[..., Any], *args: object) -> Any:
        """What the function returns; when the caller stops waiting, the thread is left behind."""
        hand = self._idle.pop() if self._idle else _Hand()
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = loop.create_future()
        work = partial(contextvars.copy_context().run, function, *args)
        hand.work.put((work, loop, done))
        try:
            return await done
        except asyncio.CancelledError:
            hand.work.put(None)
            raise
        finally:
            if done.done() and not done.cancelled():
                self._idle.append(hand)

    def close(self) -> None:
        """Let the threads end."""
        for hand in self._idle:
            hand.work.put(None)
        self._idle.clear()


class _Hand:
    def __init__(self) -> None:
        self.work: SimpleQueue[
            tuple[Callable[[], Any], asyncio.AbstractEventLoop, asyncio.Future[Any]] | None
        ]
        self.work = SimpleQueue()
        Thread(target=self._run, name="podium-eval-call", daemon=True).start()

    def _run(self) -> None:
        while (given := self.work.get()) is not None:
            work, loop, done = given
            value, error = None, None
            try:
                value = work()
            except BaseException as raised:  # noqa: BLE001 - handed to whoever waits
                error = raised
            with suppress(RuntimeError):  # the loop may be closed by the time a hanging call returns
                loop.call_soon_threadsafe(_settle, done, value, error)


def _settle(done: asyncio.Future[Any], value: object, error: BaseException | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(value)
    elif isinstance(error, Exception) and not isinstance(error, StopIteration):
        done.set_exception(error)
    else:  # SystemExit and its like are not ours to end on
        done.set_exception(RuntimeError(f"{type(error).__name__} {error}".strip()))
