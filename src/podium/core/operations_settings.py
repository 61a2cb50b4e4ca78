"""What the manifest says of running a server for long: what is kept, what is traced, and what is aimed at."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from podium.core.model import Model
from podium.core.source_settings import EnvironmentName, http_address

Days = Annotated[float, Field(gt=0, le=36_500)]
Share = Annotated[float, Field(ge=0, le=1)]


class RetentionSettings(Model):
    """After how many days things go; what is not named is kept. Effects and audit records are always kept."""

    threads: Days | None = None
    """Threads in which nothing happened for so long, with all that belongs to them. Threads that wait for a
    person, or in which something runs or is in doubt, are kept."""
    checkpoints: Days | None = None
    """All but the last checkpoint of threads in which nothing happened for so long: the conversation can go
    on, and nobody can go back in it."""
    events: Days | None = None
    """What was streamed and traced."""
    runs: Days | None = None
    """Runs of the server that have ended, with what they streamed."""


class TelemetrySettings(Model):
    """Where traces go; nowhere unless named here."""

    requests: bool = True
    """Whether the server follows requests and its runs: a metric, a log line and a span of each."""
    otlp_endpoint: Annotated[str, AfterValidator(http_address)] | None = None
    """The address that takes traces by OTLP over HTTP, such as `http://127.0.0.1:4318/v1/traces`."""
    otlp_headers_env: EnvironmentName | None = None
    """The environment variable with headers for it, such as `authorization=Bearer …`."""
    sample: Share = 1.0
    """The share of traces that is exported; one that a caller began follows the caller's choice."""
    content: bool = False
    """Whether prompts, replies, searches and what tools were given and gave are exported and logged as well;
    secrets never are. The project's own database has them in any case."""
    langsmith: bool = False
    """Whether runs are sent to LangSmith when LANGSMITH_API_KEY is set."""
    log: Literal["debug", "info", "warning", "error"] = "info"
    """The lowest level of the lines in `.podium/logs`."""


class ObjectiveSettings(Model):
    """What is aimed at; an aim that is not named is not measured."""

    window_days: Days = 30.0
    """Over how many days it is measured."""
    latency_p95: Annotated[float, Field(gt=0)] | None = None
    """Seconds within which 95 of 100 turns are to end."""
    success: Share | None = None
    """The share of turns that are to end without an error."""
    escalation: Share | None = None
    """The share of turns that may go to a person."""
    override: Share | None = None
    """The share of people's decisions that may reject or change what was proposed."""
    cost_per_success: Annotated[float, Field(gt=0)] | None = None
    """What a turn that ends well may cost on average, in the currency of the prices."""


class AlertSettings(Model):
    """When people are told over the notification channels; each once, when it begins and when it is over."""

    channels: tuple[str, ...] = ()
    """Which channels; nobody is told where none is named."""
    burn_rate: Annotated[float, Field(gt=0)] = 6.0
    """How many times too fast an error budget may be spent, over an hour, before it is told."""
    queue: Annotated[int, Field(ge=1)] = 1_000
    """How many runs may wait."""
    dead_letters: Annotated[int, Field(ge=1)] = 1
    """How many events, callbacks and notifications may have been given up."""
    audit_hours: Annotated[float, Field(ge=0)] = 24.0
    """How often the whole audit chain is checked while the server runs, first a minute after its start; 0 for
    never."""
    seconds: Annotated[float, Field(ge=1)] = 60.0
    """How often it is looked at while the server runs."""


ALERT_HOUR_S: Final = 3_600.0
"""Over how long the rate is measured at which a budget is spent."""
