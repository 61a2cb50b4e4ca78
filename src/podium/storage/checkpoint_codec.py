"""How checkpoints and writes look in the database.

A checkpoint's payload holds everything but its larger values, which are stored once for each channel version; the
payload names them in `stored`. The writes of one task are one row.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import ormsgpack
from langgraph.checkpoint.base import WRITES_IDX_MAP, ChannelVersions, Checkpoint
from langgraph.checkpoint.serde.base import SerializerProtocol

SCHEMA_VERSION = 1
_INLINE_TEXT_LIMIT = 128
_INLINE_TYPES = (type(None), bool, int, float)

Entry = tuple[int, str, str, bytes]
"""One write: index in its task, channel, encoding, bytes."""


class Blob(NamedTuple):
    """The value of a channel at one version."""

    channel: str
    version: str
    encoding: str
    value: bytes


class EncodedCheckpoint(NamedTuple):
    """A checkpoint ready to be stored."""

    encoding: str
    payload: bytes
    blobs: list[Blob]


def encode_checkpoint(
    serde: SerializerProtocol, checkpoint: Checkpoint, new_versions: ChannelVersions
) -> EncodedCheckpoint:
    """Split a checkpoint into its payload and the blobs of the channels that changed."""
    values = checkpoint["channel_values"]
    versions = checkpoint["channel_versions"]
    inline: dict[str, Any] = {}
    stored: list[str] = []
    blobs: list[Blob] = []
    for channel, value in values.items():
        if channel not in versions:
            continue
        if _fits_inline(value):
            inline[channel] = value
            continue
        stored.append(channel)
        if channel in new_versions:
            blobs.append(Blob(channel, str(new_versions[channel]), *serde.dumps_typed(value)))
    encoding, payload = serde.dumps_typed({**checkpoint, "channel_values": inline, "stored": stored})
    return EncodedCheckpoint(encoding, payload, blobs)


def _fits_inline(value: Any) -> bool:
    kind = type(value)
    return kind in _INLINE_TYPES or (kind is str and len(value) <= _INLINE_TEXT_LIMIT)


def encode_writes(serde: SerializerProtocol, writes: Sequence[tuple[str, Any]]) -> list[Entry]:
    """The writes of a task, each with its index; special channels have their fixed negative ones."""
    return [
        (WRITES_IDX_MAP.get(channel, index), channel, *serde.dumps_typed(value))
        for index, (channel, value) in enumerate(writes)
    ]


def pack_entries(entries: list[Entry]) -> bytes:
    """One row's worth of writes, ordered by index."""
    return ormsgpack.packb(sorted(entries, key=_index))


def unpack_entries(packed: bytes) -> list[Entry]:
    """What `pack_entries` packed."""
    entries: list[Entry] = ormsgpack.unpackb(packed)
    return entries


def merge_entries(old: list[Entry], new: list[Entry]) -> list[Entry]:
    """A task's writes after it wrote again: regular ones stay as they were, special ones are replaced."""
    merged = {entry[0]: entry for entry in old}
    for entry in new:
        if entry[0] < 0 or entry[0] not in merged:
            merged[entry[0]] = entry
    return list(merged.values())


def encode_metadata(metadata: Any) -> str:
    """Metadata as JSON text, so that it can be read with any SQLite client."""
    return json.dumps(metadata, ensure_ascii=False, separators=(",", ":"), default=str)


def _index(entry: Entry) -> int:
    return entry[0]
