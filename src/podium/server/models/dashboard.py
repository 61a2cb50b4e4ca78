"""How the runs of some time went, in figures."""

from __future__ import annotations

from podium.app.objectives import ObjectiveName
from podium.core.model import Model


class RunFigures(Model):
    """How runs went."""

    total: int
    succeeded: int
    failed: int
    cancelled: int
    interrupted: int
    """That went to a person, and did not go on in the same run."""
    open: int
    success_rate: float | None
    """Of those that succeeded or failed."""


class TimeBucket(Model):
    """A part of the time."""

    at: str
    runs: int
    succeeded: int
    failed: int
    interrupted: int
    p50: float | None
    """Seconds within which half of the runs ended, without those for which they waited for a person."""
    p95: float | None
    p99: float | None
    cost: float
    escalated: int
    """Turns that were sent to a person."""


class Latency(Model):
    """How long runs took, in seconds, without those for which they waited for a person."""

    n: int
    p50: float | None
    p90: float | None
    p95: float | None
    p99: float | None
    max: float | None


class ConfidenceBin(Model):
    """The turns of one tenth of the confidence."""

    low: float
    high: float
    n: int


class ConfidenceFigures(Model):
    """How sure turns were, each by its last decision."""

    n: int
    mean: float | None
    bins: list[ConfidenceBin]


class ReliabilityBin(Model):
    """The turns of one tenth of the confidence of which people said whether they were right."""

    low: float
    high: float
    n: int
    confidence: float | None
    """The mean."""
    right: float | None
    """The share that was right."""
    right_low: float | None
    """Where that share may truly lie: Wilson's interval of 95%."""
    right_high: float | None


class LabelSources(Model):
    """Of how many turns each kind of word tells whether they were right."""

    feedback: int
    reviews: int
    """Approved as proposed, or not; of turns on which there is no feedback."""


class Reliability(Model):
    """Whether turns were as often right as they were sure to be."""

    n: int
    brier: float | None
    """Mean squared difference of confidence and truth; 0 is best."""
    ece: float | None
    """Expected calibration error: the mean distance of confidence and truth over the bins."""
    bins: list[ReliabilityBin]
    labels: LabelSources


class Activation(Model):
    """How often a guardrail said something other than that all is well."""

    rule: str
    stage: str
    outcome: str
    n: int


class CostFigures(Model):
    """What turns spent."""

    total: float
    turns: int
    unpriced_turns: int
    """With calls whose cost is not known, so that the sums lack it."""
    per_turn: float | None
    per_success: float | None
    """All costs over the turns that succeeded."""
    model_calls: int
    input_tokens: int
    output_tokens: int


class PeopleFigures(Model):
    """What went to people, and what they said."""

    escalated: int
    """Turns."""
    escalation_rate: float | None
    reviews: int
    approved: int
    edited: int
    rejected: int
    responded: int
    override_rate: float | None
    """The share of decisions that were not to approve what was proposed."""


class ObjectiveShown(Model):
    """An aim, and how it stands."""

    name: ObjectiveName
    target: float
    value: float | None
    met: bool
    budget_left: float
    burn_rate: float
    of: int


class ObjectivesShown(Model):
    """What the project aims at, measured over its own window."""

    window_days: float
    measured: list[ObjectiveShown]


class DashboardShown(Model):
    """How the runs of some time went that the caller may see."""

    since: str
    until: str
    bucket_seconds: float
    runs: RunFigures
    buckets: list[TimeBucket]
    latency: Latency
    confidence: ConfidenceFigures
    reliability: Reliability
    guardrails: list[Activation]
    cost: CostFigures
    people: PeopleFigures
    objectives: ObjectivesShown | None
    """Of all tenants; null for others than the project's own admins."""
