"""A way to reach people, and what goes through it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Final, Protocol, TypeAlias

from podium.core.errors import ConfigError, NotDelivered
from podium.core.model import JsonObject

SCHEMA_VERSION: Final = 1
"""Of the JSON that channels send."""

Secret: TypeAlias = Callable[[], str]
"""Reads a secret at the moment it is needed, so that a new one counts at once; raises ConfigError."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One thing that people are told. Its texts are safe to show anywhere: see `wording.said`.

    Attributes:
        id: The same for the same thing, always and on every channel; receivers drop what they know.
        event: What kind of thing, such as `approval_waiting`.
        at: When it happened, ISO 8601 in UTC.
        project: The project's name.
        subject: One line.
        text: What happened, where, and what to type next; a few lines.
        thread_id: The thread, if any.
        run_id: The run, if any.
        data: Further facts for programs; nothing personal, no arguments.
    """

    id: str
    event: str
    at: str
    project: str
    subject: str
    text: str
    thread_id: str = ""
    run_id: str = ""
    data: JsonObject = field(default_factory=dict)

    def as_json(self) -> JsonObject:
        """The object that channels send and the outbox keeps."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, held: JsonObject) -> Notification:
        """What `as_json` made."""
        known = {name: held[name] for name in cls.__slots__ if name in held}
        return cls(**known)  # type: ignore[arg-type]  # as it was written


class Channel(Protocol):
    """Delivers notifications. One that came through may come again under the same id."""

    async def deliver(self, notification: Notification) -> None:
        """Deliver a notification within the channel's own time limit.

        Cancelling it lets go of everything that it has opened or started.

        Args:
            notification: What to tell.

        Raises:
            NotDelivered: It did not get through; whether and when to try again stands on the error, and its
                message tells no secret and nothing that the other side said.
        """
        ...


def revealed(secret: Secret | None) -> str:
    """A secret, as a channel reads it; empty where there is none.

    Raises:
        NotDelivered: It is not there; it may be at the next attempt.
    """
    try:
        return "" if secret is None else secret()
    except ConfigError as error:
        raise NotDelivered(error.message, hint=error.hint) from None
