"""commit: runs the approved envelopes through the ledger; the only node that changes the world."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from podium.core.effects import EffectStatus
from podium.core.errors import ActionError
from podium.core.plan import Plan
from podium.graphs.context import GraphContext
from podium.graphs.node import RunScope
from podium.graphs.state import PodiumState, Update
from podium.graphs.turn import Turn

if TYPE_CHECKING:
    from podium.tools.commit import Order
    from podium.tools.ledger import Effect
    from podium.tools.scope import EffectScope

LAPSED = "approval_lapsed"
"""The reason code of a decision that was right when it was made and is not any more."""

_REPLACED: frozenset[EffectStatus] = frozenset({"superseded", "compensated", "expired"})
"""Another effect of the same step stands for it, or will."""

_CLOSED: frozenset[EffectStatus] = frozenset({"superseded", "rejected"})


async def commit(state: PodiumState, context: GraphContext, scope: RunScope) -> Update:
    """Carry out what a person approved, or what the policy lets through.

    Run again after a crash it reads the ledger and repeats no effect. What turns out to be no longer
    approved, such as when its target has changed since the preview, is proposed anew and goes back to a
    person with the reason.
    """
    scope.require_stored()
    turn = Turn.model_validate(state["turn"])
    place = scope.effect_scope(turn.id, "", context.policy.version)
    known = await context.toolbox.current(tuple(state.get("actions", ())), scope.thread_id)
    mine = [effect for effect in known if effect.thread_id == scope.thread_id]
    copied = [effect for effect in known if effect.thread_id != scope.thread_id]
    if not state.get("review"):
        mine = await _let_through(mine, context, place)
    effects = await context.toolbox.commit(
        [effect.digest for effect in mine], place, order=_order(state, mine)
    )
    for effect in effects:
        context.telemetry.effect(effect.tool, effect.status, effect.digest)
        scope.emit(
            {
                "kind": "action",
                "data": {"digest": effect.digest, "tool": effect.tool, "status": effect.status},
            }
        )
    return await _asked_again([*effects, *copied], state, context, place)


async def _let_through(effects: Sequence[Effect], context: GraphContext, place: EffectScope) -> list[Effect]:
    """What the policy lets through, approved by it; the rest has expired, and goes to a person."""
    version = context.policy.version
    fresh: list[str] = []
    for effect in effects:
        if effect.policy_version != version:
            reason = f"the policy has changed since {effect.tool} was proposed"
        elif context.policy.needs_person(effect.tool, effect.effect_class):
            # Whoever can write the state could lead here past the person.
            reason = f"a person has to decide about {effect.tool}"
        else:
            fresh.append(effect.digest)
            continue
        if effect.status == "proposed":
            await context.toolbox.ledger.move(
                effect.digest, "expired", actor=place.principal, reason=reason, error=reason
            )
    await context.toolbox.approve(fresh, principal=f"policy:{version}", policy_version=version)
    return await context.toolbox.effects([effect.digest for effect in effects])


def _order(state: PodiumState, effects: Sequence[Effect]) -> Order:
    """How the turn's actions hang together, by the plan's steps."""
    from podium.tools.commit import Order

    plan = Plan.model_validate(state["plan"]) if state.get("plan") else None
    steps = {step.id: step for step in plan.steps} if plan else {}
    if plan is None or any(effect.step_id not in steps for effect in effects):
        return Order()
    of_step: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for effect in sorted(effects, key=lambda one: one.seq):
        if effect.status in _REPLACED:
            continue
        # The calls of one step go in their order.
        earlier = of_step.setdefault(effect.step_id, [])
        after[effect.digest] = earlier[-1:]
        earlier.append(effect.digest)
    for effect in effects:
        if effect.digest not in after:
            continue
        for step in plan.acts_before(effect.step_id):
            after[effect.digest].extend(of_step.get(step, ()))
    return Order(
        after=after,
        independent=frozenset(e.digest for e in effects if steps[e.step_id].independent),
        low=frozenset(e.digest for e in effects if steps[e.step_id].priority == "low"),
    )


async def _asked_again(
    effects: Sequence[Effect], state: PodiumState, context: GraphContext, place: EffectScope
) -> Update:
    """Propose anew, with a fresh preview, what is no longer approved; the turn then goes to a person."""
    asked: list[str] = []
    reasons: list[str] = []
    for effect in effects:
        copied = effect.thread_id != place.thread_id and effect.status not in _CLOSED
        if effect.status != "expired" and not copied:
            continue
        try:
            proposed = await context.toolbox.renew(effect, place)
        except ActionError:
            continue  # it would be refused by now: its own reason is told
        if proposed.status == "proposed":
            asked.append(proposed.digest)
            reasons.append(effect.error or f"{effect.tool} was approved in another thread")
    if not asked:
        return {}
    decision = {**state.get("decision", {}), "route": "escalate", "rule": "grant"}
    return {
        "actions": [digest for digest in asked if digest not in state["actions"]],
        "decision": {**decision, "reasons": [LAPSED, *reasons]},
        "review": {},
    }
