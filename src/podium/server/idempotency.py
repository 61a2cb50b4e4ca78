"""`Idempotency-Key`: a request that is made again with the same key is carried out once.

The second caller gets the first one's answer, also while it is being made: a stream or a wait is joined from
its beginning. Only what succeeded is kept, for a day; what was refused may be tried again with the same key.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import orjson
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response

from podium.core.errors import NotAuthenticated
from podium.core.ids import derived_id, digest_of
from podium.server import errors
from podium.server.auth import creating, identified
from podium.server.scopes import UNKEPT, only_looks
from podium.storage.idempotency import KeyedRequest

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from podium.storage.idempotency import Claim, IdempotencyKeys

_HEADER: Final = b"idempotency-key"
_LONGEST: Final = 255
_KEPT_BYTES: Final = 1_000_000
"""Answers up to this size are kept as they are; of larger ones that can be joined, where."""
_PATIENCE_S: Final = 60.0
"""How long a request waits for one that another process makes."""
_LOOK_S: Final = 0.05
_TOLD: Final = frozenset({b"content-type", b"location", b"content-location", b"cache-control"})
_LEFT_OUT: Final = frozenset(
    {_HEADER, b"content-length", b"transfer-encoding", b"content-type", b"last-event-id"}
)


class Idempotency:
    """Carries out once what is asked several times with one key.

    Args:
        app: What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._running: dict[tuple[str, str, str], asyncio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a request."""
        key = _key_of(scope)
        if key is None:
            await self._app(scope, receive, send)
        elif not (0 < len(key) <= _LONGEST and key.isascii() and key.decode().isprintable()):
            refusal = errors.answer(
                422,
                "the Idempotency-Key is no key",
                "input_invalid",
                f"Send up to {_LONGEST} plain characters.",
            )
            await refusal(scope, receive, send)
        else:
            try:
                caller = identified(HTTPConnection(scope))
            except NotAuthenticated:  # the route says so
                await self._app(scope, receive, send)
                return
            body = await _whole(receive)
            request = KeyedRequest(
                caller.principal.tenant,
                caller.principal.id,
                key.decode(),
                f"POST {scope['path']}?{scope['query_string'].decode('latin-1')}",
                digest_of(body),
            )
            await self._carry_out(request, body, scope, receive, send)

    async def _carry_out(
        self, request: KeyedRequest, body: bytes, scope: Scope, receive: Receive, send: Send
    ) -> None:
        keys: IdempotencyKeys = scope["app"].state.services.idempotency
        until = time.monotonic() + _PATIENCE_S
        while True:
            claim = await keys.claim(request)
            match claim.kind:
                case "mine":
                    await self._make(request, keys, scope, _given(body, receive), send)
                    return
                case "answered":
                    await self._answer_again(claim, scope, receive, send)
                    return
                case "other":
                    refusal = errors.answer(
                        422,
                        "the Idempotency-Key was used for another request",
                        "idempotency_key_reused",
                        "Use a new key for each request, and the same one only to try it again.",
                    )
                    await refusal(scope, receive, send)
                    return
                case "running":
                    if not await self._wait(request, until):
                        refusal = errors.answer(
                            409,
                            "a request with this Idempotency-Key is still being made",
                            "idempotency_key_in_use",
                            "Ask again in a moment.",
                            Retry_After="1",
                        )
                        await refusal(scope, receive, send)
                        return

    async def _wait(self, request: KeyedRequest, until: float) -> bool:
        """Wait for whoever makes the request; whether that makes sense."""
        left = until - time.monotonic()
        if left <= 0:
            return False
        settled = self._running.get(request.place)
        try:
            async with asyncio.timeout(left if settled else _LOOK_S):
                await (settled.wait() if settled else asyncio.Event().wait())
        except TimeoutError:
            return settled is None
        return True

    async def _make(
        self, request: KeyedRequest, keys: IdempotencyKeys, scope: Scope, receive: Receive, send: Send
    ) -> None:
        settled = self._running[request.place] = asyncio.Event()
        keeper = _Keeper(request, keys, settled, send)
        made = derived_id("idempotency", *request.place, request.request, request.digest)
        creating(HTTPConnection(scope), made)
        try:
            await self._app(scope, receive, keeper.send)
        finally:
            try:
                if not keeper.is_kept:
                    await keys.forget(request)
            finally:
                self._running.pop(request.place, None)
                settled.set()

    async def _answer_again(self, claim: Claim, scope: Scope, receive: Receive, send: Send) -> None:
        head, _, body = claim.answer.partition(b"\n")
        kept: dict[str, Any] = orjson.loads(head)
        if "join" in kept:
            joined = _joining(scope, kept["join"])
            await self._app(joined, _given(b"", receive), _marked(send))
            scope["route"] = joined.get("route")
            return
        response = Response(body, claim.status)
        for name, value in kept["headers"]:
            response.headers[name] = value
        await response(scope, receive, _marked(send))


@dataclass(slots=True)
class _Keeper:
    """Keeps the answer that passes through it."""

    request: KeyedRequest
    keys: IdempotencyKeys
    settled: asyncio.Event
    sending: Send
    is_kept: bool = False
    _status: int = 0
    _headers: list[tuple[str, str]] = field(default_factory=list)
    _parts: list[bytes] = field(default_factory=list)
    _size: int = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._begin(message)
        elif message["type"] == "http.response.body" and self._status:
            await self._go_on(message)
        await self.sending(message)

    async def _begin(self, message: Message) -> None:
        if not 200 <= message["status"] < 300:
            return
        self._status = message["status"]
        told = [(name.lower(), value) for name, value in message["headers"] if name.lower() in _TOLD]
        self._headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in told]
        place = dict(self._headers).get("location")
        if place is not None:
            await self._keep({"join": place}, b"")

    async def _go_on(self, message: Message) -> None:
        part = message.get("body", b"")
        self._size += len(part)
        if self.is_kept and self._size > _KEPT_BYTES:
            self._parts.clear()
            return
        self._parts.append(bytes(part))
        if not message.get("more_body", False):
            await self._keep({"headers": self._headers}, b"".join(self._parts))

    async def _keep(self, head: dict[str, Any], body: bytes) -> None:
        await self.keys.answer(self.request, self._status, orjson.dumps(head) + b"\n" + body)
        self.is_kept = True
        self.settled.set()


def _key_of(scope: Scope) -> bytes | None:
    if scope["type"] != "http" or scope["method"] != "POST":
        return None
    found = next((value for name, value in scope["headers"] if name == _HEADER), None)
    if found is None or only_looks(scope["path"]) or scope["path"] == UNKEPT:
        return None
    return bytes(found)


async def _whole(receive: Receive) -> bytes:
    parts, more = list[bytes](), True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def _given(body: bytes, receive: Receive) -> Receive:
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def given() -> Message:
        return left.pop() if left else await receive()

    return given


def _joining(scope: Scope, place: str) -> Scope:
    """The request for the rest of what an earlier one began: from its beginning."""
    headers = [(name, value) for name, value in scope["headers"] if name not in _LEFT_OUT]
    return {
        **scope,
        "method": "GET",
        "path": place,
        "raw_path": place.encode(),
        "query_string": b"",
        "headers": [*headers, (b"last-event-id", b"-1")],
    }


def _marked(send: Send) -> Send:
    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Idempotency-Replayed"] = "true"
        await send(message)

    return marked
