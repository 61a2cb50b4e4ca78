"""E-mails against a real server: TLS, logins, refusals, and headers that nobody can break out of."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from podium.core.errors import ConfigError, NotDelivered
from podium.runtime.notifications.channel import Notification
from podium.runtime.notifications.mail import Mail
from podium.testing.mail_receiver import Inbox, mail_server

Serve = Callable[..., Controller]
PASSWORD = "correct horse battery staple"


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:

        def start(inbox: Inbox, **options: Any) -> Controller:
            server = mail_server(inbox, **options)
            server.start()
            stack.callback(server.stop)
            return server

        yield start


def mail(server: Controller, **more: Any) -> Mail:
    given = {"security": "none", "to": ("ada@example.org",), "timeout": 10.0, **more}
    return Mail("127.0.0.1", server.port, sender="podium@example.org", **given)


async def refused(channel: Mail, notification: Notification) -> NotDelivered:
    with pytest.raises(NotDelivered) as caught:
        await channel.deliver(notification)
    assert PASSWORD not in caught.value.message
    return caught.value


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_it_logs_in_behind_tls(
    security: str, serve: Serve, tls: ssl.SSLContext, certificate: Path, notification: Notification
) -> None:
    inbox = Inbox.empty(password=PASSWORD)
    server = serve(inbox, tls=tls, implicit=security == "tls")
    channel = mail(
        server,
        security=security,
        username="ada",
        password=lambda: PASSWORD,
        certificates=str(certificate),
    )
    await channel.deliver(notification)
    assert inbox.logins == [("ada", PASSWORD)]
    (message,) = inbox.messages
    assert (message["Message-ID"], message["Subject"]) == ("<ntf_1@podium>", "subject")
    assert (message["Auto-Submitted"], message["X-Podium-Event"]) == ("auto-generated", "approval_waiting")


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_that_nobody_vouches_for_gets_no_password(
    security: str, serve: Serve, tls: ssl.SSLContext, notification: Notification
) -> None:
    inbox = Inbox.empty(password=PASSWORD)
    server = serve(inbox, tls=tls, implicit=security == "tls")
    channel = mail(server, security=security, username="ada", password=lambda: PASSWORD)
    error = await refused(channel, notification)
    assert (error.retryable, inbox.logins, inbox.messages) == (True, [], [])


async def test_a_server_without_starttls_gets_nothing(serve: Serve, notification: Notification) -> None:
    inbox = Inbox.empty()
    error = await refused(mail(serve(inbox), security="starttls"), notification)
    assert (error.retryable, inbox.messages) == (False, [])


async def test_a_wrong_password_may_be_mended(
    serve: Serve, tls: ssl.SSLContext, certificate: Path, notification: Notification
) -> None:
    server = serve(Inbox.empty(password="another"), tls=tls)
    channel = mail(
        server,
        security="starttls",
        username="ada",
        password=lambda: PASSWORD,
        certificates=str(certificate),
    )
    error = await refused(channel, notification)
    assert error.retryable
    assert "login" in error.message


@pytest.mark.parametrize(("answer", "retryable"), [("451 later", True), ("552 too much", False)])
async def test_the_servers_code_says_whether_to_try_again(
    answer: str, retryable: bool, serve: Serve, notification: Notification
) -> None:
    error = await refused(mail(serve(Inbox.empty(data_answer=answer))), notification)
    assert error.retryable is retryable
    assert answer[:3] in error.message
    assert answer[4:] not in error.message


@pytest.mark.parametrize(("answer", "retryable"), [("450 later", True), ("550 nobody", False)])
async def test_who_is_refused_is_counted_and_not_named(
    answer: str, retryable: bool, serve: Serve, notification: Notification
) -> None:
    inbox = Inbox.empty(refused={"bob@example.org": answer})
    channel = mail(serve(inbox), to=("ada@example.org", "bob@example.org"))
    error = await refused(channel, notification)
    assert error.retryable is retryable
    assert "1 of 2" in error.message
    assert "bob" not in error.message
    assert inbox.recipients == [["ada@example.org"]]


async def test_when_everybody_is_refused_nothing_is_sent(serve: Serve, notification: Notification) -> None:
    inbox = Inbox.empty(refused={"ada@example.org": "550 nobody"})
    error = await refused(mail(serve(inbox)), notification)
    assert (error.retryable, inbox.messages) == (False, [])


async def test_no_text_becomes_a_header_or_another_recipient(
    serve: Serve, notification: Notification
) -> None:
    inbox = Inbox.empty()
    evil = "hello\r\nBcc: eve@example.org\r\n\r\n.\r\nRCPT TO:<eve@example.org>"
    await mail(serve(inbox)).deliver(replace(notification, subject=evil, text=evil, thread_id=evil))
    (message,) = inbox.messages
    assert inbox.recipients == [["ada@example.org"]]
    assert {"bcc", "hello", "rcpt to"}.isdisjoint(name.lower() for name in message)
    assert "RCPT TO:<eve@example.org>" in message.get_content()


async def test_a_password_that_is_missing_may_be_there_next_time(
    serve: Serve, notification: Notification
) -> None:
    def password() -> str:
        raise ConfigError("there is none")

    inbox = Inbox.empty()
    error = await refused(mail(serve(inbox), username="ada", password=password), notification)
    assert (error.retryable, inbox.messages) == (True, [])
