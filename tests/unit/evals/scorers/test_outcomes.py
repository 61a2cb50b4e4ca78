from __future__ import annotations

from typing import Any

import pytest

from podium.core.effects import EFFECT_STATUSES
from podium.core.errors import ScorerError
from podium.evals.case import Case, Expected
from podium.evals.observation import ActionSeen, Observation
from podium.evals.scorers.outcomes import (
    EffectsWithoutApproval,
    Escalation,
    Guardrail,
    Route,
    Status,
    World,
)
from podium.evals.scorers.usage import Cost, ModelCalls, Seconds, Steps, Tokens


def judged(scorer: Any, expected: dict[str, Any], **observed: Any) -> Any:
    found = scorer(Case(id="c", input="x", expected=Expected(**expected)), Observation(**observed))
    return None if found is None else found.value


@pytest.mark.parametrize(
    ("scorer", "expected", "observed", "value"),
    [
        (Route(), {"route": "answer"}, {"route": "answer"}, 1.0),
        (Route(), {"route": "answer"}, {"route": "refuse"}, 0.0),
        (Status(), {"status": "completed"}, {"status": "completed"}, 1.0),
        (Status(), {"status": "completed"}, {}, 0.0),
        (Escalation(), {"escalates": True}, {"escalated": True}, 1.0),
        (Escalation(), {"escalates": False}, {"escalated": True}, 0.0),
        (Guardrail(), {"guardrail": "injection"}, {"guardrails": ("links", "injection")}, 1.0),
        (Guardrail(), {"guardrail": "injection"}, {"guardrails": ("links",)}, 0.0),
        (Guardrail(), {"guardrail": ""}, {}, 1.0),
        (Guardrail(), {"guardrail": ""}, {"guardrails": ("links",)}, 0.0),
        (World(), {"world": {}}, {"world": {}}, 1.0),
        (World(), {"world": {}}, {"world": {"orders": {"O-1": None}}}, 0.0),
        (World(), {"world": {"o": {"state": {"$in": ["a", "b"]}}}}, {"world": {"o": {"state": "b"}}}, 1.0),
        (World(partial=True), {"world": {"a": 1, "b": 2}}, {"world": {"a": 1, "b": 3}}, 0.5),
    ],
)
def test_outcomes(scorer: Any, expected: dict[str, Any], observed: dict[str, Any], value: float) -> None:
    assert judged(scorer, expected, **observed) == value


@pytest.mark.parametrize("scorer", [Route(), Status(), Escalation(), Guardrail(), World()])
def test_nothing_expected_gives_no_value(scorer: Any) -> None:
    assert judged(scorer, {}, route="x", status="x", escalated=True, guardrails=("x",), world={}) is None


def test_a_world_that_was_not_read_is_an_error() -> None:
    with pytest.raises(ScorerError, match="not read"):
        judged(World(), {"world": {"a": 1}})


REACHED = {
    *("started", "succeeded", "in_doubt", "verify_pending", "verified", "unverified", "compensating"),
    *("compensated", "compensation_in_doubt", "compensation_failed", "irreversible"),
}


@pytest.mark.parametrize("status", EFFECT_STATUSES)
def test_an_effect_that_may_have_reached_the_world_needs_a_grant(status: str) -> None:
    def count(granted: bool | None, effect: str = "irreversible") -> Any:
        call = ActionSeen(tool="refund", effect=effect, status=status, granted=granted)
        return judged(EffectsWithoutApproval(), {}, actions=(call,))

    assert count(granted=True) == 0
    assert count(granted=False) == count(granted=None) == float(status in REACHED)
    assert count(granted=False, effect="read") == 0


def test_amounts() -> None:
    seen: dict[str, Any] = {
        "seconds": 1.5,
        "steps": 4,
        "model_calls": 3,
        "input_tokens": 10,
        "output_tokens": 5,
        "cost": 0.25,
    }
    amounts = [judged(scorer(), {}, **seen) for scorer in (Seconds, Steps, ModelCalls, Tokens, Cost)]
    assert amounts == [1.5, 4.0, 3.0, 15.0, 0.25]
    assert judged(Cost(), {}) is None
