"""Webhooks against a real server: what counts as delivered, what is tried again, and what is sent."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from contextlib import closing
from datetime import UTC, datetime

import pytest

from podium.core.errors import ConfigError, NotDelivered
from podium.runtime.notifications.channel import Notification
from podium.runtime.notifications.webhook import Webhook
from podium.testing.webhook_receiver import Answer, WebhookReceiver

KEY = b"0123456789abcdef0123456789abcdef"
SECRET = "whsec_" + base64.b64encode(KEY).decode()


def hook(receiver: WebhookReceiver) -> Webhook:
    return Webhook(lambda: receiver.url, secret=lambda: SECRET, timeout=5.0)


async def refused(channel: Webhook, notification: Notification) -> NotDelivered:
    with pytest.raises(NotDelivered) as caught:
        await channel.deliver(notification)
    assert SECRET not in caught.value.message
    return caught.value


async def test_the_receiver_can_check_the_signature(notification: Notification) -> None:
    before = int(datetime.now(UTC).timestamp())
    with WebhookReceiver() as receiver:
        await hook(receiver).deliver(notification)
    (request,) = receiver.received
    identifier, moment = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    signed = f"{identifier}.{moment}.".encode() + request.body
    version, _, given = request.headers["webhook-signature"].partition(",")
    assert version == "v1"
    assert base64.b64decode(given) == hmac.digest(KEY, signed, hashlib.sha256)
    assert before <= int(moment) <= int(datetime.now(UTC).timestamp())
    assert identifier == json.loads(request.body)["id"] == notification.id
    assert json.loads(request.body)["schema_version"] == 1


async def test_without_a_secret_nothing_is_signed(notification: Notification) -> None:
    with WebhookReceiver() as receiver:
        await Webhook(lambda: receiver.url).deliver(notification)
    assert "webhook-signature" not in receiver.received[0].headers


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_a_2xx_is_delivered(status: int, notification: Notification) -> None:
    with WebhookReceiver(Answer(status)) as receiver:
        await hook(receiver).deliver(notification)
    assert len(receiver.received) == 1


@pytest.mark.parametrize(
    ("status", "retryable"),
    [
        (400, False),
        (401, False),
        (403, False),
        (404, False),
        (410, False),
        (422, False),
        (408, True),
        (429, True),
        (500, True),
        (502, True),
        (503, True),
        (304, True),
    ],
)
async def test_what_is_tried_again(status: int, retryable: bool, notification: Notification) -> None:
    with WebhookReceiver(Answer(status)) as receiver:
        error = await refused(hook(receiver), notification)
    assert error.retryable is retryable
    assert str(status) in error.message


async def test_how_long_to_wait_is_taken_from_the_answer(notification: Notification) -> None:
    with WebhookReceiver(Answer(429, {"Retry-After": "17"})) as receiver:
        error = await refused(hook(receiver), notification)
    assert (error.retryable, error.wait) == (True, 17)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int, notification: Notification) -> None:
    with (
        WebhookReceiver() as other,
        WebhookReceiver(Answer(status, {"Location": other.url})) as receiver,
    ):
        error = await refused(hook(receiver), notification)
        assert other.received == []
    assert len(receiver.received) == 1
    assert error.retryable


async def test_the_address_itself_is_not_told(notification: Notification) -> None:
    with WebhookReceiver(Answer(404)) as receiver:
        channel = Webhook(lambda: receiver.url + "/T0KEN")
        error = await refused(channel, notification)
    assert receiver.received[0].path == "/hook/T0KEN"
    assert "T0KEN" not in error.message


async def test_a_server_that_trickles_is_left_in_time(notification: Notification) -> None:
    done = threading.Event()
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def trickle() -> None:
            connection, _ = server.accept()
            with closing(connection):
                connection.sendall(b"HTTP/1.1 200 OK\r\nx-slow: ")
                while not done.wait(0.05):
                    try:
                        connection.sendall(b"x")  # each byte would renew a limit between bytes
                    except OSError:
                        return

        thread = threading.Thread(target=trickle)
        thread.start()
        begun = time.monotonic()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        error = await refused(Webhook(lambda: url, timeout=0.5), notification)
        assert time.monotonic() - begun < 5
        done.set()
        thread.join()
    assert error.retryable
    assert "0.5 seconds" in error.message


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200"])
async def test_an_answer_that_is_none_is_tried_again(answer: bytes, notification: Notification) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def speak() -> None:
            connection, _ = server.accept()
            with closing(connection):
                connection.recv(65_536)
                connection.sendall(answer)

        thread = threading.Thread(target=speak)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        error = await refused(Webhook(lambda: url, timeout=5), notification)
        thread.join()
    assert error.retryable


async def test_proxies_of_the_environment_are_not_used(
    notification: Notification, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WebhookReceiver() as proxy, WebhookReceiver() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        await hook(receiver).deliver(notification)
        assert (len(proxy.received), len(receiver.received)) == (0, 1)


async def test_a_secret_that_is_missing_may_be_there_next_time(notification: Notification) -> None:
    def secret() -> str:
        raise ConfigError("there is none")

    with WebhookReceiver() as receiver:
        error = await refused(Webhook(lambda: receiver.url, secret=secret), notification)
        bad = await refused(Webhook(lambda: receiver.url, secret=lambda: "hunter2"), notification)
        assert receiver.received == []
    assert error.retryable
    assert bad.retryable
    assert "hunter2" not in bad.message + bad.hint
