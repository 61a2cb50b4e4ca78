"""What changes in threads, as it changes: lists of them need not be asked for again and again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from podium.runtime.serving.changes import Changed
from podium.runtime.serving.encoding import encode
from podium.server.auth import Parts, Who
from podium.server.routes.threads import Responses
from podium.server.sse import respond

router = APIRouter(tags=["Threads"])

_STREAM: Final[Responses] = {
    200: {"description": "Events, until the server stops.", "content": {"text/event-stream": {}}}
}


@router.get("/changes", response_class=Response, responses=_STREAM)
async def follow_changes(
    services: Parts, who: Who, limit: Annotated[int | None, Query(ge=1, le=1_000_000)] = None
) -> Response:
    """Stream which threads have changed, and how many wait for a person; how they stand is asked for then.

    The first event tells only how many wait. The stream ends after `limit` events.
    """
    return respond(_told(services.changes.follow(who.access, who.principal.id), limit), {})


async def _told(changes: AsyncIterator[Changed], limit: int | None) -> AsyncIterator[bytes]:
    count = 0
    async for one in changes:
        count += 1
        data = {"threads": one.threads, "waiting": one.waiting}
        yield b"event: changed\ndata: %b\n\n" % encode(data)
        if count == limit:
            return
