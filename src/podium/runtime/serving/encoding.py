"""Values of graphs as JSON bytes, as LangGraph's servers write them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from operator import is_
from typing import Any, NamedTuple, TypeAlias

import orjson
from langchain_core.messages import BaseMessage

Parts: TypeAlias = dict[str, bytes]
"""A state as the JSON of each of its values."""

SMALL = 4096
"""Bytes up to which a state is taken as a whole: looking at its values one by one does not pay."""

_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z | orjson.OPT_PASSTHROUGH_DATACLASS


def encode(value: Any) -> bytes:
    """JSON of a value that may hold messages, interrupts, pydantic models and dataclasses.

    What has no form in JSON becomes its text, so that one odd value does not end a stream.
    """
    try:
        return orjson.dumps(value, default=_plain, option=_OPTIONS)
    except (TypeError, ValueError, RecursionError):
        return orjson.dumps(_mended(value, 0), default=str, option=_OPTIONS)


def plain(value: Any) -> Any:
    """The value as JSON values."""
    return orjson.loads(encode(value))


def _plain(value: Any) -> Any:
    """What orjson does not know by itself."""
    if issubclass(type(value), BaseMessage):  # its fields, no copies: ten times as fast as pydantic
        more = getattr(value, "__pydantic_extra__", None)
        return {**value.__dict__, **more} if more else value.__dict__
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: held for one in fields(value) if (held := getattr(value, one.name)) is not None}
    if isinstance(value, set | frozenset):
        return list(value)
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    if isinstance(value, BaseException):
        return {"error": type(value).__name__, "message": str(value)}
    if hasattr(value, "_asdict"):
        return value._asdict()
    return str(value)


def _mended(value: Any, depth: int) -> Any:
    """The value with broken text replaced, and cut where it is nested too deep."""
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {_mended(str(name), depth + 1): _mended(item, depth + 1) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_mended(item, depth + 1) for item in value]
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**64 else str(value)
    return _mended(_plain(value), depth + 1)


_DEEPEST = 200


class EncodedState(NamedTuple):
    """A state as it is sent.

    Attributes:
        whole: Its JSON.
        parts: The JSON of its values by name; None where it is small, or no map of names.
    """

    whole: bytes
    parts: Parts | None


class StateEncoder:
    """JSON of the states of a run, in which long lists mostly grow.

    What a list held before is not encoded again: its elements are known by their identity.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[list[Any], bytes]] = {}
        self._large: set[str] = set()

    def encode(self, event: str, values: Any) -> EncodedState:
        """JSON of a state.

        Args:
            event: The name of the stream of states, such as that of a subgraph.
            values: The state.
        """
        if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
            return EncodedState(encode(values), None)
        if event not in self._large and not any(map(_is_long, values.values())):
            whole = encode(values)
            if len(whole) <= SMALL:
                return EncodedState(whole, None)
        self._large.add(event)
        parts = {name: self._value((event, name), value) for name, value in values.items()}
        return EncodedState(joined(parts), parts)

    def _value(self, key: tuple[str, str], value: Any) -> bytes:
        if not _is_long(value):
            return encode(value)
        held, known = self._known.get(key, ([], b"[]"))
        if held and len(held) <= len(value) and all(map(is_, held, value)):
            if more := value[len(held) :]:
                known = known[:-1] + b"," + encode(more)[1:]
        else:
            known = encode(value)
        self._known[key] = (list(value), known)
        return known


def joined(parts: Parts) -> bytes:
    """The JSON of a state, or a part of one."""
    return b"{" + b",".join(encode(name) + b":" + value for name, value in parts.items()) + b"}"


_LONG = 32


def _is_long(value: Any) -> bool:
    return type(value) is list and len(value) >= _LONG
