"""Turns that a decision let go on and that their process did not finish: the next start finishes them."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

from podium.core.errors import PodiumError
from podium.core.principal import Access, Principal

if TYPE_CHECKING:
    from podium.app.podium import Podium
    from podium.runtime.serving.threads import ServedThreads
    from podium.storage.database import Database

_CUT_OFF: Final = (
    "SELECT thread_id, tenant, owner FROM threads WHERE status='busy'"
    " AND json_extract(metadata, '$.graph_id')=?"
    " AND NOT EXISTS (SELECT 1 FROM run_requests q WHERE q.thread_id=threads.thread_id"
    " AND q.status IN ('pending', 'running'))"
    " AND EXISTS (SELECT 1 FROM runs r WHERE r.thread_id=threads.thread_id AND r.status='running')"
)


@asynccontextmanager
async def finishing(
    app: Podium, threads: ServedThreads, database: Database, graph: str | None
) -> AsyncIterator[None]:
    """Finish what an earlier process was cut off in, beside all else, until the block ends.

    Requested runs are not among it: the run service takes them up itself. Threads that somebody alive
    works on are left alone.

    Args:
        app: The project in use.
        threads: The threads.
        database: The open database.
        graph: The project's own graph; None where it has none.
    """
    if graph is None:
        yield
        return
    task = asyncio.create_task(_finish(app, threads, database, graph))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _finish(app: Podium, threads: ServedThreads, database: Database, graph: str) -> None:
    def work(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
        return connection.execute(_CUT_OFF, (graph,)).fetchall()

    for thread_id, tenant, owner in await database.aread(work):
        with suppress(PodiumError):  # it is somebody else's now, or waits for a person again
            await app.acting_as(Principal(owner, tenant)).resume(thread_id)
        with suppress(PodiumError):
            await threads.settle(thread_id, Access(tenant))
