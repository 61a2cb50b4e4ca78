"""Where turns were sent, why, and where other thresholds would send them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from podium.core.confidence import Factor
from podium.core.model import Model
from podium.guardrails.decision import DecisionFacts
from podium.guardrails.policy import Bounds, Rule, Thresholds, ToolRule
from podium.server.models.runs import Uuid
from podium.server.wire import Body, Moment
from podium.telemetry.records import DecisionKind

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class ConfidenceShown(Model):
    """How sure a turn was."""

    score: float
    uncalibrated: float | None
    calibrated: bool
    factors: list[Factor]
    reasons: list[str]


class PolicyRef(Model):
    """A policy."""

    version: str
    file: str
    """The last of its files; empty where the defaults count."""
    current: bool
    """Whether it is in force now."""


class DecisionShown(Model):
    """A decision: what it was made from, the rule, the threshold, and where it sent the turn."""

    seq: int
    at: str
    thread_id: str
    run_id: str
    turn_id: str
    node: str
    kind: DecisionKind
    """`route`: by confidence and policy; `refusal`: by a guardrail at once; `review`: by a person; `grant`:
    back to a person, since an approval did not hold any more; `budget`: to its end."""
    checkpoint_id: str
    """The checkpoint that the node began from."""
    step: int | None
    """Of the checkpoint that it wrote, in its metadata."""
    route: str
    rule: str
    threshold: float | None
    confidence: ConfidenceShown | None
    reasons: list[str]
    policy: PolicyRef
    facts: DecisionFacts | None
    who: str


class DecisionPage(Model):
    """A page of a thread's decisions, oldest first."""

    decisions: list[DecisionShown]
    next: int | None
    """What to send as `after` for the next page; null at the end."""


class ThresholdChanges(Body):
    """Thresholds in place of those in force; what is left out stays."""

    answer: Share | None = None
    read: Share | None = None
    reversible: Share | None = None
    compensable: Share | None = None
    irreversible: Share | None = None
    abstain: Share | None = None
    gather: Share | None = None
    clarify: Share | None = None


class WhatIfBody(Body):
    """Which thresholds to try, and on which decisions."""

    thresholds: ThresholdChanges
    since: Moment | None = None
    until: Moment | None = None
    thread_id: Uuid | None = None
    limit: Annotated[int, Field(ge=1, le=5_000)] = 1_000
    """How many decisions, the latest of them."""


class ChangedRun(Model):
    """A decision that other thresholds change."""

    thread_id: str
    run_id: str
    at: str
    score: float
    recorded: str
    """Where the turn was sent."""
    now: str
    """Where the thresholds in force would send it."""
    then: str
    """Where the others would."""
    rule: str
    right: bool | None
    """Whether the turn was right, as far as anybody said."""


class WhatIfReport(Model):
    """What other thresholds would have done."""

    policy_version: str
    in_force: Thresholds
    tried: Thresholds
    decisions: int
    skipped: int
    """Recorded without what it takes to decide again."""
    recorded: dict[str, int]
    now: dict[str, int]
    then: dict[str, int]
    changed: int
    right_lost: int
    """Right, and would not go out any more without a person."""
    wrong_caught: int
    """Wrong, and would not go out any more without a person."""
    runs: list[ChangedRun]
    """The latest 200 that change."""


class PolicyShown(Model):
    """The policy in force."""

    version: str
    file: str
    thresholds: Thresholds
    bounds: Bounds
    weights: dict[str, float]
    rules: list[Rule]
    effects: dict[str, ToolRule]
    tools: dict[str, ToolRule]
    approval_expires: int
    """Seconds after which a proposal or an approval lapses."""
    calibration: dict[str, Any] | None
    """The fitted calibration; null without one."""
