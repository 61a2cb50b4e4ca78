"""The turn under way and how it ends."""

from __future__ import annotations

from typing import Literal

from podium.core.evidence import Citation, Provenance
from podium.core.model import Model

TurnStatus = Literal["completed", "clarify", "abstained", "partial", "refused", "failed"]


class Turn(Model):
    """One request of the user and all that is done for it."""

    id: str
    """The id of the user's message: kept by retry, resume and replay."""
    run_id: str
    text: str
    """The request after the input guardrails."""
    event: Provenance | None = None
    """Where it came from, when it is not the words of a user."""
    principal: str
    tenant: str = "default"
    started_at: str
    """ISO moment of admission."""


class Fault(Model):
    """Why a turn failed."""

    code: str
    message: str
    hint: str = ""


class Outcome(Model):
    """How a turn ended."""

    turn_id: str
    status: TurnStatus
    answer: str
    citations: tuple[Citation, ...] = ()
    digests: tuple[str, ...] = ()
    """Envelopes of the turn, in the order of proposal."""
    notes: tuple[str, ...] = ()
    degraded: bool = False
    fault: Fault | None = None
    """Why, when the status is `failed`."""
