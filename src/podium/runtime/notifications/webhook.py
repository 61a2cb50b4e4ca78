"""Notifications and other messages as HTTP requests, signed after Standard Webhooks (https://www.standardwebhooks.com)."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from podium.core.addresses import checked_address
from podium.core.clock import Clock, SystemClock
from podium.core.errors import ConfigError, NotDelivered, OutboundRefused
from podium.runtime.notifications.channel import Notification, Secret, revealed

_PREFIX: Final = "whsec_"
_KEY_BYTES: Final = range(24, 65)
_AGAIN: Final = frozenset({408, 429})
"""Refusals that a later attempt may turn around."""
_LONGEST_WAIT: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted.

    Attributes:
        id: The same at each attempt.
        url: Where to; it may be a secret, so that no error names more than its host.
        body: JSON.
        address: The IP address to connect to; None to look the host up.
    """

    id: str
    url: str
    body: bytes
    address: str | None = None


class Poster:
    """Posts signed messages. No redirect is followed and no proxy of the environment is used.

    Args:
        secret: Gives what signs; None for no signature.
        timeout: Seconds for one delivery in all.
        certificates: A file with certificates to trust in place of the usual ones.
        clock: Dates the signature.
    """

    def __init__(
        self,
        *,
        secret: Secret | None = None,
        timeout: float = 10.0,
        certificates: str | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._secret = secret
        self._timeout = timeout
        self._certificates = certificates
        self._trusted: ssl.SSLContext | None = None
        self._clock = clock or SystemClock()

    async def post(self, message: Message) -> None:
        """Post a message; what the other side answers is not read.

        Raises:
            NotDelivered: It did not take it.
        """
        import httpx

        host = urlsplit(message.url).hostname or ""
        try:
            headers = self._headers(message.id, message.body)
            async with asyncio.timeout(self._timeout):
                status, after = await self._sent(message, host, headers)
        except ConfigError as error:
            raise NotDelivered(error.message, hint=error.hint) from None
        except TimeoutError:
            raise NotDelivered(f"{host} did not answer within {self._timeout:g} seconds") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise NotDelivered(f"{host} could not be reached: {type(error).__name__}") from None
        if not httpx.codes.is_success(status):
            final = httpx.codes.is_client_error(status) and status not in _AGAIN
            wait = wait_of(after, self._clock.now())
            raise NotDelivered(f"{host} answered with status {status}", retryable=not final, wait=wait)

    async def _sent(self, message: Message, host: str, headers: dict[str, str]) -> tuple[int, str]:
        import httpx

        if self._trusted is None:  # reading the certificates takes long enough to stop others
            self._trusted = await asyncio.to_thread(_trusting, self._certificates)
        url, extensions = httpx.URL(message.url), {}
        if message.address is not None:  # the certificate still has to be the host's
            headers["host"] = url.netloc.decode("ascii")
            extensions = {"sni_hostname": host}
            url = url.copy_with(host=message.address)
        async with (
            httpx.AsyncClient(
                timeout=self._timeout, trust_env=False, follow_redirects=False, verify=self._trusted
            ) as client,
            client.stream(
                "POST", url, content=message.body, headers=headers, extensions=extensions
            ) as response,
        ):
            return response.status_code, response.headers.get("retry-after", "")

    def _headers(self, identifier: str, body: bytes) -> dict[str, str]:
        moment = str(int(self._clock.now().timestamp()))
        headers = {
            "content-type": "application/json",
            "user-agent": "podium",
            "webhook-id": identifier,
            "webhook-timestamp": moment,
        }
        if self._secret is not None:
            key = key_of(revealed(self._secret))
            headers["webhook-signature"] = signature(key, identifier, moment, body)
        return headers


class Webhook:
    """Posts notifications to one address.

    Args:
        url: Gives the address; it may itself be a secret, so that no error names more than its host.
        secret: Gives what signs; None for no signature.
        timeout: Seconds for one delivery in all.
        certificates: A file with certificates to trust in place of the usual ones.
        private: Whether the address may be a public name that leads inside a network.
        clock: Dates the signature.
    """

    def __init__(
        self,
        url: Secret,
        *,
        secret: Secret | None = None,
        timeout: float = 10.0,
        certificates: str | None = None,
        private: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self._url = url
        self._private = private
        self._poster = Poster(secret=secret, timeout=timeout, certificates=certificates, clock=clock)

    async def deliver(self, notification: Notification) -> None:
        """Post a notification.

        Raises:
            NotDelivered: The other side did not take it.
        """
        body = json.dumps(notification.as_json(), ensure_ascii=False).encode("utf-8", "replace")
        url = revealed(self._url)
        address = None if self._private else await _checked(url)
        await self._poster.post(Message(notification.id, url, body, address))


async def _checked(url: str) -> str | None:
    """The address to connect to, so that a public name cannot lead inside a network."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None  # no address: the post says so
    try:
        return await checked_address(host, port)
    except OutboundRefused as error:
        raise NotDelivered(error.message, hint=error.hint, retryable=False) from None
    except (OSError, UnicodeError):
        raise NotDelivered(f"{host} is not known") from None


def _trusting(certificates: str | None) -> ssl.SSLContext:
    import certifi

    return ssl.create_default_context(cafile=certificates or certifi.where())


def signature(key: bytes, identifier: str, moment: str, body: bytes) -> str:
    """The header `webhook-signature`: HMAC-SHA256 of id, timestamp and body in base64, behind `v1,`.

    Args:
        key: As `key_of` gives it.
        identifier: The header `webhook-id`.
        moment: The header `webhook-timestamp`: seconds since 1970.
        body: The request's body.
    """
    signed = b".".join((identifier.encode(), moment.encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def key_of(secret: str) -> bytes:
    """The key in a secret: `whsec_` and base64, the former may be left out.

    Raises:
        ConfigError: It has another form, or another length than 24 to 64 bytes.
    """
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) not in _KEY_BYTES:
        raise ConfigError(
            "the secret of a webhook is 24 to 64 random bytes in base64, behind whsec_",
            hint="Make one: python -c \"import base64, os; print('whsec_' + "
            'base64.b64encode(os.urandom(32)).decode())"',
        )
    return key


def wait_of(retry_after: str, now: datetime) -> float:
    """Seconds for which the other side wants to be left alone, a day at most.

    Args:
        retry_after: The header: seconds or a date; anything else counts as nothing.
        now: The moment.
    """
    given = retry_after.strip()
    if given.isascii() and given.isdecimal():
        return min(float(given[:9]), _LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(given)
    except ValueError:
        return 0.0
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max((until - now).total_seconds(), 0.0), _LONGEST_WAIT)
