"""Checking JSON before anything is made of it: what is deep, vast or no JSON is refused at once."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Final

import orjson

from podium.core.errors import InputError

MAX_DEPTH: Final = 100
"""Levels of lists and objects in one another; messages and states need a tenth of it."""
MAX_CONTAINERS: Final = 500_000
"""Lists and objects in one body."""
_STRING: Final = re.compile(rb'"[^"]*"')
_PLAIN: Final = bytes(set(range(256)) - set(b'[]{}"'))
_STEP: Final = [1 if code in b"[{" else -1 if code in b"]}" else 0 for code in range(256)]


def check_json(body: bytes) -> None:
    """Refuse a body that is no JSON, or that would take too much to work with.

    Half characters, NaN and numbers beyond a double are no JSON (RFC 8259) and are refused.

    Raises:
        InputError: It is refused.
    """
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH:
        _check_shape(body)
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InputError(
            f"the body is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}",
            hint="Send UTF-8 JSON; numbers have to fit a double.",
        ) from None


def _check_shape(body: bytes) -> None:
    escaped = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    brackets = _STRING.sub(b"", escaped.translate(None, _PLAIN))
    if len(brackets) > 2 * MAX_CONTAINERS:
        raise InputError(
            f"the body holds more than {MAX_CONTAINERS} lists and objects", hint="Send it in parts."
        )
    if max(accumulate(map(_STEP.__getitem__, brackets)), default=0) > MAX_DEPTH:
        raise InputError(f"the body is nested deeper than {MAX_DEPTH} levels", hint="Send it flatter.")
