"""Streams of events over HTTP (html.spec.whatwg.org, server-sent events)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection

import orjson
from sse_starlette import EventSourceResponse, ServerSentEvent

from podium.runtime.serving.streams import Told

HEARTBEAT_S = 5
SEND_TIMEOUT_S = 60
"""Who does not read for so long is let go; they may come back and go on where they stopped."""
_ALWAYS = frozenset({"metadata", "error", "feedback"})


def stream_response(
    events: AsyncIterator[Told],
    *,
    headers: dict[str, str],
    modes: Collection[str] | None = None,
    left: Callable[[], Awaitable[None]] | None = None,
) -> EventSourceResponse:
    """The answer that tells events until there are no more.

    Args:
        events: What to tell.
        headers: Further headers.
        modes: Only events of these modes; None for all.
        left: Called when the reader goes away before the end.
    """
    return respond(_told(events, modes, left), headers)


def respond(parts: AsyncIterator[bytes], headers: dict[str, str]) -> EventSourceResponse:
    """The answer that sends events as they are, with a sign of life in silence.

    Args:
        parts: Events, each with the empty line after it.
        headers: Further headers.
    """
    return EventSourceResponse(
        parts,
        headers={"Content-Type": "text/event-stream", **headers},
        ping=HEARTBEAT_S,
        ping_message_factory=_heartbeat,
        send_timeout=SEND_TIMEOUT_S,
        sep="\n",
    )


def modes_of(said: Collection[str] | None) -> frozenset[str] | None:
    """The modes that a query names; None for all.

    LangGraph's JavaScript client sends several as one JSON list, and none as an empty text.
    """
    named: set[str] = set()
    for one in said or ():
        listed = _listed(one)
        named.update([one] if listed is None else listed)
    return frozenset(filter(None, named)) or None


def _listed(text: str) -> list[str] | None:
    if not text.startswith("["):
        return None
    try:
        found = orjson.loads(text)
    except ValueError:
        return None
    return [one for one in found if isinstance(one, str)]


def place_of(last_event_id: str | None) -> int | None:
    """Where a reader stopped: the seq of the last event it has; None when it names none.

    What is no place of ours, such as another server's, is taken for the beginning.
    """
    if last_event_id is None:
        return None
    return int(last_event_id) if last_event_id.isdecimal() and len(last_event_id) < _LONGEST else 0


_LONGEST = 19


def _heartbeat() -> ServerSentEvent:
    return ServerSentEvent(comment="heartbeat", sep="\n")


async def _told(
    events: AsyncIterator[Told],
    modes: Collection[str] | None,
    left: Callable[[], Awaitable[None]] | None,
) -> AsyncIterator[bytes]:
    ended = False
    try:
        async for seq, _, event, data in events:
            if modes is None or is_wanted(event, modes):
                yield b"event: %b\ndata: %b\nid: %d\n\n" % (event.encode(), data, seq)
        ended = True
    finally:
        if not ended and left is not None:
            await left()


def is_wanted(event: str, modes: Collection[str]) -> bool:
    """Whether an event belongs to one of the modes."""
    name = event.partition("|")[0]
    if name in _ALWAYS or name in modes:
        return True
    if name == "messages":
        return "messages-tuple" in modes
    return name.startswith("messages/") and "messages" in modes
