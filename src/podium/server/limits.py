"""How much of a request is taken, and for how long: before any route sees it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from podium.core.errors import InputError, PodiumError, TooLarge
from podium.server import errors
from podium.server.strict_json import check_json

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_JSON: Final = b"application/json"


class Disconnected(Exception):
    """The client went away while it was sending."""


class RequestLimits:
    """Reads the body of a request as far as it is allowed to go, and checks JSON before it is parsed.

    Args:
        app: What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a request, or refuse it."""
        if scope["type"] != "http" or not (body_of := _Body(scope)).expected:
            await self._app(scope, receive, send)
            return
        settings = scope["app"].state.services.app.project.manifest.server
        try:
            body = await body_of.read(receive, settings.max_body_bytes, settings.body_seconds)
            if body and body_of.is_json:
                check_json(body)
        except Disconnected:
            return
        except TimeoutError:
            message = f"the body did not come within {settings.body_seconds:g} seconds"
            refusal = errors.answer(408, message, "request_timeout", "Send it at once.", Connection="close")
            await refusal(scope, receive, send)
        except PodiumError as error:
            refusal = errors.told(error)
            if isinstance(error, TooLarge):
                refusal.headers["Connection"] = "close"  # what is still to come would be taken for a request
            await refusal(scope, receive, send)
        else:
            await self._app(scope, _replayed(body, receive), send)


class _Body:
    """What the head of a request says of its body."""

    __slots__ = ("_length", "expected", "is_json")

    def __init__(self, scope: Scope) -> None:
        self._length: bytes | None = None
        self.expected = False
        self.is_json = False
        for name, value in scope["headers"]:
            if name == b"content-length":
                self._length = value
                self.expected = value != b"0"
            elif name == b"transfer-encoding":
                self.expected = True
            elif name == b"content-type":
                kind = value.partition(b";")[0].strip().lower()
                self.is_json = kind == _JSON or kind.endswith(b"+json")

    async def read(self, receive: Receive, most: int, seconds: float) -> bytes:
        """The whole body.

        Raises:
            TooLarge: It is larger than that; what it says of itself is believed first.
            TimeoutError: It takes longer than that.
            Disconnected: The client is gone.
        """
        if self._length is not None:
            if not self._length.isdigit():
                raise InputError("the length of the body is no number", hint="Send it as Content-Length.")
            if len(self._length) > len(str(most)) + 1 or int(self._length) > most:
                raise _too_large(most)
        async with asyncio.timeout(seconds):
            return await _read(receive, most)


async def _read(receive: Receive, most: int) -> bytes:
    parts, size = list[bytes](), 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            raise _too_large(most)
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read, then what comes after it."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return left.pop() if left else await receive()

    return replayed


def _too_large(most: int) -> TooLarge:
    return TooLarge(
        f"the body is larger than {most} bytes",
        hint="Send less, or raise max_body_bytes under [server] in podium.toml.",
    )
