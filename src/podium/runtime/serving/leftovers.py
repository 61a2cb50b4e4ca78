"""What is left of runs whose thread went with them: kept until their readers have surely gone on."""

from __future__ import annotations

import asyncio
import time
from collections import deque

from podium.storage.database import Database
from podium.storage.operations import Work
from podium.storage.run_requests import delete_runs

KEPT_S = 600.0
"""How long a reader that was cut off may come back for the rest of a temporary run."""
_SWEEP = 500


class Leftovers:
    """Forgets temporary runs some time after they ended.

    Args:
        database: The open database.
        kept: Seconds until then.
    """

    def __init__(self, database: Database, kept: float = KEPT_S) -> None:
        self._database = database
        self._kept = kept
        self._due: deque[tuple[float, str]] = deque()
        self._more = asyncio.Event()

    def add(self, run_id: str) -> None:
        """Note that a temporary run has ended."""
        self._due.append((time.monotonic() + self._kept, run_id))
        self._more.set()

    async def sweep(self) -> None:
        """Forget what is due, for ever; also what earlier processes left."""
        query = "SELECT run_id FROM run_requests WHERE temporary=1 AND ended_at IS NOT NULL"
        for (run_id,) in await self._database.aread(lambda connection: connection.execute(query).fetchall()):
            self.add(run_id)
        while True:
            if not self._due:
                self._more.clear()
                await self._more.wait()
            await asyncio.sleep(max(0.0, self._due[0][0] - time.monotonic()))
            now, ready = time.monotonic(), list[str]()
            while self._due and self._due[0][0] <= now and len(ready) < _SWEEP:
                ready.append(self._due.popleft()[1])
            await self._database.awrite(_forgetting(ready))


def _forgetting(run_ids: list[str]) -> Work[None]:
    return lambda connection: delete_runs(connection, run_ids)
