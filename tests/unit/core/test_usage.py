"""Budgets: the first limit that is reached is named."""

from __future__ import annotations

import pytest

from podium.core.usage import Budget, Usage


@pytest.mark.parametrize(
    ("usage", "limit"),
    [
        (Usage(steps=24), "steps"),
        (Usage(model_calls=16), "model_calls"),
        (Usage(input_tokens=30_000, output_tokens=30_000), "tokens"),
        (Usage(cost=1.0), "cost"),
        (Usage(seconds=120.0), "seconds"),
        (Usage(steps=23, model_calls=15, input_tokens=59_999, cost=0.99, seconds=119.9), None),
    ],
)
def test_a_limit_stops_when_it_is_reached(usage: Usage, limit: str | None) -> None:
    assert usage.exhausted(Budget()) == limit


def test_no_limit_never_stops() -> None:
    free = Budget(steps=None, model_calls=None, tokens=None, cost=None, seconds=None)
    assert Usage(steps=10**9, cost=1e9, seconds=1e9).exhausted(free) is None


def test_usage_adds_up() -> None:
    assert Usage(steps=1, cost=0.5).plus(Usage(steps=2, seconds=3)) == Usage(steps=3, cost=0.5, seconds=3)
