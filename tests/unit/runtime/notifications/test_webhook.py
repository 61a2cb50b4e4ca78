from __future__ import annotations

import base64
import socket
from datetime import UTC, datetime
from typing import Any

import pytest

from podium.core.errors import ConfigError, NotDelivered
from podium.runtime.notifications.channel import Notification
from podium.runtime.notifications.webhook import Webhook, key_of, signature, wait_of

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)


def test_signs_as_the_published_example_of_standard_webhooks() -> None:
    found = signature(key_of(SECRET), "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_may_do_without_its_prefix() -> None:
    assert key_of(SECRET) == key_of(SECRET.removeprefix("whsec_"))


@pytest.mark.parametrize("size", [24, 64])
def test_a_key_may_have_24_to_64_bytes(size: int) -> None:
    assert len(key_of("whsec_" + base64.b64encode(b"k" * size).decode())) == size


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "hunter2",
        "whsec_",
        "whsec_!!!",
        base64.b64encode(b"k" * 23).decode(),
        base64.b64encode(b"k" * 65).decode(),
        "whsec_ä",
    ],
)
def test_any_other_secret_is_refused_without_being_shown(secret: str) -> None:
    with pytest.raises(ConfigError) as caught:
        key_of(secret)
    assert not secret or secret.removeprefix("whsec_") not in caught.value.message or secret == "whsec_"
    assert "os.urandom" in caught.value.hint


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("", 0),
        ("7", 7),
        (" 7 ", 7),
        ("-7", 0),
        ("7.5", 0),
        ("soon", 0),
        ("\u0667", 0),
        ("9" * 400, 86_400),
        ("Sat, 31 Jan 2026 12:02:00 GMT", 120),
        ("Sat, 31 Jan 2026 11:00:00 GMT", 0),
        ("Sun, 31 Jan 2027 12:00:00 GMT", 86_400),
        ("Sat, 99 Jan 2026 12:02:00 GMT", 0),
    ],
)
def test_reads_how_long_the_other_side_wants_to_be_left_alone(header: str, seconds: float) -> None:
    assert wait_of(header, NOW) == seconds


async def test_a_public_name_that_leads_inside_is_not_posted_to(monkeypatch: pytest.MonkeyPatch) -> None:
    def inside(_: str, port: int, *__: Any, **___: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", port))]

    monkeypatch.setattr(socket, "getaddrinfo", inside)
    told = Notification("id", "chain_broken", "2026-01-31T12:00:00Z", "desk", "subject", "text")
    with pytest.raises(NotDelivered, match="inside a network") as caught:
        await Webhook(lambda: "https://hooks.example.com/secret").deliver(told)
    assert not caught.value.retryable
    assert "secret" not in caught.value.message
