"""critique: the critic judges the draft, the policy turns its factors into confidence and a route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from podium.agents.contracts import ActionSummary, Critique, CritiqueRequest, StepResult
from podium.core.confidence import Confidence
from podium.core.evidence import Evidence
from podium.core.plan import Plan
from podium.core.verdict import Verdict
from podium.graphs.calls import call_of
from podium.graphs.context import GraphContext
from podium.graphs.conversation import history_of
from podium.graphs.drafting import draft_of, known_texts
from podium.graphs.node import RunScope, degradations, spent
from podium.graphs.screening import check_text
from podium.graphs.state import PodiumState, Record, Update, reset
from podium.graphs.turn import Turn
from podium.guardrails.confidence import score
from podium.guardrails.decision import Decision, decide, facts_of
from podium.guardrails.taint import untrusted_arguments

if TYPE_CHECKING:
    from podium.tools.ledger import Effect


OPEN = ("proposed", "approved")
UNJUDGED = Critique(reasons=("no_critic",))
SURE = Confidence(score=1.0, reasons=("no_critic",))
"""What stands in where there is no critic: the rules decide alone, and nothing is done without a person."""


async def critique(state: PodiumState, context: GraphContext, scope: RunScope) -> Update:
    """Judge the draft and decide where the turn goes."""
    turn = Turn.model_validate(state["turn"])
    plan = Plan.model_validate(state["plan"])
    results = {key: StepResult.model_validate(value) for key, value in state.get("results", {}).items()}
    evidence = tuple(Evidence.model_validate(item) for item in state.get("evidence", ()))
    await context.toolbox.open()
    known = await context.toolbox.effects(state.get("actions", ()))
    # What was decided before, such as an action proposed again after a person said no, is settled.
    effects = [effect for effect in known if effect.status in OPEN]
    summaries = tuple(_summary(effect, context) for effect in effects)
    noted = await _check_draft(turn.text, plan, results, evidence, context)
    verdicts = (*(Verdict.model_validate(item) for item in state.get("verdicts", ())), *noted)
    request = CritiqueRequest(
        request=turn.text,
        plan=plan,
        evidence=evidence,
        results=results,
        actions=summaries,
        verdicts=verdicts,
        history=history_of(state, turn.id, context.history_tokens),
    )
    reply = UNJUDGED if context.critic is None else await context.critic.critique(request)
    confidence = (
        SURE if context.critic is None else score(reply.factors, context.policy, reasons=reply.reasons)
    )
    loops = state.get("loops", {})
    decision = _decided(reply, confidence, summaries, verdicts, loops, context)
    context.telemetry.confidence(confidence.score, decision.route)
    scope.emit(
        {
            "kind": "confidence",
            "data": {
                "score": confidence.score,
                "route": decision.route,
                "reasons": [*confidence.reasons, *decision.reasons],
            },
        }
    )
    again = _results_to_keep(plan, state, decision)
    return {
        **({} if again is None else {"results": reset(again)}),
        "critique": reply.model_dump(mode="json"),
        "confidence": {} if context.critic is None else confidence.model_dump(mode="json"),
        "decision": decision.model_dump(mode="json"),
        "verdicts": [verdict.model_dump(mode="json") for verdict in noted],
        "loops": _counted(loops, decision),
        "feedback": _feedback(reply, noted, decision),
        "usage": spent(reply.usage),
        "degraded": degradations("critic", [reply]),
    }


def _decided(
    reply: Critique,
    confidence: Confidence,
    actions: Sequence[ActionSummary],
    verdicts: Sequence[Verdict],
    loops: Mapping[str, int],
    context: GraphContext,
) -> Decision:
    """Where the turn goes, with what it was decided from; without a critic the rules decide alone."""
    effects = tuple((action.tool, action.effect) for action in actions)
    untrusted = any(action.untrusted_arguments for action in actions)
    decision = decide(
        confidence,
        policy=context.policy,
        suggestion=reply.suggestion,
        effects=effects,
        verdicts=verdicts,
        loops=loops,
        untrusted=untrusted,
    )
    if context.critic is None:
        judged = decision.route != "act"
        return decision if judged else Decision(route="escalate", rule="critic", reasons=("no_critic",))
    facts = facts_of(
        context.policy,
        suggestion=reply.suggestion,
        effects=effects,
        verdicts=verdicts,
        loops=loops,
        untrusted=untrusted,
    )
    return decision.model_copy(update={"facts": facts})


async def _check_draft(
    request: str,
    plan: Plan,
    results: dict[str, StepResult],
    evidence: tuple[Evidence, ...],
    context: GraphContext,
) -> tuple[Verdict, ...]:
    draft = draft_of(plan, results)
    if not draft.text:
        return ()
    checked = await check_text(
        context, "output", draft.text, evidence=evidence, known=known_texts(request, results)
    )
    return tuple(verdict for verdict in checked.verdicts if verdict.outcome != "fix")


def _summary(effect: Effect, context: GraphContext) -> ActionSummary:
    return ActionSummary(
        digest=effect.digest,
        tool=effect.tool,
        args=effect.args,
        effect=effect.effect_class,
        target=effect.target,
        preview=effect.preview or {},
        untrusted_arguments=untrusted_arguments(
            call_of(effect, context), effect.effect_class, context.policy
        ),
    )


def _results_to_keep(plan: Plan, state: PodiumState, decision: Decision) -> dict[str, Record] | None:
    """What stays when more evidence is gathered: the answers are drafted again."""
    if decision.route != "gather":
        return None
    answers = {step.id for step in plan.of_kind("answer")}
    return {key: value for key, value in state.get("results", {}).items() if key not in answers}


def _counted(loops: dict[str, int], decision: Decision) -> dict[str, int]:
    if decision.route not in ("gather", "replan"):
        return loops
    return {**loops, decision.route: loops.get(decision.route, 0) + 1}


def _feedback(reply: Critique, noted: tuple[Verdict, ...], decision: Decision) -> list[str]:
    if decision.route != "replan":
        return []
    reasons = [verdict.reason for verdict in noted if verdict.outcome == "retry"]
    return [*([reply.feedback] if reply.feedback else []), *reasons] or list(decision.reasons)
