"""LangGraph's store in the project's database: what graphs and clients remember across threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from langgraph.store.base import BaseStore, Op, Result, TTLConfig

from podium.core.clock import Clock, SystemClock, to_iso
from podium.storage.database import Database
from podium.storage.store_batch import Batch, Searching
from podium.storage.store_rows import Partition, Window


class SqlStore(BaseStore):
    """One tenant's and owner's part of the store; which one is asked anew for each batch.

    Values are JSON objects. With an embedder, a question is compared with the meaning of what is stored; the
    vectors of items that were stored without it, or with another one, are made when they are first asked.
    Without one, the words in common are counted: the score is the share of the question's words, rare ones
    weighing more, that an item has. Items put with `index=False` come last, without a score.

    Args:
        database: The open database.
        partition: Whose part; a function where it depends on who asks.
        searching: How it is searched.
        ttl: For how long items are kept; for ever when None and the item says nothing else.
        clock: Dates what is written, and decides what has expired.
    """

    supports_ttl = True

    def __init__(
        self,
        database: Database,
        partition: Partition | Callable[[], Partition],
        *,
        searching: Searching | None = None,
        ttl: TTLConfig | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.ttl_config = ttl
        self._database = database
        self._partition = partition
        self._searching = searching or Searching()
        self._clock = clock or SystemClock()

    def of(self, partition: Partition) -> SqlStore:
        """The same store, for one tenant and owner."""
        return SqlStore(
            self._database, partition, searching=self._searching, ttl=self.ttl_config, clock=self._clock
        )

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """Carry out operations; gets and searches see what was there before the batch.

        Args:
            ops: The operations.

        Raises:
            ValueError: A namespace or a filter cannot be taken.
        """
        batch = self._batch(ops)
        self._database.read(batch.read)
        batch.embed()
        results = batch.results()
        if batch.writes:
            self._database.write(batch.write)
        return results

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """Async twin of `batch`; what takes long is done beside the event loop."""
        batch = self._batch(ops)
        if batch.is_short:
            self._database.read(batch.read)
            results = batch.results()
        else:
            results = await asyncio.to_thread(self._answered, batch)
        if batch.writes:
            await self._database.awrite_soon(batch.write)
        return results

    async def asweep(self) -> int:
        """Delete what has expired in all parts; how many items that were."""
        return await self._database.aexecute_soon(
            "DELETE FROM store_items WHERE expires_at<=?", (to_iso(self._clock.now()),)
        )

    def _answered(self, batch: Batch) -> list[Result]:
        self._database.read(batch.read)
        batch.embed()
        return batch.results()

    def _batch(self, ops: Iterable[Op]) -> Batch:
        partition = self._partition if isinstance(self._partition, Partition) else self._partition()
        return Batch(list(ops), Window(partition, to_iso(self._clock.now())), self._searching)
