"""LangGraph's checkpointer on the project's database, for synchronous and asynchronous graphs.

The head of a thread is the checkpoint committed last, whatever its id or the clock say.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    DeltaChannelHistory,
    get_checkpoint_id,
    get_checkpoint_metadata,
)
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from podium.storage import checkpoint_cleanup, checkpoint_rows
from podium.storage.checkpoint_cache import MAX_BYTES, MessageCache
from podium.storage.checkpoint_codec import TaskWrites, encode_checkpoint, encode_writes
from podium.storage.checkpoint_listing import Listing
from podium.storage.checkpoint_loader import CheckpointLoader, config_of
from podium.storage.checkpoint_rows import Fence, Lane, NewCheckpoint
from podium.storage.database import Database
from podium.storage.json_text import dump_some
from podium.storage.leases import CONFIG_KEY_FENCE
from podium.storage.operations import Work

_FORK_BITS = 31


class PodiumSaver(BaseCheckpointSaver[int]):
    """Stores checkpoints in a `Database`.

    `put` and `put_writes` return once their rows are committed, so that a killed process loses nothing
    that LangGraph was told is saved.

    Args:
        database: The open database; the saver does not close it.
        serde: How values are encoded; by default LangGraph's strict msgpack, which restores JSON values,
            messages and LangGraph's own types, and nothing that could run code.
        cache_bytes: Bound on decoded messages kept in memory, in bytes of their encoding.
    """

    def __init__(
        self,
        database: Database,
        *,
        serde: SerializerProtocol | None = None,
        cache_bytes: int = MAX_BYTES,
    ) -> None:
        super().__init__(serde=serde or JsonPlusSerializer(allowed_msgpack_modules=None))
        self.database = database
        self._cache = MessageCache(cache_bytes)

    # --- reading ---------------------------------------------------------------------------------

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The checkpoint that `config` names, or the head of its thread and namespace."""
        lane, checkpoint_id = _lane(config), get_checkpoint_id(config)
        loader = self._loader()
        return self.database.read(lambda connection: loader.load(connection, lane, checkpoint_id))

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Async twin of `get_tuple`; reads on the event loop, since a hand-over would take longer."""
        return self.get_tuple(config)

    def head_id(self, thread_id: str) -> str | None:
        """The checkpoint of a thread's outermost graph that was committed last; None when there is none."""
        return self.database.read(lambda connection: checkpoint_rows.head_id(connection, Lane(thread_id, "")))

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002  # the base class's name
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        """Checkpoints that match, the one committed last first."""
        listing = Listing(self._loader(), config, filter, before, limit)
        while not listing.exhausted:
            yield from self.database.read(listing.next_page)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002  # the base class's name
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Async twin of `list`."""
        listing = Listing(self._loader(), config, filter, before, limit)
        while not listing.exhausted:
            for found in await self.database.aread(listing.next_page):
                yield found

    def get_delta_channel_history(
        self, *, config: RunnableConfig, channels: Sequence[str]
    ) -> Mapping[str, DeltaChannelHistory]:
        """What `DeltaChannel` values are rebuilt from; see the base class."""
        return self.database.read(self._history(config, channels)) if channels else {}

    async def aget_delta_channel_history(
        self, *, config: RunnableConfig, channels: Sequence[str]
    ) -> Mapping[str, DeltaChannelHistory]:
        """Async twin of `get_delta_channel_history`."""
        return await self.database.aread(self._history(config, channels)) if channels else {}

    # --- writing ---------------------------------------------------------------------------------

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint as the new head; returns its config once committed.

        Raises:
            LeaseLost: The configuration carries a lease that another process has taken over.
        """
        lane, new = _lane(config), self._new(config, checkpoint, metadata, new_versions)
        fence = _fence(config)
        if statement := checkpoint_rows.insert_statement(lane, new, fence):
            with suppress(sqlite3.IntegrityError):  # it was stored before
                self.database.execute(*statement)
                return config_of(lane, new.checkpoint_id)
        self.database.write(lambda connection: checkpoint_rows.insert(connection, lane, new, fence))
        return config_of(lane, new.checkpoint_id)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Async twin of `put`."""
        lane, new = _lane(config), self._new(config, checkpoint, metadata, new_versions)
        fence = _fence(config)
        if statement := checkpoint_rows.insert_statement(lane, new, fence):
            with suppress(sqlite3.IntegrityError):
                await self.database.aexecute_soon(*statement)
                return config_of(lane, new.checkpoint_id)
        await self.database.awrite_soon(
            lambda connection: checkpoint_rows.insert(connection, lane, new, fence)
        )
        return config_of(lane, new.checkpoint_id)

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Store what a task wrote on top of a checkpoint."""
        lane, task = _lane(config), self._task(config, writes, task_id, task_path)
        fence = _fence(config)
        if not self.database.execute(*checkpoint_rows.insert_writes_statement(lane, task, fence)):
            self.database.write(
                lambda connection: checkpoint_rows.merge_writes(connection, lane, task, fence)
            )

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Async twin of `put_writes`."""
        lane, task = _lane(config), self._task(config, writes, task_id, task_path)
        fence = _fence(config)
        if not await self.database.aexecute_soon(*checkpoint_rows.insert_writes_statement(lane, task, fence)):
            await self.database.awrite_soon(
                lambda connection: checkpoint_rows.merge_writes(connection, lane, task, fence)
            )

    # --- housekeeping ----------------------------------------------------------------------------

    def delete_thread(self, thread_id: str) -> None:
        """Delete everything stored for a thread."""
        self.database.write(checkpoint_cleanup.delete_threads([thread_id]))

    async def adelete_thread(self, thread_id: str) -> None:
        """Async twin of `delete_thread`."""
        await self.database.awrite(checkpoint_cleanup.delete_threads([thread_id]))

    def delete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Delete the checkpoints that these runs made, and their writes."""
        self.database.write(checkpoint_cleanup.delete_runs(self._loader(), run_ids))

    async def adelete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Async twin of `delete_for_runs`."""
        await self.database.awrite(checkpoint_cleanup.delete_runs(self._loader(), run_ids))

    def copy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Copy a thread's whole history to another thread."""
        self.database.write(checkpoint_cleanup.copy_thread(source_thread_id, target_thread_id))

    async def acopy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Async twin of `copy_thread`."""
        await self.database.awrite(checkpoint_cleanup.copy_thread(source_thread_id, target_thread_id))

    def prune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Drop history: all but the heads and what they are rebuilt from, or (`delete`) everything."""
        self.database.write(checkpoint_cleanup.prune(self._loader(), thread_ids, strategy))

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Async twin of `prune`."""
        await self.database.awrite(checkpoint_cleanup.prune(self._loader(), thread_ids, strategy))

    def get_next_version(self, current: int | None, channel: None) -> int:
        """A higher version, with random low bits so that two branches never share a stored value."""
        del channel
        step = 0 if current is None else current >> _FORK_BITS
        return ((step + 1) << _FORK_BITS) | random.getrandbits(_FORK_BITS)

    # --- what runs on the connection -------------------------------------------------------------

    def _loader(self) -> CheckpointLoader:
        return CheckpointLoader(self.serde, self._cache)

    def _new(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> NewCheckpoint:
        merged = get_checkpoint_metadata(config, metadata)
        return NewCheckpoint(
            checkpoint_id=checkpoint["id"],
            parent_id=get_checkpoint_id(config),
            run_id=merged.get("run_id"),
            encoded=encode_checkpoint(self.serde, checkpoint, new_versions),
            metadata=dump_some(merged),
        )

    def _task(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str
    ) -> TaskWrites:
        checkpoint_id = config["configurable"]["checkpoint_id"]
        return TaskWrites(checkpoint_id, task_id, task_path, encode_writes(self.serde, writes))

    def _history(
        self, config: RunnableConfig, channels: Sequence[str]
    ) -> Work[Mapping[str, DeltaChannelHistory]]:
        lane, checkpoint_id = _lane(config), get_checkpoint_id(config)
        loader = self._loader()
        return lambda connection: loader.history(connection, lane, checkpoint_id, channels)


def _lane(config: RunnableConfig) -> Lane:
    configurable = config["configurable"]
    return Lane(str(configurable["thread_id"]), configurable.get("checkpoint_ns", ""))


def _fence(config: RunnableConfig) -> Fence | None:
    configurable = config["configurable"]
    token = configurable.get(CONFIG_KEY_FENCE)
    return Fence(str(configurable["thread_id"]), int(token)) if token else None
