"""Calling what blocks, without holding up the event loop or the end of the process."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def in_thread(work: Callable[[], T]) -> T:
    """The value of a call that runs in a thread of its own.

    A call that hangs is left behind: a pool would be used up by such calls, and waited for at exit.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()
    context = contextvars.copy_context()

    def settle(outcome: Callable[[], None]) -> None:
        if not done.done():
            outcome()

    def run() -> None:
        outcome: Callable[[], None]
        try:
            value = context.run(work)
        except Exception as error:  # noqa: BLE001 - handed to whoever waits
            fault = error if not isinstance(error, StopIteration) else RuntimeError("StopIteration")
            outcome = lambda: done.set_exception(fault)  # noqa: E731
        except BaseException as error:  # noqa: BLE001 - a function that exits must not end the loop
            said = f"{type(error).__name__} {error}".strip()
            outcome = lambda: done.set_exception(RuntimeError(said))  # noqa: E731
        else:
            outcome = lambda: done.set_result(value)  # noqa: E731
        with suppress(RuntimeError):  # the loop may be closed by the time a hanging call returns
            loop.call_soon_threadsafe(settle, outcome)

    threading.Thread(target=run, name="podium-source", daemon=True).start()
    return await done
