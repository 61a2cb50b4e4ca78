"""HTTP connections that cannot be held open, or filled, by a head that does not end.

Uvicorn waits for the head of a request for ever, and keeps as much of it as comes.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    from asyncio import Transport

MAX_HEAD_BYTES: Final = 32_768
"""Of the request line and all headers."""
HEAD_S: Final = 15.0
"""Seconds in which a head has to arrive, from its first byte or from the connection on."""
_TOLD: Final = b'{"detail":"the head of the request is too large","code":"too_large","hint":"Send less."}'
_REFUSAL: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: application/json\r\n"
    b"connection: close\r\ncontent-length: %d\r\n\r\n%b" % (len(_TOLD), _TOLD)
)


class GuardedProtocol(HttpToolsProtocol):
    """Uvicorn's protocol, with limits on the head of a request."""

    _came = 0
    """Bytes that came while a head was not whole."""
    _deadline: asyncio.TimerHandle | None = None
    """Set while a head is not whole."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """A connection was opened: its first request has to come soon."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Something came."""
        super().data_received(data)
        if self._deadline is not None:
            self._came += len(data)
            if self._came > MAX_HEAD_BYTES:
                self._refuse()

    def on_message_begin(self) -> None:
        """A request begins, maybe on a connection that was kept."""
        super().on_message_begin()
        if self._deadline is None:
            self._wait_for_head()

    def on_headers_complete(self) -> None:
        """Its head is whole."""
        self._stop_waiting()
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > MAX_HEAD_BYTES:
            self._refuse()
        elif not self.transport.is_closing():
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of its body."""
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """It has come whole."""
        if not self.transport.is_closing():
            super().on_message_complete()

    def _refuse(self) -> None:
        self._stop_waiting()
        if not self.transport.is_closing():
            self.transport.write(_REFUSAL)
            self.transport.close()

    def _wait_for_head(self) -> None:
        self._came = 0
        self._deadline = self.loop.call_later(HEAD_S, self._give_up)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self.transport.close()
