"""What was seen when a target ran a case: the ground on which scorers judge."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from podium.core.model import JsonObject, JsonValue, Model


class CitedSpan(Model):
    """A span of a source that an answer cites."""

    source: str
    start: int | None = None
    end: int | None = None
    quote: str = ""


class Retrieved(Model):
    """One hit of a retrieval, in the order in which it came."""

    id: str
    source: str = ""
    text: str = ""
    score: float | None = None


class ActionSeen(Model):
    """A call that was proposed or made, as the ledger or the trace has it."""

    tool: str
    args: JsonObject = {}
    effect: str = "read"
    status: str = ""
    granted: bool | None = None
    """Whether a grant stood behind it; None where nothing was changed or no ledger was kept."""


class Observation(Model):
    """What one run of a case gave."""

    output: JsonValue = None
    """The answer's text, or what a function or graph returned."""
    status: str = ""
    route: str = ""
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    uncalibrated: Annotated[float, Field(ge=0, le=1)] | None = None
    """The confidence before a fitted calibration."""
    reasons: tuple[str, ...] = ()
    citations: tuple[CitedSpan, ...] = ()
    retrieved: tuple[Retrieved, ...] = ()
    actions: tuple[ActionSeen, ...] = ()
    trajectory: tuple[str, ...] = ()
    escalated: bool = False
    guardrails: tuple[str, ...] = ()
    """The rules that hit, in order."""
    degraded: bool = False
    world: JsonValue = None
    """What is different in the world since the case began, as the project's hook `read_world` tells it:
    objects down to the values that are new, null for what is gone. None where there is no such hook."""
    replies: tuple[JsonObject, ...] = ()
    """Every turn's whole reply, oldest first."""
    seconds: float = 0.0
    steps: int = 0
    model_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    """Money spent, in the currency of the price table; None when a model's price is not known."""
    versions: dict[str, str] = {}
    """Model, prompt, policy and graph versions that were in force."""
    trace: tuple[JsonObject, ...] = ()
    """The recorded events, for the report's worst cases."""
