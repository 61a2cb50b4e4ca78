"""Notifications as e-mails."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final, Literal

from podium.core.errors import NotDelivered, PodiumError
from podium.runtime.notifications.channel import Notification, Secret, revealed

_PERMANENT: Final = 500


@dataclass(frozen=True, slots=True)
class Mail:
    """Sends notifications through a mail server.

    Attributes:
        host: The server.
        port: Its port.
        security: `starttls` and `tls` check the server's certificate; `none` sends in the clear.
        sender: The address that it is from.
        to: The addresses that it goes to.
        username: Who logs in; None for no login.
        password: Gives the password.
        timeout: Seconds for one delivery in all.
        certificates: A file with certificates to trust in place of the usual ones.
    """

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    sender: str
    to: tuple[str, ...]
    username: str | None = None
    password: Secret | None = None
    timeout: float = 10.0
    certificates: str | None = None

    async def deliver(self, notification: Notification) -> None:
        """Send a notification.

        Raises:
            NotDelivered: The server did not take it, or not for everybody.
        """
        message = message_of(notification, self.sender, self.to)
        password = revealed(self.password)
        loop, opened = asyncio.get_running_loop(), list[smtplib.SMTP]()
        done: asyncio.Future[None] = loop.create_future()

        def settle(error: Exception | None) -> None:
            if done.done():
                return
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

        def work() -> None:
            failure: Exception | None = None
            try:
                self._send(message, password, opened)
            except (PodiumError, smtplib.SMTPException, OSError, ValueError) as error:
                failure = _told(self.host, error)
            with suppress(RuntimeError):  # nobody waits any more, and the loop is closed
                loop.call_soon_threadsafe(settle, failure)

        # Not the loop's executor, which closing would wait for: a server may keep a thread for a while.
        threading.Thread(target=work, name="podium-mail", daemon=True).start()
        try:
            async with asyncio.timeout(self.timeout):
                await done
        except TimeoutError:
            raise NotDelivered(f"{self.host} did not take it within {self.timeout:g} seconds") from None
        finally:
            for server in opened:
                _hang_up(server)

    def _send(self, message: EmailMessage, password: str, opened: list[smtplib.SMTP]) -> None:
        server = self._connected()
        opened.append(server)
        try:
            if self.security == "starttls":
                server.starttls(context=self._trusted())
            if self.username is not None:
                server.login(self.username, password)
            refused = server.send_message(message, from_addr=self.sender, to_addrs=self.to)
            with suppress(smtplib.SMTPException, OSError):  # it has taken the message by now
                server.quit()
        finally:
            server.close()
        if refused:
            codes = [code for code, _ in refused.values()]
            raise NotDelivered(
                f"{self.host} refused {len(refused)} of {len(self.to)} who should get it: {codes[0]}",
                retryable=min(codes) < _PERMANENT,
            )

    def _connected(self) -> smtplib.SMTP:
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=self._trusted())
        return smtplib.SMTP(self.host, self.port, timeout=self.timeout)

    def _trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.certificates)


def message_of(notification: Notification, sender: str, to: tuple[str, ...]) -> EmailMessage:
    """The e-mail that tells of a notification.

    Args:
        notification: What it tells.
        sender: The address that it is from.
        to: The addresses that it goes to.
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = " ".join(notification.subject.split())
    message["From"] = sender
    message["To"] = ", ".join(to)
    message["Message-ID"] = f"<{notification.id}@podium>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Podium-Event"] = notification.event
    thread = f"Thread: {notification.thread_id}\n" if notification.thread_id else ""
    message.set_content(f"{notification.text}\n\n{thread}Notification: {notification.id}\n")
    return message


def _hang_up(server: smtplib.SMTP) -> None:
    """End an exchange from another thread; nothing happens where it has ended."""
    sock = server.sock
    if sock is not None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _told(host: str, error: Exception) -> Exception:
    """What went wrong, without the server's words, which may quote what it was told."""
    match error:
        case PodiumError():
            return error
        case smtplib.SMTPRecipientsRefused():
            codes = [code for code, _ in error.recipients.values()]
            final = min(codes) >= _PERMANENT
            return NotDelivered(f"{host} refused all who should get it: {codes[0]}", retryable=not final)
        case smtplib.SMTPAuthenticationError():
            return NotDelivered(f"{host} refused the login: {error.smtp_code}")
        case smtplib.SMTPResponseException():
            # smtplib says -1 where the connection ended in mid-answer.
            return NotDelivered(
                f"{host} answered with {error.smtp_code}", retryable=error.smtp_code < _PERMANENT
            )
        case smtplib.SMTPNotSupportedError():
            return NotDelivered(
                f"{host} cannot do what is asked: login, TLS or such addresses", retryable=False
            )
        case _:
            return NotDelivered(f"{host} could not be used: {type(error).__name__}")
