"""Other thresholds, tried on decisions that are on record."""

from __future__ import annotations

import pytest

from podium.app.what_if import thresholds_with, what_if
from podium.core.errors import InputError
from podium.guardrails.decision import facts_of
from podium.guardrails.policy import Policy, Thresholds
from podium.storage.decisions import Judged, StoredDecision

POLICY = Policy()
FACTS = facts_of(
    POLICY, suggestion="accept", effects=(), verdicts=(), loops={"gather": 2}, untrusted=False
).model_dump(mode="json")


def judged(
    score: float | None, right: bool | None = None, *, route: str = "answer", **facts: object
) -> Judged:
    held = {"facts": {**FACTS, **facts}} if facts.get("facts", True) else {}
    decision = StoredDecision(
        "route", "critique", "2026-01-02T03:04:05Z", "t", "r", "m", "c", 5, "default", "ada", route,
        "threshold.answer", 0.55, score, "v", held,
    )  # fmt: skip
    return Judged(decision, right)


def test_what_changes_is_counted_and_told() -> None:
    tried = thresholds_with(POLICY.thresholds, {"answer": 0.8})
    found = what_if(
        [
            judged(0.9, True),
            judged(0.7, True),
            judged(0.6, False),
            judged(0.65),
            judged(0.5, route="escalate"),
        ],
        POLICY.thresholds,
        tried,
    )
    assert (found.decisions, found.skipped) == (5, 0)
    assert (found.recorded, found.now) == ({"answer": 4, "escalate": 1}, {"answer": 4, "escalate": 1})
    assert found.then == {"answer": 1, "escalate": 4}
    assert [one.decision.score for one in found.changed] == [0.7, 0.6, 0.65]
    assert {(one.now, one.then) for one in found.changed} == {("answer", "escalate")}
    assert (found.right_lost, found.wrong_caught) == (1, 1)


def test_what_is_not_wholly_on_record_is_left_out() -> None:
    odd = [judged(None), judged(0.6, facts=None), judged(0.6, suggestion="unheard-of")]
    found = what_if(odd, POLICY.thresholds, POLICY.thresholds)
    assert (found.decisions, found.skipped, found.changed) == (0, 3, [])


def test_a_decision_of_an_older_policy_is_compared_with_the_one_in_force() -> None:
    strict = Thresholds(answer=0.95)
    found = what_if([judged(0.9)], strict, thresholds_with(strict, {"answer": 0.8}))
    assert (found.recorded, found.now, found.then) == ({"answer": 1}, {"escalate": 1}, {"answer": 1})
    assert (found.right_lost, found.wrong_caught) == (0, 0)


@pytest.mark.parametrize("changes", [{"reversible": 0.95}, {"abstain": 0.9}, {"answer": 2.0}])
def test_thresholds_that_do_not_fit_together_are_refused(changes: dict[str, float]) -> None:
    with pytest.raises(InputError, match="these thresholds cannot be tried"):
        thresholds_with(Thresholds(), changes)
