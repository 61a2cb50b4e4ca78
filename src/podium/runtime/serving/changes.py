"""Telling whoever looks at threads that some have changed, so that nobody has to ask again and again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from podium.core.principal import Access
from podium.runtime.serving.streams import StreamHub
from podium.storage.database import Database
from podium.storage.thread_marks import ThreadMarks

ELSEWHERE_S: Final = 2.0
"""After how many seconds the database is looked at for what other processes have changed."""
PACE_S: Final = 0.25
"""Changes come in crowds; they are told together, this many seconds after the first."""
_NO_THREAD: Final = ""
"""No thread is called so; who listens to it is woken when the server stops."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What has changed.

    Attributes:
        threads: The ids of threads that came, went or changed; empty the first time.
        waiting: How many threads wait for a person now.
    """

    threads: list[str]
    waiting: int


class Changes:
    """Tells what changes in threads.

    Args:
        database: The open database.
        hub: Knows when the server stops.
    """

    def __init__(self, database: Database, hub: StreamHub) -> None:
        self._database = database
        self._marks = ThreadMarks(database)
        self._hub = hub

    async def follow(self, access: Access, who: str) -> AsyncIterator[Changed]:
        """How things stand, then every change, until the server stops.

        Args:
            access: Whose threads.
            who: What is assigned to this principal counts too.
        """
        loop = asyncio.get_running_loop()
        with self._hub.listening(_NO_THREAD) as bell, self._database.telling(partial(_ring, loop, bell)):
            before = await self._marks.look(access, who)
            yield Changed([], before.waiting)
            while not self._hub.is_closed:
                await _change(bell)
                now = await self._marks.look(access, who)
                if changed := now.changed_since(before):
                    yield Changed(changed, now.waiting)
                before = now


async def _change(bell: asyncio.Event) -> None:
    """Wait for a ring and a little longer, or until it is time to look anyway."""
    with suppress(TimeoutError):
        async with asyncio.timeout(ELSEWHERE_S):
            await bell.wait()
        await asyncio.sleep(PACE_S)
    bell.clear()


def _ring(loop: asyncio.AbstractEventLoop, bell: asyncio.Event) -> None:
    """Wake a follower from whichever thread has committed."""
    if not bell.is_set():
        with suppress(RuntimeError):  # the loop was closed: nobody waits any more
            loop.call_soon_threadsafe(bell.set)
