"""Decoded message lists, kept within a bound, because decoding them is what reading a long thread costs.

Entries are found by their encoded bytes, so they can never be stale, whoever wrote the database. What is
handed out is a copy: a node that changes a message in place changes nothing here.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

from langchain_core.messages import BaseMessage
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.serde.types import _DeltaSnapshot  # how a delta channel's whole value comes back

from podium.storage.checkpoint_codec import decoded

Messages = list[BaseMessage] | _DeltaSnapshot

MAX_BYTES = 32 * 1024 * 1024
_WORTH_KEEPING_BYTES = 2048
"""Below this, decoding again is as quick."""


class MessageCache:
    """Least recently used lists of messages.

    Args:
        max_bytes: Bound on the encoded size of all entries; in memory they take a few times as much.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._entries: OrderedDict[bytes, Messages] = OrderedDict()
        self._bytes = 0

    def loads(self, serde: SerializerProtocol, encoding: str, value: bytes) -> Any:
        """What `serde` decodes from the bytes."""
        if len(value) < _WORTH_KEEPING_BYTES:
            return decoded(serde, encoding, value)
        with self._lock:
            kept = self._entries.get(value)
            if kept is not None:
                self._entries.move_to_end(value)
        if kept is not None:
            return _copy(kept)
        loaded = decoded(serde, encoding, value)
        if _is_messages(loaded):
            self._keep(value, _copy(loaded))
        return loaded

    def _keep(self, value: bytes, messages: Messages) -> None:
        with self._lock:
            if value not in self._entries:
                self._bytes += len(value)
            self._entries[value] = messages
            while self._bytes > self._max_bytes and self._entries:
                dropped, _ = self._entries.popitem(last=False)
                self._bytes -= len(dropped)


def _is_messages(value: Any) -> bool:
    if isinstance(value, _DeltaSnapshot):
        return _is_messages(value.value)
    return isinstance(value, list) and all(isinstance(item, BaseMessage) for item in value)


def _copy(messages: Messages) -> Messages:
    if isinstance(messages, _DeltaSnapshot):
        return _DeltaSnapshot(_copy(messages.value))
    return [_copy_message(message) for message in messages]


def _copy_message(message: BaseMessage) -> BaseMessage:
    copied = message.model_copy()
    for name, value in copied.__dict__.items():
        if value and isinstance(value, (list, dict)):
            copied.__dict__[name] = _copy_json(value)
    return copied


def _copy_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copy_json(item) for item in value]
    return value
