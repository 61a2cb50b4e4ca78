"""From named factors to one number with reasons.

The score is the weighted geometric mean of the factors::

    score = exp( sum(w_i * ln(max(v_i, FLOOR))) / sum(w_i) )

A turn is as good as its weakest necessary part: an action with perfect evidence and an invented argument
is wrong, so factors must not make up for each other as they do in an arithmetic mean. The floor keeps
one factor of small weight from deciding alone. A logistic of weighted factors would need fitted
coefficients; what can be fitted comes afterwards, as a calibration of this score.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from podium.core.confidence import Confidence, Factor
from podium.guardrails.policy import Policy

FLOOR = 0.05

REASONS = {
    "support": "thin_support",
    "relevance": "low_relevance",
    "coverage": "incomplete",
    "agreement": "conflict",
    "freshness": "stale",
    "slots": "missing_argument",
    "success": "criteria_unmet",
    "intent": "unclear_intent",
}
"""The reason code for each factor when it is low; any other factor becomes `low_NAME`."""


def score(factors: Iterable[Factor], policy: Policy, *, reasons: Sequence[str] = ()) -> Confidence:
    """The confidence that the factors add up to.

    Args:
        factors: What the critic measured; values outside 0..1 are cut, one that is no number counts zero.
        policy: Its weights, its bound for low factors and its fitted calibration.
        reasons: Codes that the critic gives besides.

    Returns:
        The score with the factors as they were counted. Without factors the score is zero.
    """
    counted = tuple(
        Factor(name=item.name, value=_within(item.value), weight=policy.weights.get(item.name, item.weight))
        for item in factors
    )
    low = [
        REASONS.get(item.name, f"low_{item.name}")
        for item in sorted(counted, key=lambda item: item.value)
        if item.value < policy.thresholds.low_factor and item.weight > 0
    ]
    raw = _mean(counted)
    value = raw if policy.calibrator is None else policy.calibrator.apply(raw)
    return Confidence(
        score=round(value, 6),
        factors=counted,
        reasons=tuple(dict.fromkeys([*low, *reasons, *([] if counted else ["no_factors"])])),
        uncalibrated=round(raw, 6),
        calibrated=policy.calibrator is not None,
    )


def _mean(factors: Sequence[Factor]) -> float:
    total = sum(item.weight for item in factors)
    if total <= 0:
        return 0.0
    logs = sum(item.weight * math.log(max(item.value, FLOOR)) for item in factors)
    return math.exp(logs / total)


def _within(value: float) -> float:
    return min(max(value, 0.0), 1.0) if math.isfinite(value) else 0.0
