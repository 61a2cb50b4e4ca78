"""A real mail server on this machine, with faults on demand; needs `aiosmtpd`."""
# ruff: noqa: ARG002, N802 - aiosmtpd gives the names and signatures

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

if TYPE_CHECKING:
    from aiosmtpd.smtp import Envelope, Session


@dataclass(slots=True)
class Inbox:
    """What a mail server has taken, and what it answers.

    Attributes:
        messages: The messages, oldest first.
        recipients: To whom each went.
        logins: Name and password of each login that was tried.
        data_answer: What it answers to a message; it is kept only where this begins with 250.
        refused: What it answers for each address that it does not take.
        hangs: Whether it never answers to a message.
        password: What a login has to give.
    """

    messages: list[EmailMessage]
    recipients: list[list[str]]
    logins: list[tuple[str, str]]
    refused: dict[str, str]
    data_answer: str = "250 OK"
    hangs: bool = False
    password: str = ""

    @classmethod
    def empty(cls, **faults: Any) -> Inbox:
        """A server that takes everything, but for these faults."""
        return cls(messages=[], recipients=[], logins=[], **{"refused": {}, **faults})

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse one who should get the message."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take or refuse the message."""
        if self.hangs:
            await asyncio.sleep(3_600)
        if self.data_answer.startswith("250"):
            content = envelope.content
            raw = content if isinstance(content, bytes) else str(content).encode()
            self.messages.append(message_from_bytes(raw, policy=default))
            self.recipients.append(list(envelope.rcpt_tos))
        return self.data_answer

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth_data: Any
    ) -> AuthResult:
        """Whether a login is right."""
        if not isinstance(auth_data, LoginPassword):
            return AuthResult(success=False)
        password = auth_data.password.decode()
        self.logins.append((auth_data.login.decode(), password))
        return AuthResult(success=password == self.password, handled=False)


def mail_server(inbox: Inbox, *, tls: ssl.SSLContext | None = None, implicit: bool = False) -> Controller:
    """A mail server on a free port; call `start` and `stop`, its address is `hostname` and `port`.

    Args:
        inbox: What it does.
        tls: Its certificate, for STARTTLS.
        implicit: Whether it speaks TLS from the first byte.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return Controller(
        inbox,
        hostname="127.0.0.1",
        port=port,
        ssl_context=tls if implicit else None,
        tls_context=None if implicit else tls,
        authenticator=inbox.authenticate,
        auth_require_tls=tls is not None and not implicit,
    )
