from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from podium.core.errors import NotDelivered
from podium.runtime.notifications.channel import Channel, Notification
from podium.runtime.notifications.command import Command
from podium.runtime.notifications.mail import Mail
from podium.runtime.notifications.memory import Memory
from podium.runtime.notifications.webhook import Webhook
from podium.testing.channel import ChannelContract
from podium.testing.mail_receiver import Inbox, mail_server
from podium.testing.webhook_receiver import Answer, WebhookReceiver

TAKE = "import sys; open('arrived.jsonl', 'a').write(sys.stdin.read() + '\\n')"


def closed_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class TestWebhook(ChannelContract):
    @pytest.fixture(autouse=True)
    def _opened(self) -> Iterator[None]:
        with ExitStack() as self.stack:
            self.receiver = self.stack.enter_context(WebhookReceiver())
            yield

    def working(self) -> Channel:
        return Webhook(lambda: self.receiver.url)

    def arrived(self) -> Sequence[tuple[str, str]]:
        found = [json.loads(one.body) for one in self.receiver.received]
        return [(one["id"], one["text"]) for one in found]

    def refusing(self) -> Channel:
        other = self.stack.enter_context(WebhookReceiver(Answer(403)))
        return Webhook(lambda: other.url)

    def missing(self) -> Channel:
        port = closed_port()
        return Webhook(lambda: f"http://127.0.0.1:{port}/")

    def hanging(self, timeout: float) -> Channel:
        other = self.stack.enter_context(WebhookReceiver(Answer(0)))
        return Webhook(lambda: other.url, timeout=timeout)


class TestMail(ChannelContract):
    @pytest.fixture(autouse=True)
    def _opened(self) -> Iterator[None]:
        with ExitStack() as self.stack:
            self.inbox = Inbox.empty()
            self.server = self._started(self.inbox)
            yield

    def working(self) -> Channel:
        return self._channel(self.server)

    def arrived(self) -> Sequence[tuple[str, str]]:
        return [(str(one["Message-ID"])[1:-8], one.get_content()) for one in self.inbox.messages]

    def refusing(self) -> Channel:
        return self._channel(self._started(Inbox.empty(data_answer="554 no")))

    def missing(self) -> Channel:
        return Mail("127.0.0.1", closed_port(), "none", "podium@example.org", ("ada@example.org",))

    def hanging(self, timeout: float) -> Channel:
        return self._channel(self._started(Inbox.empty(hangs=True)), timeout=timeout)

    def _started(self, inbox: Inbox) -> Controller:
        server = mail_server(inbox)
        server.start()
        self.stack.callback(server.stop)
        return server

    def _channel(self, server: Controller, **more: Any) -> Channel:
        return Mail("127.0.0.1", server.port, "none", "podium@example.org", ("ada@example.org",), **more)


class TestCommand(ChannelContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def working(self) -> Channel:
        return self._runs(TAKE)

    def arrived(self) -> Sequence[tuple[str, str]]:
        file = self.folder / "arrived.jsonl"
        found = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
        return [(one["id"], one["text"]) for one in found]

    def refusing(self) -> Channel:
        return self._runs("import sys; sys.exit(7)")

    def missing(self) -> Channel:
        return Command(("./nobody",), folder=self.folder, environ={})

    def hanging(self, timeout: float) -> Channel:
        return self._runs("import time; time.sleep(600)", timeout=timeout)

    def _runs(self, code: str, **more: Any) -> Channel:
        return Command((sys.executable, "-c", code), folder=self.folder, environ={}, **more)


class TestMemory(ChannelContract):
    @pytest.fixture(autouse=True)
    def _made(self) -> None:
        self.memory = Memory()

    def working(self) -> Channel:
        return self.memory

    def arrived(self) -> Sequence[tuple[str, str]]:
        return [(one.id, one.text) for one in self.memory.arrived]

    def refusing(self) -> Channel:
        return Memory(NotDelivered("refused"))

    def missing(self) -> Channel:
        return Memory(NotDelivered("nobody is there"))

    def hanging(self, timeout: float) -> Channel:
        return _Hanging(timeout)


class _Hanging:
    """What the contract asks of a channel that waits, in its simplest form."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout

    async def deliver(self, notification: Notification) -> None:
        import asyncio

        try:
            async with asyncio.timeout(self._timeout):
                await asyncio.Event().wait()
        except TimeoutError:
            raise NotDelivered("too late") from None
