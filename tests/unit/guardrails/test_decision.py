from __future__ import annotations

from typing import TypedDict, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.core.confidence import Confidence, Route
from podium.core.effects import EFFECT_CLASSES, EffectClass
from podium.core.verdict import Outcome, Stage, Verdict
from podium.guardrails.decision import DecisionFacts, Suggestion, decide, decide_again, facts_of
from podium.guardrails.policy import Policy, Thresholds, ToolRule

POLICY = Policy(tools={"closed": ToolRule(access="deny"), "watched": ToolRule(approval="person")})
SURE, UNSURE, LOST = Confidence(score=0.95), Confidence(score=0.45), Confidence(score=0.1)


def verdict(outcome: Outcome, stage: Stage = "output") -> Verdict:
    return Verdict(rule="a-rule", stage=stage, outcome=outcome, reason="because")


effects = st.lists(
    st.tuples(st.sampled_from(["tool", "closed", "watched"]), st.sampled_from(EFFECT_CLASSES)), max_size=3
)
verdicts = st.lists(
    st.builds(
        verdict,
        st.sampled_from(get_args(Outcome)),
        st.sampled_from(get_args(Stage)),
    ),
    max_size=3,
)
loops = st.dictionaries(st.sampled_from(["gather", "replan"]), st.integers(0, 5))
suggestions: st.SearchStrategy[Suggestion] = st.sampled_from(get_args(Suggestion))
confidences = st.floats(0, 1).map(lambda value: Confidence(score=value))


class Facts(TypedDict):
    """What a decision goes by beside the confidence and the policy."""

    suggestion: Suggestion
    effects: list[tuple[str, EffectClass]]
    verdicts: list[Verdict]
    loops: dict[str, int]
    untrusted: bool


any_facts = st.builds(
    Facts,
    suggestion=suggestions,
    effects=effects,
    verdicts=verdicts,
    loops=loops,
    untrusted=st.booleans(),
)


@given(confidences, any_facts)
def test_whatever_the_facts_the_route_is_one_that_they_allow(confidence: Confidence, facts: Facts) -> None:
    decision = decide(confidence, policy=POLICY, **facts)
    proposed, run, untrusted = facts["effects"], facts["loops"], facts["untrusted"]
    outcomes = {item.outcome for item in facts["verdicts"]}
    changing = [pair for pair in proposed if pair[1] != "read"]
    assert decision.route in get_args(Route)
    assert decision.rule
    assert (decision.route == "refuse") == ("refuse" in outcomes or ("closed" in dict(proposed)))
    if decision.route == "act":
        assert proposed
        assert not outcomes & {"refuse", "escalate", "retry"}
        assert not (changing and (untrusted or "filter" in outcomes))
        assert all(not POLICY.needs_person(*pair) for pair in changing)
        assert decision.threshold is not None
        assert confidence.score >= decision.threshold
    if decision.route == "answer":
        assert not proposed
        assert confidence.score >= POLICY.thresholds.answer
    if decision.route == "gather":
        assert run.get("gather", 0) < POLICY.bounds.gather
    if decision.route == "replan":
        assert run.get("replan", 0) < max(POLICY.bounds.replan, POLICY.bounds.retry)
    if decision.route == "abstain":
        assert not changing


@pytest.mark.parametrize(
    ("route", "confidence", "suggestion", "proposed", "said"),
    [
        ("answer", SURE, "accept", (), ()),
        ("act", SURE, "accept", (("tool", "reversible"),), ()),
        ("act", UNSURE, "accept", (("tool", "read"),), ()),
        ("gather", SURE, "gather", (), ()),
        ("gather", UNSURE, "accept", (), ()),
        ("replan", SURE, "replan", (), ()),
        ("replan", SURE, "accept", (), (verdict("retry"),)),
        ("clarify", SURE, "clarify", (), ()),
        ("clarify", UNSURE, "accept", (("tool", "reversible"),), ()),
        ("escalate", Confidence(score=0.6), "accept", (("tool", "reversible"),), ()),
        ("escalate", SURE, "accept", (("watched", "reversible"),), ()),
        ("escalate", SURE, "accept", (("tool", "compensable"),), ()),
        ("escalate", SURE, "accept", (("tool", "irreversible"),), ()),
        ("escalate", SURE, "accept", (), (verdict("escalate"),)),
        ("escalate", SURE, "accept", (("tool", "reversible"),), (verdict("filter", "evidence"),)),
        ("answer", SURE, "accept", (), (verdict("filter", "evidence"), verdict("fix"))),
        ("escalate", SURE, "abstain", (("tool", "reversible"),), ()),
        ("abstain", SURE, "abstain", (), ()),
        ("abstain", LOST, "accept", (), ()),
        ("refuse", SURE, "accept", (), (verdict("retry"), verdict("refuse"))),
        ("refuse", SURE, "accept", (("closed", "read"),), ()),
    ],
)
def test_each_route_is_reached_by_what_it_is_for(
    route: Route,
    confidence: Confidence,
    suggestion: Suggestion,
    proposed: tuple[tuple[str, EffectClass], ...],
    said: tuple[Verdict, ...],
) -> None:
    decision = decide(confidence, policy=POLICY, suggestion=suggestion, effects=proposed, verdicts=said)
    assert decision.route == route


def test_an_argument_that_is_not_trusted_sends_a_change_to_a_person_and_lets_a_read_pass() -> None:
    change = decide(SURE, policy=POLICY, effects=(("tool", "reversible"),), untrusted=True)
    read = decide(SURE, policy=POLICY, effects=(("tool", "read"),), untrusted=True)
    assert (change.route, change.reasons[0]) == ("escalate", "untrusted_argument")
    assert read.route == "act"


def test_spent_loops_end_in_a_route_that_ends_the_turn() -> None:
    spent = {"gather": 2, "replan": 2}
    assert decide(UNSURE, policy=POLICY, suggestion="gather", loops=spent).route == "escalate"
    assert decide(LOST, policy=POLICY, suggestion="gather", loops=spent).route == "abstain"
    assert decide(SURE, policy=POLICY, suggestion="replan", loops=spent).route == "answer"
    assert decide(SURE, policy=POLICY, verdicts=(verdict("retry"),), loops=spent).route == "escalate"


def test_an_effect_is_held_to_the_threshold_of_the_riskiest_one() -> None:
    both = (("tool", "read"), ("tool", "reversible"))
    decision = decide(Confidence(score=0.6), policy=POLICY, effects=both)  # type: ignore[arg-type]  # literals widen
    assert (decision.route, decision.rule, decision.threshold) == ("escalate", "threshold.reversible", 0.7)


def test_a_decision_says_which_rule_made_it() -> None:
    decision = decide(SURE, policy=POLICY, verdicts=(verdict("refuse"),))
    assert (decision.rule, decision.reasons) == ("a-rule", ("because",))


@given(confidences, any_facts)
def test_what_is_on_record_of_a_decision_is_enough_to_make_it_again(
    confidence: Confidence, facts: Facts
) -> None:
    decision = decide(confidence, policy=POLICY, **facts)
    record = facts_of(POLICY, **facts)
    kept = DecisionFacts.model_validate_json(record.model_dump_json())
    again = decide_again(confidence.score, kept, POLICY.thresholds)
    assert (again.route, again.rule, again.threshold) == (decision.route, decision.rule, decision.threshold)


def test_other_thresholds_lead_elsewhere() -> None:
    facts = facts_of(
        POLICY, suggestion="accept", effects=(), verdicts=(), loops={"gather": 2}, untrusted=False
    )
    assert decide_again(0.6, facts, Thresholds()).route == "answer"
    assert decide_again(0.6, facts, Thresholds(answer=0.7)).route == "escalate"
    assert decide_again(0.6, facts, Thresholds(answer=0.9, abstain=0.7)).route == "abstain"
