"""What the manifest says of how people are told: channels by name."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from podium.core.model import Model
from podium.core.source_settings import EnvironmentName

NotificationKind = Literal[
    "approval_waiting", "effect_in_doubt", "compensation_failed", "outcome_unverified", "chain_broken"
]
"""What people are told of: a thread waits for a decision, nobody knows whether an effect happened, an effect
could not be undone, an outcome could not be confirmed, the audit chain is broken."""

Events = tuple[NotificationKind, ...]
_ALL: Events = (
    "approval_waiting",
    "effect_in_doubt",
    "compensation_failed",
    "outcome_unverified",
    "chain_broken",
)


class _Channel(Model):
    """What every channel may say."""

    events: Events = Field(default=_ALL, min_length=1)
    """What it is told of."""
    timeout: float = Field(default=10.0, gt=0, le=120)
    """Seconds for one attempt."""
    attempts: int = Field(default=10, ge=1, le=100)
    """Attempts in all, before a notification is given up."""
    first_wait: float = Field(default=5.0, gt=0)
    """Seconds before the second attempt; each further wait is twice as long."""
    longest_wait: float = Field(default=3_600.0, gt=0)
    """Seconds between two attempts at most."""


class WebhookSettings(_Channel):
    """A POST of JSON to an address, signed as Standard Webhooks describes."""

    kind: Literal["webhook"]
    url: str
    secret_env: EnvironmentName | None = None
    """The environment variable with the secret that signs; without a secret nothing is signed."""
    secret_file: str | None = None
    """A file that holds nothing but that secret, relative to the project; goes before the variable."""
    ca_file: str | None = None
    """Certificates to trust in place of the system's, relative to the project."""

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("an address begins with https:// or http:// and names a host")
        if parts.username or parts.password:
            raise ValueError("a password does not stand in the manifest")
        return url


class MailSettings(_Channel):
    """An e-mail through a server."""

    kind: Literal["smtp"]
    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password_env: EnvironmentName | None = None
    """The environment variable with the password."""
    password_file: str | None = None
    """A file that holds nothing but the password, relative to the project; goes before the variable."""
    ca_file: str | None = None
    """Certificates to trust in place of the system's, relative to the project."""
    sender: str = Field(pattern=r"^[^\s@]+@[^\s@]+$")
    to: tuple[Annotated[str, Field(pattern=r"^[^\s@]+@[^\s@]+$")], ...] = Field(min_length=1)


class CommandSettings(_Channel):
    """A program of one's own, which gets the notification as JSON on its standard input."""

    kind: Literal["command"]
    command: tuple[str, ...] = Field(min_length=1)
    """The program and its arguments, run without a shell in the project's folder."""
    pass_env: tuple[EnvironmentName, ...] = ()
    """Environment variables that it gets beside PATH, HOME and LANG."""


ChannelSettings = Annotated[WebhookSettings | MailSettings | CommandSettings, Field(discriminator="kind")]
