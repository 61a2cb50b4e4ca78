"""The stream of a whole thread."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Final, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Header, Query
from pydantic import StringConstraints
from starlette.responses import Response

from podium.core.errors import InputError
from podium.runtime.serving.thread_streams import ThreadEvent, ThreadMode, ThreadPlace
from podium.server.auth import Parts, Who
from podium.server.routes.threads import NOT_FOUND, Responses, ThreadId
from podium.server.sse import modes_of, respond

router = APIRouter(tags=["Threads"])

MODES: Final[tuple[ThreadMode, ...]] = get_args(ThreadMode)

Modes = Annotated[
    list[Annotated[str, StringConstraints(max_length=200)]] | None,
    Query(
        alias="stream_mode",
        max_length=20,
        description=f"Some of {', '.join(MODES)}: one after the other, or as one JSON list.",
    ),
]
_STREAM: Final[Responses] = {
    200: {"description": "Events, until the thread is deleted.", "content": {"text/event-stream": {}}}
}
LastEventId = Annotated[str | None, Header(alias="Last-Event-ID")]


@router.get("/threads/{thread_id}/stream", response_class=Response, responses={**_STREAM, **NOT_FOUND})
async def join_thread_stream(
    thread_id: ThreadId,
    services: Parts,
    who: Who,
    stream_mode: Modes = None,
    last_event_id: LastEventId = None,
) -> Response:
    """Stream what happens in a thread from now on, or from where a reader stopped; -1 is the beginning."""
    services.threads.get(thread_id, who.access)
    streams, modes = services.thread_streams, _modes(stream_mode)
    place = streams.now(thread_id) if last_event_id is None else ThreadPlace.from_id(last_event_id)
    again = urlencode({"stream_mode": modes}, doseq=True)
    return respond(
        _told(streams.follow(thread_id, place, modes)),
        {"Location": f"/threads/{thread_id}/stream?{again}"},
    )


def _modes(said: list[str] | None) -> list[ThreadMode]:
    """What a reader wants to hear.

    Raises:
        InputError: It names what there is not.
    """
    named = modes_of(said)
    if unknown := sorted((named or frozenset()).difference(MODES)):
        raise InputError(
            f"query.stream_mode: there is no {unknown[0]!r}", hint=f"There are: {', '.join(MODES)}."
        )
    return [mode for mode in MODES if mode in named] if named else ["run_modes"]


async def _told(events: AsyncIterator[ThreadEvent]) -> AsyncIterator[bytes]:
    async for place, event, data in events:
        yield b"event: %b\ndata: %b\nid: %b\n\n" % (event.encode(), data, place.id.encode())
