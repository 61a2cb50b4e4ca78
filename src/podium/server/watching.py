"""Answers that go on for long end when their reader may not read any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from podium.core.errors import CredentialExpired
from podium.runtime.serving.encoding import encode

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Send

CHECK_S: Final = 2.0
"""Seconds between two looks at whether a key or token still counts."""
_STREAM: Final = b"text/event-stream"


class Watch:
    """Stands between a request and its answer.

    Whatever answers for long waits for its reader to go away. While it waits here, the credential is looked
    at; once it does not count, the reader is told so, and whatever answers that the reader has gone.

    Args:
        counts: Whether the credential still counts.
        receiving: Where the request comes from.
        sending: Where the answer goes to.
    """

    def __init__(self, counts: Callable[[], bool], receiving: Receive, sending: Send) -> None:
        self._counts = counts
        self._receiving = receiving
        self._sending = sending
        self._is_read = False
        self._kind: bytes | None = None
        """Of the answer; None before it begins."""
        self._is_over = False

    async def receive(self) -> Message:
        """The next part of the request; when all has come, that the reader is gone."""
        if not self._is_read:
            message = await self._receiving()
            self._is_read = message["type"] != "http.request" or not message.get("more_body", False)
            return message
        gone = asyncio.ensure_future(self._receiving())
        try:
            while not (await asyncio.wait({gone}, timeout=CHECK_S))[0]:
                if self._kind is not None and not self._counts():
                    await self._end(self._kind)
                    return {"type": "http.disconnect"}
            return gone.result()
        finally:
            gone.cancel()

    async def send(self, message: Message) -> None:
        """Pass a part of the answer on, unless it has been ended."""
        if self._is_over:
            return
        if message["type"] == "http.response.start":
            headers = (value for name, value in message["headers"] if name.lower() == b"content-type")
            self._kind = next(headers, b"")
        await self._sending(message)

    async def _end(self, kind: bytes) -> None:
        self._is_over = True
        error = CredentialExpired("the key or token does not count any more", hint="Come back with another.")
        told = {
            "error": type(error).__name__,
            "message": error.message,
            "code": error.code,
            "hint": error.hint,
        }
        if kind.startswith(_STREAM):
            last = b"event: error\ndata: %b\n\n" % encode(told)
        else:  # what waits for a result has sent empty lines so far
            last = encode({"__error__": told})
        await self._sending({"type": "http.response.body", "body": last, "more_body": False})
