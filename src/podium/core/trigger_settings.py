"""What may be said of triggers, in `podium.toml` and by API: events and schedules by name."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

from podium.core.evidence import Trust
from podium.core.model import JsonObject, JsonValue, Model
from podium.core.source_settings import EnvironmentName

TriggerName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,62}$")]
SchemaVersion = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")]
_LONGEST_S = 366 * 86_400.0


class WebhookSettings(Model):
    """How webhooks prove where they come from."""

    style: Literal["standard", "github"] = "standard"
    """`standard`: the headers of Standard Webhooks, with id and time; `github`: `X-Hub-Signature-256`."""
    secret_env: EnvironmentName
    """The environment variable with the secret; several, with space between, while one takes over from
    another."""
    tolerance: float = Field(default=300.0, gt=0, le=86_400)
    """Seconds by which the time of a standard webhook may be off."""


class _TriggerSettings(Model):
    """What every trigger may say."""

    graph: str = Field(min_length=1, max_length=200)
    """A graph's name, or an assistant's id."""
    input: JsonValue = None
    """What the graph is given; `{{ data.name }}` in a text stands for a part of the event. What came itself,
    when there is none."""
    metadata: JsonObject = {}
    """Of the runs."""
    paused: bool = False
    """Whether it is paused from the beginning."""
    owner: str = Field(default="", max_length=200)
    """As whom its runs are made and who may use it beside admins, such as `key:shop`; else who declares
    it."""


class EventTriggerSettings(_TriggerSettings):
    """Work that begins when an event comes."""

    kind: Literal["event"] = "event"
    schemas: dict[SchemaVersion, str | JsonObject] = Field(default={}, max_length=50)
    """A JSON Schema by its version, in place or as a file of the project; what an event says has to follow
    the one that it names, else the last one."""
    key: str = Field(default="", max_length=200)
    """The part of an event by which those are ordered that belong together, such as `data.order`; none for
    side by side."""
    max_age: float = Field(default=7 * 86_400.0, gt=0, le=_LONGEST_S)
    """Seconds after which an event is too old."""
    max_ahead: float = Field(default=300.0, ge=0, le=86_400)
    """Seconds by which the time of an event may lie in the future."""
    max_waiting: int = Field(default=1_000, ge=1, le=100_000)
    """Events that may wait; a further one is refused with 429."""
    attempts: int = Field(default=5, ge=1, le=100)
    """Attempts in all, before an event is put among the dead letters."""
    first_wait: float = Field(default=5.0, gt=0, le=86_400)
    """Seconds before the second attempt; each further wait is twice as long."""
    longest_wait: float = Field(default=3_600.0, gt=0, le=86_400)
    """Seconds between two attempts at most."""
    trust: Trust = "untrusted"
    """How far what an event says is trusted: of `trusted`, the words count as a user's own; else an action
    that is built from them may have to be approved, as the policy says."""
    webhook: WebhookSettings | None = None
    """Whether it takes signed webhooks."""


class ScheduleTriggerSettings(_TriggerSettings):
    """Work that begins by the clock."""

    kind: Literal["schedule"] = "schedule"
    schedule: str = Field(min_length=1, max_length=200)
    """Minute, hour, day of the month, month and day of the week, as in cron."""
    timezone: str = Field(default="UTC", min_length=1, max_length=100)
    """In whose time that is read, by its IANA name."""
    missed: Literal["skip", "once", "all"] = "once"
    """What becomes of the times at which nothing ran: left out, made up for by one run, or by one each."""
    window: float = Field(default=86_400.0, gt=0, le=_LONGEST_S)
    """Seconds after which a missed time is not made up for any more, where `missed` is `all`."""
    overlap: Literal["allow", "skip", "queue", "cancel"] = "queue"
    """What happens while the run before has not ended: side by side, left out, after it, or in its place."""


TriggerSettings: TypeAlias = Annotated[
    EventTriggerSettings | ScheduleTriggerSettings, Field(discriminator="kind")
]
