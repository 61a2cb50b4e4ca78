"""Where a turn goes, decided by the policy from plain facts.

`decide` is a pure, total function. The order of its questions is the order of precedence:

1. a rule that refuses, or a tool that is closed: refuse;
2. a rule that asks for a person: escalate;
3. a rule that asks for another try: replan, within bounds, then escalate;
4. the critic's suggestion, within bounds;
5. arguments from sources that are not trusted, and effects that a person approves: escalate;
6. confidence against the threshold of the riskiest effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, assert_never

from podium.core.confidence import Confidence, Route
from podium.core.effects import EFFECT_CLASSES, EffectClass
from podium.core.model import Model
from podium.core.verdict import Outcome, Verdict
from podium.guardrails.policy import Bounds, Level, Policy, Thresholds, ToolRule

Suggestion = Literal["accept", "gather", "replan", "clarify", "abstain", "escalate"]


class EffectFacts(Model):
    """What the policy says of a proposed effect."""

    tool: str
    effect: EffectClass
    needs_person: bool
    """Whether a person approves it however sure the agents are."""
    denied: bool = False
    threshold: float | None = None
    """The tool's own; None where its class's counts."""


class VerdictFacts(Model):
    """A guardrail's word that bears on where a turn goes."""

    rule: str
    outcome: Outcome


class DecisionFacts(Model):
    """What a decision was made from, beside the confidence: enough to make it again."""

    suggestion: Suggestion
    effects: tuple[EffectFacts, ...] = ()
    verdicts: tuple[VerdictFacts, ...] = ()
    loops: dict[str, int] = {}
    untrusted: bool = False
    thresholds: Thresholds
    bounds: Bounds


class Decision(Model):
    """A route with what led to it, so that "why" can be shown later."""

    route: Route
    rule: str
    """What decided: a rule of the policy, `threshold.CLASS`, `critic`, `approval`, `trust`, or `grant`
    when an approval did not hold any more."""
    threshold: float | None = None
    """The confidence that was asked for, when it was asked for."""
    reasons: tuple[str, ...] = ()
    facts: DecisionFacts | None = None
    """What it was made from; None where that is not all that counted."""


_BEARING: Final = ("refuse", "escalate", "retry", "filter")
"""The outcomes that a decision looks at."""


@dataclass(frozen=True, slots=True)
class _Facts:
    confidence: Confidence
    policy: Policy
    effects: Sequence[tuple[str, EffectClass]]
    verdicts: Sequence[Verdict]
    loops: Mapping[str, int]
    untrusted: bool

    @property
    def changing(self) -> tuple[tuple[str, EffectClass], ...]:
        return tuple(pair for pair in self.effects if pair[1] != "read")

    def left(self, loop: Literal["gather", "replan"], bound: int) -> bool:
        return self.loops.get(loop, 0) < bound

    def first(self, outcome: Outcome) -> Verdict | None:
        return next((verdict for verdict in self.verdicts if verdict.outcome == outcome), None)


def decide(
    confidence: Confidence,
    *,
    policy: Policy,
    suggestion: Suggestion = "accept",
    effects: Sequence[tuple[str, EffectClass]] = (),
    verdicts: Sequence[Verdict] = (),
    loops: Mapping[str, int] | None = None,
    untrusted: bool = False,
) -> Decision:
    """Where the turn goes.

    Args:
        confidence: How sure the turn is.
        policy: Thresholds, bounds and who may do what.
        suggestion: What the critic would do.
        effects: Tool and effect class of each proposed action.
        verdicts: What the guardrails said during this attempt.
        loops: How often `gather` and `replan` have run in this turn.
        untrusted: Whether an argument comes from a source that is not trusted for it.
    """
    facts = _Facts(confidence, policy, effects, verdicts, loops or {}, untrusted)
    if refused := _refused(facts):
        return refused
    return _by_verdict(facts) or _by_suggestion(facts, suggestion)


def facts_of(
    policy: Policy,
    *,
    suggestion: Suggestion,
    effects: Sequence[tuple[str, EffectClass]],
    verdicts: Sequence[Verdict],
    loops: Mapping[str, int],
    untrusted: bool,
) -> DecisionFacts:
    """What `decide` goes by, for the record; the arguments are its own."""
    return DecisionFacts(
        suggestion=suggestion,
        effects=tuple(
            EffectFacts(
                tool=tool,
                effect=effect,
                needs_person=policy.needs_person(tool, effect),
                denied=policy.access(tool, effect) == "deny",
                threshold=policy.tools[tool].threshold if tool in policy.tools else None,
            )
            for tool, effect in effects
        ),
        verdicts=tuple(
            VerdictFacts(rule=verdict.rule, outcome=verdict.outcome)
            for verdict in verdicts
            if verdict.outcome in _BEARING
        ),
        loops=dict(loops),
        untrusted=untrusted,
        thresholds=policy.thresholds,
        bounds=policy.bounds,
    )


def decide_again(score: float, facts: DecisionFacts, thresholds: Thresholds) -> Decision:
    """Where a turn would go with other thresholds, all else as it was on record.

    Args:
        score: How sure it was.
        facts: What the decision was made from.
        thresholds: In place of those that were in force.
    """
    people = {one.tool for one in facts.effects if one.needs_person and one.effect != "read"}
    tools = {
        one.tool: ToolRule(
            access="deny" if one.denied else "allow",
            approval="person" if one.tool in people else "automatic",
            threshold=one.threshold,
        )
        for one in facts.effects
    }
    return decide(
        Confidence(score=score),
        policy=Policy(rules=(), tools=tools, thresholds=thresholds, bounds=facts.bounds),
        suggestion=facts.suggestion,
        effects=tuple((one.tool, one.effect) for one in facts.effects),
        verdicts=tuple(Verdict(rule=one.rule, stage="output", outcome=one.outcome) for one in facts.verdicts),
        loops=facts.loops,
        untrusted=facts.untrusted,
    )


def _refused(facts: _Facts) -> Decision | None:
    if verdict := facts.first("refuse"):
        return Decision(route="refuse", rule=verdict.rule, reasons=(_said(verdict),))
    for tool, effect in facts.effects:
        if facts.policy.access(tool, effect) == "deny":
            return Decision(route="refuse", rule=f"tools.{tool}", reasons=("tool_denied",))
    return None


def _by_verdict(facts: _Facts) -> Decision | None:
    if verdict := facts.first("escalate"):
        return Decision(route="escalate", rule=verdict.rule, reasons=(_said(verdict),))
    if verdict := facts.first("retry"):
        if facts.left("replan", facts.policy.bounds.retry):
            return Decision(route="replan", rule=verdict.rule, reasons=(_said(verdict),))
        return Decision(route="escalate", rule=verdict.rule, reasons=(_said(verdict), "retries_spent"))
    return None


def _by_suggestion(facts: _Facts, suggestion: Suggestion) -> Decision:
    reasons = facts.confidence.reasons
    bounds = facts.policy.bounds
    match suggestion:
        case "clarify" | "escalate":
            return Decision(route=suggestion, rule="critic", reasons=reasons)
        case "gather" if facts.left("gather", bounds.gather):
            return Decision(route="gather", rule="critic", reasons=reasons)
        case "replan" if facts.left("replan", bounds.replan):
            return Decision(route="replan", rule="critic", reasons=reasons)
        case "gather" | "replan":
            return _exhausted(facts, f"{suggestion}_spent")
        case "abstain":
            route: Route = "escalate" if facts.changing else "abstain"
            return Decision(route=route, rule="critic", reasons=reasons)
        case "accept":
            return _act(facts) if facts.effects else _answer(facts)
        case _:
            assert_never(suggestion)


def _exhausted(facts: _Facts, reason: str) -> Decision:
    """Nothing more to try: what is good enough goes out, what is not does not pretend."""
    decision = _act(facts) if facts.effects else _answer(facts)
    if decision.route == "gather":
        decision = decision.model_copy(update={"route": "abstain"})
    return decision.model_copy(update={"reasons": (*decision.reasons, reason)})


def _act(facts: _Facts) -> Decision:
    reasons = facts.confidence.reasons
    if facts.changing and facts.untrusted:
        return Decision(route="escalate", rule="trust", reasons=("untrusted_argument", *reasons))
    if facts.changing and (verdict := facts.first("filter")):
        return Decision(route="escalate", rule=verdict.rule, reasons=("suspicious_evidence", *reasons))
    worst, needed = _riskiest(facts)
    rule = f"threshold.{worst}"
    if facts.confidence.score < needed:
        unclear = facts.confidence.score < facts.policy.thresholds.clarify
        route: Route = "clarify" if unclear else "escalate"
        return Decision(route=route, rule=rule, threshold=needed, reasons=(*reasons, "below_threshold"))
    waiting = [pair for pair in facts.changing if facts.policy.needs_person(*pair)]
    if waiting:
        codes = tuple(dict.fromkeys(f"{effect}_effect" for _, effect in waiting))
        return Decision(route="escalate", rule="approval", threshold=needed, reasons=(*codes, *reasons))
    return Decision(route="act", rule=rule, threshold=needed, reasons=reasons)


def _answer(facts: _Facts) -> Decision:
    thresholds = facts.policy.thresholds
    score, reasons = facts.confidence.score, facts.confidence.reasons
    needed = facts.policy.threshold("answer")
    if score >= needed:
        return Decision(route="answer", rule="threshold.answer", threshold=needed, reasons=reasons)
    low = (*reasons, "below_threshold")
    if score >= thresholds.gather and facts.left("gather", facts.policy.bounds.gather):
        return Decision(route="gather", rule="threshold.gather", threshold=needed, reasons=low)
    if score < thresholds.abstain:
        return Decision(route="abstain", rule="threshold.abstain", threshold=thresholds.abstain, reasons=low)
    return Decision(route="escalate", rule="threshold.answer", threshold=needed, reasons=low)


def _riskiest(facts: _Facts) -> tuple[Level, float]:
    worst = max((effect for _, effect in facts.effects), key=EFFECT_CLASSES.index)
    return worst, max(facts.policy.threshold(effect, tool) for tool, effect in facts.effects)


def _said(verdict: Verdict) -> str:
    return verdict.reason or verdict.rule
