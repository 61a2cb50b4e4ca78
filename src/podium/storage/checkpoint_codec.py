"""How checkpoints and writes look in the database.

A checkpoint's payload holds its small values; the larger ones are stored once for each version of their
channel, those of one version together, and the payload names them in `stored`. The writes of one task
are one row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import ormsgpack
from langgraph.checkpoint.base import WRITES_IDX_MAP, ChannelVersions, Checkpoint
from langgraph.checkpoint.serde.base import SerializerProtocol

from podium.core.errors import NotADatabase

SCHEMA_VERSION = 1
_INLINE_TEXT_LIMIT = 128
_INLINE_TYPES = (type(None), bool, int, float)

_VALUES_KEY = b"\xaechannel_values"
"""The key as MessagePack writes it."""

Values = dict[str, tuple[str, bytes]]
"""Encoded values: channel to encoding and bytes."""

Entry = tuple[int, str, str, bytes]
"""One write: index in its task, channel, encoding, bytes."""


class EncodedCheckpoint(NamedTuple):
    """A checkpoint ready to be stored."""

    encoding: str
    payload: bytes
    blobs: dict[str, Values]
    """Version to the values that changed to it."""


class TaskWrites(NamedTuple):
    """What one task wrote on top of a checkpoint."""

    checkpoint_id: str
    task_id: str
    task_path: str
    entries: list[Entry]


def encode_checkpoint(
    serde: SerializerProtocol, checkpoint: Checkpoint, new_versions: ChannelVersions
) -> EncodedCheckpoint:
    """Split a checkpoint into its payload and the values of the channels that changed."""
    versions = checkpoint["channel_versions"]
    inline: dict[str, Any] = {}
    stored: list[str] = []
    blobs: dict[str, Values] = {}
    for channel, value in checkpoint["channel_values"].items():
        if channel not in versions:
            continue
        if _fits_inline(value):
            inline[channel] = value
            continue
        stored.append(channel)
        if channel in new_versions:
            blobs.setdefault(str(new_versions[channel]), {})[channel] = serde.dumps_typed(value)
    whole: dict[str, Any] = {**checkpoint}
    del whole["channel_values"]  # the names of the channels with a value come last: see `may_hold`
    encoding, payload = serde.dumps_typed({**whole, "channel_values": inline, "stored": stored})
    return EncodedCheckpoint(encoding, payload, blobs)


def may_hold(encoding: str, payload: bytes, channels: Iterable[str]) -> bool:
    """Whether a payload can hold or name a value of one of the channels, seen without decoding it.

    The first place where the values can begin is taken, so that nothing stored in them can hide a name.
    """
    start = payload.find(_VALUES_KEY) if encoding == "msgpack" else -1
    return start < 0 or any(payload.find(channel.encode(), start) >= 0 for channel in channels)


def stored_versions(payload: Mapping[str, Any], only: Iterable[str] | None = None) -> dict[str, list[str]]:
    """Version to the channels whose values at that version the payload refers to."""
    versions = payload["channel_versions"]
    wanted = payload["stored"] if only is None else set(payload["stored"]).intersection(only)
    grouped: dict[str, list[str]] = {}
    for channel in wanted:
        grouped.setdefault(str(versions[channel]), []).append(channel)
    return grouped


def encode_writes(serde: SerializerProtocol, writes: Sequence[tuple[str, Any]]) -> list[Entry]:
    """The writes of a task, each with its index; special channels have their fixed negative ones."""
    return [
        (WRITES_IDX_MAP.get(channel, index), channel, *serde.dumps_typed(value))
        for index, (channel, value) in enumerate(writes)
    ]


def decoded(serde: SerializerProtocol, encoding: str, data: bytes) -> Any:
    """What `serde` decodes from the bytes.

    Raises:
        NotADatabase: They are damaged.
    """
    try:
        return serde.loads_typed((encoding, data))
    except (ValueError, TypeError, KeyError, NotImplementedError) as error:
        raise damaged(error) from error


def pack_values(values: Values) -> bytes:
    """One row's worth of values."""
    return ormsgpack.packb(values)


def unpack_values(packed: bytes) -> Values:
    """What `pack_values` packed."""
    try:
        values: Values = ormsgpack.unpackb(packed)
    except ValueError as error:
        raise damaged(error) from error
    return values


def pack_entries(entries: list[Entry]) -> bytes:
    """One row's worth of writes, ordered by index."""
    return ormsgpack.packb(sorted(entries, key=_index))


def unpack_entries(packed: bytes, only: Collection[str] | None = None) -> list[Entry]:
    """What `pack_entries` packed, or those of some channels."""
    if only is not None and not any(channel.encode() in packed for channel in only):
        return []
    try:
        entries: list[Entry] = ormsgpack.unpackb(packed)
    except ValueError as error:
        raise damaged(error) from error
    return entries if only is None else [entry for entry in entries if entry[1] in only]


def merge_entries(old: list[Entry], new: list[Entry]) -> list[Entry]:
    """A task's writes after it wrote again: regular ones stay as they were, special ones are replaced."""
    merged = {entry[0]: entry for entry in old}
    for entry in new:
        if entry[0] < 0 or entry[0] not in merged:
            merged[entry[0]] = entry
    return list(merged.values())


def _fits_inline(value: Any) -> bool:
    kind = type(value)
    return kind in _INLINE_TYPES or (kind is str and len(value) <= _INLINE_TEXT_LIMIT)


def damaged(error: Exception | str) -> NotADatabase:
    """What is raised for bytes that cannot be read back."""
    return NotADatabase(
        f"a stored checkpoint is damaged: {error}",
        hint="Start another thread, or restore the database from a backup.",
    )


def _index(entry: Entry) -> int:
    return entry[0]
