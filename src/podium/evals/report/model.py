"""What a report says. Every way of showing it starts from this."""

from __future__ import annotations

from typing import Literal

from podium.core.model import JsonObject, JsonValue, Model

SCHEMA_VERSION = 1

Verdict = Literal["better", "worse", "cannot tell"]


class Range(Model):
    """A mean with the interval in which it lies at 95 %."""

    mean: float
    low: float
    high: float
    n: int
    clusters: int = 0
    reliable: bool = True
    """Whether there are enough cases for the interval to mean something."""


class Change(Model):
    """A metric beside the baseline's, case by case."""

    baseline: float
    now: float
    difference: float
    low: float
    high: float
    p: float
    """Corrected for the number of metrics that are compared."""
    verdict: Verdict
    pairs: int
    needed: int | None = None
    """How many pairs would be needed to tell; None where it is told."""


class Slice(Model):
    """A metric over the cases with one tag."""

    tag: str
    range: Range | None
    errors: int = 0


class Metric(Model):
    """One metric over all cases."""

    name: str
    range: Range | None = None
    """None where no case has a value."""
    primary: bool = False
    missing: int = 0
    """Runs to which the scorer does not apply."""
    errors: int = 0
    """Runs on which the scorer failed."""
    slices: tuple[Slice, ...] = ()
    histogram: tuple[int, ...] = ()
    """Counts of values in equal bins between `least` and `most`."""
    least: float = 0.0
    most: float = 1.0
    change: Change | None = None


class Threshold(Model):
    """One rule of the gate, and what became of it."""

    rule: str
    metric: str
    slice: str = ""
    passed: bool | None
    """None where there is too little to tell by."""
    reason: str = ""


class ReliabilityBin(Model):
    """The runs whose confidence lies within one bin."""

    confidence: float
    accuracy: float
    n: int


class Calibration(Model):
    """How well the stated confidence fits what happened."""

    n: int
    ece_width: float
    ece_mass: float
    brier: float
    auroc: float | None
    """None where all runs were right, or all wrong."""
    bins: tuple[ReliabilityBin, ...]
    risk_coverage: tuple[tuple[float, float], ...]
    """Share of runs that are answered, most confident first, and the share of those that are wrong."""


class Confusion(Model):
    """How often each expected route became which."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    """A row for each expected label, a column for each observed one."""


class Spent(Model):
    """Time, tokens and money."""

    seconds: dict[str, float] = {}
    """Percentiles of the time of a case: `p50`, `p90`, `p95`, `p99`."""
    model_calls: int = 0
    tokens: int = 0
    cost: float | None = 0.0
    """None where a model's price is not known."""
    cost_per_success: float | None = None


class Escalations(Model):
    """How well the runs that went to a person were chosen."""

    rate: float
    precision: float | None = None
    recall: float | None = None


class CaseView(Model):
    """One run of a case, whole: shown for the worst ones."""

    id: str
    epoch: int = 0
    tags: tuple[str, ...] = ()
    input: JsonValue = None
    expected: JsonValue = None
    output: JsonValue = None
    error: str = ""
    scores: dict[str, float | None] = {}
    reasons: tuple[str, ...] = ()
    """What the scorers said of it."""
    observed: JsonObject = {}
    """Everything that was seen, and the trace."""


class Row(Model):
    """One run of a case in the list of all."""

    id: str
    epoch: int = 0
    tags: tuple[str, ...] = ()
    score: float | None = None
    """The primary metric."""
    seconds: float = 0.0
    error: str = ""


class Moment(Model):
    """The key figures of an earlier run of the suite."""

    at: str
    figures: dict[str, float]


class Report(Model):
    """What a run of a suite came to."""

    schema_version: int = SCHEMA_VERSION
    suite: str
    description: str = ""
    target: str = ""
    started_at: str = ""
    wall_seconds: float = 0.0
    cases: int = 0
    runs: int = 0
    errors: int = 0
    """Runs that gave no result; they are never counted as scores."""
    passed: bool | None = None
    """Whether the gate was passed; None where it cannot tell or has no rules."""
    configuration: dict[str, JsonValue] = {}
    versions: dict[str, str] = {}
    metrics: tuple[Metric, ...] = ()
    gate: tuple[Threshold, ...] = ()
    calibration: Calibration | None = None
    routes: Confusion | None = None
    escalations: Escalations | None = None
    guardrails: dict[str, int] = {}
    """How often each rule hit."""
    spent: Spent = Spent()
    worst: tuple[CaseView, ...] = ()
    rows: tuple[Row, ...] = ()
    trend: tuple[Moment, ...] = ()
    """Earlier runs of the suite, oldest first."""
