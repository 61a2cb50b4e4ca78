"""The store as graphs see it: the part of whoever the run is carried out for; and what has expired goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

from podium.core.errors import NotAllowed, PodiumError
from podium.core.principal import Principal
from podium.graphs.asker import CONFIG_KEY_ASKER
from podium.models.embedding import open_embedder
from podium.storage.store_batch import Searching
from podium.storage.store_items import SqlStore
from podium.storage.store_rows import Partition

if TYPE_CHECKING:
    from podium.core.clock import Clock
    from podium.core.settings import StoreSettings
    from podium.storage.database import Database

SWEEP_S: Final = 300.0
"""How often expired items are deleted; from when they expire on, nobody is shown them."""


def open_store(database: Database, settings: StoreSettings, clock: Clock | None = None) -> SqlStore:
    """The store for graphs, each run in the part of whom it is carried out for.

    Args:
        database: The open database.
        settings: What configuration says.
        clock: Dates what is written, and decides what has expired.

    Raises:
        UnknownName: The embedder is not installed.
    """
    embedder = None if settings.embedder is None else open_embedder(settings.embedder)
    return SqlStore(
        database,
        partition_of_run,
        searching=Searching(settings.fields, embedder),
        ttl={"default_ttl": settings.default_ttl, "refresh_on_read": settings.refresh_on_read},
        clock=clock,
    )


def partition_of(principal: Principal) -> Partition:
    """The part of the store that belongs to a principal."""
    return Partition(principal.tenant, principal.id)


def partition_of_run() -> Partition:
    """The part of the store that belongs to whoever asked for what the present run does.

    Whoever answers what waits in it finds and leaves nothing of theirs there.

    Raises:
        NotAllowed: No run is carried out here, or nobody knows for whom.
    """
    from langgraph.config import get_config

    try:
        held = get_config().get("configurable", {})
    except RuntimeError:
        held = {}
    principal = held.get(CONFIG_KEY_ASKER) or held.get("podium_principal")
    if not isinstance(principal, Principal):
        raise NotAllowed(
            "the store was used outside a run",
            hint="Use it in a node, where it is known whose part is meant.",
        )
    return partition_of(principal)


@asynccontextmanager
async def swept(store: SqlStore, every: float = SWEEP_S) -> AsyncIterator[None]:
    """Delete what expires in the store from time to time while the block lasts.

    Args:
        store: The store.
        every: Seconds between.
    """
    task = asyncio.create_task(_sweeping(store, every), name="store sweeper")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _sweeping(store: SqlStore, every: float) -> None:
    while True:
        with suppress(PodiumError):  # the disk is full, or somebody holds the database: the next time, then
            await store.asweep()
        await asyncio.sleep(every)
