"""What the manifest says of how people are told: channels by name."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints, field_validator, model_validator

from podium.core.model import Model
from podium.core.source_settings import EnvironmentName, http_address

NotificationEvent = Literal[
    "approval_waiting", "effect_in_doubt", "compensation_failed", "outcome_unverified", "chain_broken"
]
"""What people are told of: a thread waits for a decision, nobody knows whether an effect happened or was
undone, an effect could not be undone, an outcome could not be confirmed, the audit chain is broken."""

NOTIFICATION_EVENTS: tuple[NotificationEvent, ...] = get_args(NotificationEvent)

MailAddress = Annotated[str, StringConstraints(pattern=r"^[^\s@,;:<>()\"\\]+@[^\s@,;:<>()\"\\]+$")]
"""One bare address: nothing that could end a header or begin another address."""

_NO_TIES = "name the secret by a file or by an environment variable, not both"


class _Channel(Model):
    """What every channel may say."""

    events: tuple[NotificationEvent, ...] = Field(default=NOTIFICATION_EVENTS, min_length=1)
    """What it is told of."""
    timeout: float = Field(default=10.0, gt=0, le=120)
    """Seconds for one attempt, from its first byte to its last."""
    attempts: int = Field(default=10, ge=1, le=100)
    """Attempts in all, before a notification is given up."""
    first_wait: float = Field(default=5.0, gt=0, le=86_400)
    """Seconds before the second attempt; each further wait is twice as long."""
    longest_wait: float = Field(default=3_600.0, gt=0, le=86_400)
    """Seconds between two attempts at most, unless the other side asks for more."""


class WebhookSettings(_Channel):
    """A POST of JSON to an address, signed as Standard Webhooks describes."""

    kind: Literal["webhook"]
    url: str | None = None
    url_env: EnvironmentName | None = None
    """The environment variable that holds the address, for one that is itself a secret."""
    private: bool = False
    """Whether the address may be a public name that leads inside a network."""
    secret_env: EnvironmentName | None = None
    """The environment variable with the secret that signs; without a secret nothing is signed."""
    secret_file: str | None = None
    """A file that holds nothing but that secret, relative to the project."""
    ca_file: str | None = None
    """Certificates to trust in place of the usual ones, relative to the project."""

    @field_validator("url")
    @classmethod
    def _address(cls, url: str | None) -> str | None:
        return None if url is None else http_address(url)

    @model_validator(mode="after")
    def _one_place(self) -> WebhookSettings:
        if (self.url is None) == (self.url_env is None):
            raise ValueError("name the address by url, or by url_env")
        if self.secret_env is not None and self.secret_file is not None:
            raise ValueError(_NO_TIES)
        return self


class MailSettings(_Channel):
    """An e-mail through a server."""

    kind: Literal["smtp"]
    host: str = Field(min_length=1, pattern=r"^\S+$")
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    """`starttls` and `tls` check the server's certificate; `none` sends in the clear."""
    username: str | None = None
    password_env: EnvironmentName | None = None
    """The environment variable with the password."""
    password_file: str | None = None
    """A file that holds nothing but the password, relative to the project."""
    ca_file: str | None = None
    """Certificates to trust in place of the usual ones, relative to the project."""
    sender: MailAddress
    to: tuple[MailAddress, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _safe(self) -> MailSettings:
        if self.password_env is not None and self.password_file is not None:
            raise ValueError(_NO_TIES)
        named = self.password_env is not None or self.password_file is not None
        if named != (self.username is not None):
            raise ValueError("a username and a password (password_env or password_file) go together")
        if named and self.security == "none" and not _is_loopback(self.host):
            raise ValueError("a password is not sent in the clear: use security 'starttls' or 'tls'")
        return self


class CommandSettings(_Channel):
    """A program of one's own, which gets the notification as JSON on its standard input."""

    kind: Literal["command"]
    command: tuple[Annotated[str, StringConstraints(min_length=1)], ...] = Field(min_length=1)
    """The program and its arguments, run without a shell in the project's folder."""
    pass_env: tuple[EnvironmentName, ...] = ()
    """Environment variables that it gets beside PATH, HOME, LANG, LC_ALL and TZ."""


ChannelSettings = Annotated[WebhookSettings | MailSettings | CommandSettings, Field(discriminator="kind")]


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
