"""Canonical JSON after RFC 8785, so that equal values have equal digests."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import cast

from podium.core.errors import InputError
from podium.core.ids import digest_of
from podium.core.model import JsonValue

_MAX_SAFE = 2**53 - 1
_EXPONENT_FROM = 1e21
"""From here on RFC 8785 writes numbers with an exponent, which reads back as a float."""
_MAX_DEPTH = 64
_ENCODE = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def canonical_bytes(value: object) -> bytes:
    """The value as canonical JSON (RFC 8785) in UTF-8.

    Args:
        value: JSON values; tuples count as lists.

    Raises:
        InputError: The value has no canonical form: not a JSON type, NaN or infinite, an integer
            beyond 2**53, a lone surrogate, a key that is no text, or nested too deeply.
    """
    if _is_plain(value):
        with suppress(UnicodeEncodeError):  # half of a surrogate pair: named below
            return _ENCODE(value).encode()
    return _canonical(value)


def _canonical(value: object) -> bytes:
    import rfc8785

    return rfc8785.dumps(to_json(value))


def _is_plain(value: object, depth: int = 0) -> bool:
    """Whether the standard encoder writes the value as RFC 8785 wants it, and much faster.

    The two differ in numbers with a fraction, and in the order of keys beyond the Basic Multilingual Plane.
    """
    if depth > _MAX_DEPTH:
        return False
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return -_MAX_SAFE <= cast("int", value) <= _MAX_SAFE
    if kind is dict:
        held = cast("dict[object, object]", value)
        return all(
            type(key) is str and key.isascii() and _is_plain(item, depth + 1) for key, item in held.items()
        )
    return kind in (list, tuple) and all(_is_plain(item, depth + 1) for item in cast("list[object]", value))


def canonical_digest(value: object) -> str:
    """SHA-256 of the canonical JSON of the value, as 64 hexadecimal characters."""
    return digest_of(canonical_bytes(value))


def to_json(value: object, *, where: str = "$", depth: int = 0) -> JsonValue:
    """A plain JSON copy of the value.

    Args:
        value: What to copy; tuples become lists.
        where: The path of the value, for messages.
        depth: How deep the value already is.

    Raises:
        InputError: The value has no canonical form; the message names the path.
    """
    if depth > _MAX_DEPTH:
        raise InputError(f"{where} is nested more than {_MAX_DEPTH} levels deep")
    match value:
        case None | bool():
            return value
        case str():
            return _checked_text(value, where)
        case int():
            if abs(value) > _MAX_SAFE:
                raise InputError(f"{where} is an integer beyond 2^53", hint="Send large integers as text.")
            return int(value)
        case float():
            if not math.isfinite(value):
                raise InputError(f"{where} is not a finite number")
            if _MAX_SAFE < abs(value) < _EXPONENT_FROM:  # would be written as an integer
                raise InputError(f"{where} is an integer beyond 2^53", hint="Send large integers as text.")
            return float(value)
        case Mapping():
            return {
                _checked_key(key, where): to_json(item, where=f"{where}.{key}", depth=depth + 1)
                for key, item in value.items()
            }
        case Sequence() if not isinstance(value, bytes | bytearray | memoryview):
            return [to_json(item, where=f"{where}[{i}]", depth=depth + 1) for i, item in enumerate(value)]
        case _:
            raise InputError(f"{where} is a {type(value).__name__}, which JSON cannot hold")


def _checked_text(text: str, where: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError(f"{where} holds half of a Unicode surrogate pair") from None
    return str(text)


def _checked_key(key: object, where: str) -> str:
    if not isinstance(key, str):
        raise InputError(f"{where} has a key that is not text: {key!r}")
    return _checked_text(key, where)
