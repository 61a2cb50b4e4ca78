"""Builds checkpoints, and the histories of delta channels, from stored rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple, DeltaChannelHistory, PendingWrite
from langgraph.checkpoint.serde.base import SerializerProtocol

from podium.storage import checkpoint_rows
from podium.storage.checkpoint_cache import MessageCache
from podium.storage.checkpoint_codec import damaged, decoded, may_hold, stored_versions, unpack_entries
from podium.storage.checkpoint_rows import CheckpointRow, Lane


class CheckpointLoader:
    """Reads checkpoints with one serializer."""

    def __init__(self, serde: SerializerProtocol, cache: MessageCache) -> None:
        self._serde = serde
        self._cache = cache

    def load(
        self, connection: sqlite3.Connection, lane: Lane, checkpoint_id: str | None
    ) -> CheckpointTuple | None:
        """The checkpoint with this id, or the head of the lane."""
        row = checkpoint_rows.find(connection, lane, checkpoint_id)
        return None if row is None else self.build(connection, row)

    def build(self, connection: sqlite3.Connection, row: CheckpointRow) -> CheckpointTuple:
        """The full checkpoint of a row."""
        lane = Lane(row.thread_id, row.checkpoint_ns)
        checkpoint = self.payload(row)
        checkpoint["channel_values"].update(self._stored_values(connection, lane, checkpoint))
        del checkpoint["stored"]
        return CheckpointTuple(
            config=config_of(lane, row.checkpoint_id),
            checkpoint=checkpoint,  # type: ignore[arg-type]  # the payload is one, plus `stored`, taken out above
            metadata=json.loads(row.metadata),
            parent_config=config_of(lane, row.parent_id) if row.parent_id else None,
            pending_writes=list(self._writes(connection, lane, row.checkpoint_id)),
        )

    def payload(self, row: CheckpointRow) -> dict[str, Any]:
        """The decoded payload: the checkpoint with its inline values, and the names of the `stored` ones."""
        payload: dict[str, Any] = decoded(self._serde, row.encoding, row.payload)
        if not isinstance(payload, dict) or "stored" not in payload:
            raise damaged(f"{row.checkpoint_id} is incomplete")
        return payload

    def history(
        self,
        connection: sqlite3.Connection,
        lane: Lane,
        checkpoint_id: str | None,
        channels: Sequence[str],
    ) -> Mapping[str, DeltaChannelHistory]:
        """For each channel the nearest stored value among the ancestors and the writes made since.

        Follows parents, never the order of commits, so that only this branch contributes. The writes of
        the checkpoint itself are not part of it: they are still pending.
        """
        found: dict[str, DeltaChannelHistory] = {channel: {"writes": []} for channel in channels}
        open_channels = set(channels)
        for row in self.ancestors(connection, lane, checkpoint_id):
            for write in reversed(list(self._writes(connection, lane, row.checkpoint_id, open_channels))):
                found[write[1]]["writes"].append(write)
            for channel, value in self._seeds(connection, row, open_channels):
                found[channel]["seed"] = value
                open_channels.discard(channel)
            if not open_channels:
                break
        for entry in found.values():
            entry["writes"].reverse()
        return found

    def ancestors(
        self, connection: sqlite3.Connection, lane: Lane, checkpoint_id: str | None
    ) -> Iterator[CheckpointRow]:
        """The parent of a checkpoint (or of the head), its parent, and so on."""
        row = checkpoint_rows.find(connection, lane, checkpoint_id)
        seen: set[str] = set()
        while row is not None and row.parent_id and row.parent_id not in seen:
            seen.add(row.parent_id)  # a checkpoint stored again under its own descendant makes a loop
            row = checkpoint_rows.find(connection, lane, row.parent_id)
            if row is not None:
                yield row

    def _seeds(
        self, connection: sqlite3.Connection, row: CheckpointRow, channels: set[str]
    ) -> list[tuple[str, Any]]:
        if not may_hold(row.encoding, row.payload, channels):
            return []
        payload, lane = self.payload(row), Lane(row.thread_id, row.checkpoint_ns)
        inline = payload["channel_values"]
        found = [(channel, inline[channel]) for channel in channels & inline.keys()]
        return [*found, *self._stored_values(connection, lane, payload, channels)]

    def _stored_values(
        self,
        connection: sqlite3.Connection,
        lane: Lane,
        payload: Mapping[str, Any],
        only: set[str] | None = None,
    ) -> Iterator[tuple[str, Any]]:
        for version, channels in stored_versions(payload, only).items():
            values = checkpoint_rows.values_at(connection, lane, version)
            for channel in channels:
                if channel in values:
                    yield channel, self._cache.loads(self._serde, *values[channel])

    def _writes(
        self,
        connection: sqlite3.Connection,
        lane: Lane,
        checkpoint_id: str,
        channels: set[str] | None = None,
    ) -> Iterator[PendingWrite]:
        for task_id, packed in checkpoint_rows.writes(connection, lane, checkpoint_id):
            for _, channel, encoding, value in unpack_entries(packed, channels):
                yield task_id, channel, decoded(self._serde, encoding, value)


def config_of(lane: Lane, checkpoint_id: str) -> RunnableConfig:
    """The config that names a checkpoint."""
    return {
        "configurable": {
            "thread_id": lane.thread_id,
            "checkpoint_ns": lane.checkpoint_ns,
            "checkpoint_id": checkpoint_id,
        }
    }
