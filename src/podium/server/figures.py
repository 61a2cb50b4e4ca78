"""The figures of a dashboard, from what the database counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from podium.core.clock import to_iso
from podium.server.models.dashboard import (
    Activation,
    ConfidenceBin,
    ConfidenceFigures,
    CostFigures,
    LabelSources,
    Latency,
    PeopleFigures,
    Reliability,
    ReliabilityBin,
    RunFigures,
    TimeBucket,
)
from podium.storage.dashboard import RunCounts, Spent, SureBin
from podium.storage.dashboard_sql import BINS

if TYPE_CHECKING:
    from podium.storage.dashboard import Found, Span


def run_figures(whole: RunCounts) -> RunFigures:
    """How runs went."""
    return RunFigures(
        total=whole.runs,
        succeeded=whole.succeeded,
        failed=whole.failed,
        cancelled=whole.cancelled,
        interrupted=whole.interrupted,
        open=whole.open,
        success_rate=_share(whole.succeeded, whole.succeeded + whole.failed),
    )


def latency(whole: RunCounts) -> Latency:
    """How long they took."""
    return Latency(
        n=whole.timed,
        p50=_rounded(whole.p50),
        p90=_rounded(whole.p90),
        p95=_rounded(whole.p95),
        p99=_rounded(whole.p99),
        max=_rounded(whole.longest),
    )


def buckets(span: Span, found: Found) -> list[TimeBucket]:
    """The same over time."""
    return [_bucket(span, number, found) for number in range(span.parts)]


def _bucket(span: Span, number: int, found: Found) -> TimeBucket:
    runs = found.parts.get(number, RunCounts())
    return TimeBucket(
        at=to_iso(span.since + timedelta(seconds=number * span.width)),
        runs=runs.runs,
        succeeded=runs.succeeded,
        failed=runs.failed,
        interrupted=runs.interrupted,
        p50=_rounded(runs.p50),
        p95=_rounded(runs.p95),
        p99=_rounded(runs.p99),
        cost=round(found.spent.get(number, Spent()).cost, 6),
        escalated=found.escalated.get(number, 0),
    )


def confidence(sure: Mapping[int, SureBin]) -> ConfidenceFigures:
    """How sure turns were."""
    n = sum(one.n for one in sure.values())
    bins = [
        ConfidenceBin(low=number / BINS, high=(number + 1) / BINS, n=sure.get(number, SureBin()).n)
        for number in range(BINS)
    ]
    return ConfidenceFigures(n=n, mean=_share(sum(one.confidence for one in sure.values()), n), bins=bins)


def reliability(judged: Mapping[int, SureBin]) -> Reliability:
    """Whether they were as often right as they were sure to be."""
    n, felt = sum(one.n for one in judged.values()), sum(one.felt for one in judged.values())
    apart = sum(abs(one.confidence - one.right) for one in judged.values())
    return Reliability(
        n=n,
        brier=_share(sum(one.squares for one in judged.values()), n),
        ece=_share(apart, n),
        bins=[_reliability_bin(number, judged.get(number, SureBin())) for number in range(BINS)],
        labels=LabelSources(feedback=felt, reviews=n - felt),
    )


def _reliability_bin(number: int, one: SureBin) -> ReliabilityBin:
    low, high = _likely(one.right, one.n)
    return ReliabilityBin(
        low=number / BINS,
        high=(number + 1) / BINS,
        n=one.n,
        confidence=_share(one.confidence, one.n),
        right=_share(one.right, one.n),
        right_low=low,
        right_high=high,
    )


def _likely(part: int, whole: int) -> tuple[float | None, float | None]:
    if not whole:
        return None, None
    from podium.evals.statistics.intervals import wilson

    low, high = wilson(part, whole)
    return round(low, 6), round(high, 6)


def activations(found: Found) -> list[Activation]:
    """What guardrails said, the most frequent first."""
    return [
        Activation(rule=rule or "", stage=stage or "", outcome=outcome or "", n=n)
        for rule, stage, outcome, n in found.verdicts
    ]


def cost(spent: Mapping[int, Spent]) -> CostFigures:
    """What turns spent."""
    parts = spent.values()
    turns, total = sum(one.turns for one in parts), sum(one.cost for one in parts)
    return CostFigures(
        total=round(total, 6),
        turns=turns,
        unpriced_turns=sum(one.unpriced for one in parts),
        per_turn=_share(total, turns),
        per_success=_share(total, sum(one.succeeded for one in parts)),
        model_calls=sum(one.model_calls for one in parts),
        input_tokens=sum(one.input_tokens for one in parts),
        output_tokens=sum(one.output_tokens for one in parts),
    )


def people(found: Found) -> PeopleFigures:
    """What went to people, and what they said."""
    reviews = sum(found.reviews.values())
    approved, escalated = found.reviews.get("approve", 0), sum(found.escalated.values())
    return PeopleFigures(
        escalated=escalated,
        escalation_rate=_share(escalated, sum(one.turns for one in found.spent.values())),
        reviews=reviews,
        approved=approved,
        edited=found.reviews.get("edit", 0),
        rejected=found.reviews.get("reject", 0),
        responded=found.reviews.get("respond", 0),
        override_rate=_share(reviews - approved, reviews),
    )


def _share(part: float, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
