"""The W3C trace context: how one trace goes on from one process, or one moment, to the next."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_FORM: Final = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_ZERO: Final = frozenset("0")


class Remote(NamedTuple):
    """A span elsewhere."""

    trace_id: str
    span_id: str
    sampled: bool


def remote_of(header: str) -> Remote | None:
    """The span that a `traceparent` names; None where it is none (w3.org/TR/trace-context, 3.2)."""
    found = _FORM.fullmatch(header.strip())
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    if version == "ff" or (version == "00" and more) or _ZERO in (set(trace_id), set(span_id)):
        return None
    return Remote(trace_id, span_id, sampled=bool(int(flags, 16) & 1))


def traceparent(trace_id: str, span_id: str, *, sampled: bool) -> str:
    """A span as a `traceparent`."""
    return f"00-{trace_id}-{span_id}-{int(sampled):02x}"
