"""The stream of a whole thread."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from podium.runtime.serving.thread_streams import ThreadEvent, ThreadMode, ThreadPlace
from podium.server.auth import Parts, Who
from podium.server.routes.threads import NOT_FOUND, Responses, ThreadId
from podium.server.sse import respond

router = APIRouter(tags=["Threads"])

Modes = Annotated[list[ThreadMode], Query(alias="stream_mode", max_length=3)]
_STREAM: Final[Responses] = {
    200: {"description": "Events, until the thread is deleted.", "content": {"text/event-stream": {}}}
}
LastEventId = Annotated[str | None, Header(alias="Last-Event-ID")]


@router.get("/threads/{thread_id}/stream", response_class=Response, responses={**_STREAM, **NOT_FOUND})
async def join_thread_stream(
    thread_id: ThreadId,
    services: Parts,
    who: Who,
    stream_mode: Modes = ["run_modes"],  # noqa: B006 - fastapi copies it
    last_event_id: LastEventId = None,
) -> Response:
    """Stream what happens in a thread from now on, or from where a reader stopped; -1 is the beginning."""
    services.threads.get(thread_id, who.access)
    streams = services.thread_streams
    place = streams.now(thread_id) if last_event_id is None else ThreadPlace.from_id(last_event_id)
    again = urlencode({"stream_mode": stream_mode}, doseq=True)
    return respond(
        _told(streams.follow(thread_id, place, stream_mode)),
        {"Location": f"/threads/{thread_id}/stream?{again}"},
    )


async def _told(events: AsyncIterator[ThreadEvent]) -> AsyncIterator[bytes]:
    async for place, event, data in events:
        yield b"event: %b\ndata: %b\nid: %b\n\n" % (event.encode(), data, place.id.encode())
