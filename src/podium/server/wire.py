"""What goes over the wire: the base of request bodies, and answers in JSON."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from podium.core.model import JsonObject, JsonValue, Model
from podium.runtime.serving.encoding import encode

__all__ = ["Body", "JsonObject", "JsonResponse", "JsonValue", "Moment"]


_FIRST_YEAR: Final = 1970


def _aware(moment: datetime) -> datetime:
    try:
        there = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("no moment that a clock could show") from None
    if there.year < _FIRST_YEAR:
        raise ValueError(f"a moment before the year {_FIRST_YEAR}")
    return there


Moment = Annotated[datetime, AfterValidator(_aware)]
"""A moment; in UTC where it names no zone."""


class Body(Model):
    """A request body: a field that nobody knows is refused with its name, never dropped."""


class JsonResponse(Response):
    """An answer of any values that graphs hold.

    Args:
        content: The values.
        status_code: The HTTP status.
        headers: Further headers.
    """

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """The values as JSON bytes."""
        return encode(content)


async def json_list(items: AsyncIterator[Any]) -> Response:
    """An answer of a list: sent item by item where it is long, so that nobody else waits for all of it.

    Args:
        items: The values; what the first of them raise is raised.
    """
    head: list[Any] = []
    async for item in items:
        head.append(item)
        if len(head) == _AT_ONCE:
            return StreamingResponse(_one_by_one(head, items), media_type="application/json")
    return JsonResponse(head)


_AT_ONCE = 16


async def _one_by_one(head: list[Any], rest: AsyncIterator[Any]) -> AsyncIterator[bytes]:
    yield encode(head)[:-1]
    async for item in rest:
        yield b"," + encode(item)
        await asyncio.sleep(0)  # making an item waits for nothing: let others have their turn
    yield b"]"


BEAT = b"\n"
"""What is sent while the answer is not there: JSON may begin with empty lines."""


class PatientResponse(StreamingResponse):
    """An answer of one part that may take long: until it is there, empty lines are sent.

    Looking out for a reader who goes away costs a task, half of what a short answer costs: only what has
    taken longer than one line's time does.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the parts, as long as there is a reader."""
        del scope
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        parts = aiter(self.body_iterator)
        gone: asyncio.Future[None] | None = None
        try:
            while (part := await _next(parts, gone)) is not None:
                await send({"type": "http.response.body", "body": part, "more_body": True})
                if part == BEAT and gone is None:
                    gone = asyncio.ensure_future(_left(receive))
            if gone is None or not gone.done():
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            if gone is not None:
                gone.cancel()


async def _next(parts: AsyncIterator[Any], gone: asyncio.Future[None] | None) -> Any:
    """The next part; None when there is none, or nobody to read it."""
    if gone is None:
        return await anext(parts, None)
    coming = asyncio.ensure_future(anext(parts, None))
    try:
        await asyncio.wait({coming, gone}, return_when=asyncio.FIRST_COMPLETED)
        return None if gone.done() else await coming
    finally:
        coming.cancel()


async def _left(receive: Receive) -> None:
    """Wait until the reader goes away."""
    while (await receive())["type"] != "http.disconnect":
        continue


def page_headers(total: int, offset: int, shown: int) -> dict[str, str]:
    """The headers that tell of a list's length and of where its next page begins."""
    headers = {"X-Pagination-Total": str(total)}
    if shown and offset + shown < total:
        headers["X-Pagination-Next"] = str(offset + shown)
    return headers
