"""Whether a webhook comes from where it should: HMAC over what was sent, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from podium.core.errors import ConfigError, InputError, NotAuthenticated
from podium.core.ids import digest_of
from podium.runtime.notifications.webhook import key_of, signature

if TYPE_CHECKING:
    from podium.core.trigger_settings import WebhookSettings

_GITHUB: Final = "sha256="
_MOST: Final = 8
"""Signatures that are looked at in one header."""


def verified_id(
    settings: WebhookSettings, secrets: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> str:
    """The id of the event in a webhook, once it is sure where it comes from.

    Args:
        settings: How webhooks prove it.
        secrets: What signs; several with space between.
        headers: Of the request, by their names in lower case.
        body: As it came.
        now: The moment.

    Raises:
        NotAuthenticated: The signature is missing, wrong, or too old.
        ConfigError: The secret is none.
    """
    given = secrets.split()
    if not given:
        raise ConfigError(
            f"the environment has no {settings.secret_env}", hint="Set it where the server runs."
        )
    if settings.style == "github":
        return _github(given, headers, body)
    return _standard(given, settings.tolerance, headers, body, now)


def refused(reason: str = "the signature does not count") -> NotAuthenticated:
    """The error of a webhook that proves nothing; the same where there is no such trigger."""
    return NotAuthenticated(reason, hint="Check the trigger's name, its secret and the sender's clock.")


def _standard(
    secrets: list[str], tolerance: float, headers: Mapping[str, str], body: bytes, now: datetime
) -> str:
    identifier, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    shown = headers.get("webhook-signature", "").split()[:_MOST]
    expected = [signature(key_of(secret), identifier, moment, body) for secret in secrets]
    # All are compared, so that the time it takes tells nothing.
    matches = [hmac.compare_digest(one.encode(), mine.encode()) for one in shown for mine in expected]
    if not identifier or not any(matches):
        raise refused()
    if not (moment.isascii() and moment.isdecimal() and len(moment) <= 12):
        raise InputError("webhook-timestamp is no time", hint="Send seconds since 1970.")
    off = abs((now - datetime.fromtimestamp(int(moment), UTC)).total_seconds())
    if off > tolerance:
        raise refused(f"the signature is {off:.0f} seconds off, and {tolerance:g} are allowed")
    return identifier


def _github(secrets: list[str], headers: Mapping[str, str], body: bytes) -> str:
    """GitHub signs the body alone: its digest is the id, so that nobody can have it run again."""
    shown = headers.get("x-hub-signature-256", "")
    expected = [_GITHUB + hmac.new(one.encode(), body, hashlib.sha256).hexdigest() for one in secrets]
    matches = [hmac.compare_digest(shown.encode(), mine.encode()) for mine in expected]
    if not any(matches):
        raise refused()
    return digest_of(body)
