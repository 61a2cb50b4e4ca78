"""commit: runs the approved envelopes through the ledger; the only node that changes the world."""

from __future__ import annotations

from podium.graphs.context import GraphContext
from podium.graphs.node import RunScope
from podium.graphs.review import Review
from podium.graphs.state import PodiumState, Update
from podium.graphs.turn import Turn


async def commit(state: PodiumState, context: GraphContext, scope: RunScope) -> Update:
    """Carry out what a person approved, or what the policy lets through.

    Run again after a crash it reads the ledger and repeats no effect.
    """
    scope.require_stored()
    turn = Turn.model_validate(state["turn"])
    review = state.get("review")
    if review:
        digests = Review.model_validate(review).approved
    else:
        digests = tuple(state.get("actions", ()))
        await context.toolbox.approve(
            digests, principal=f"policy:{context.policy.version}", policy_version=context.policy.version
        )
    effects = await context.toolbox.commit(digests, scope.effect_scope(turn.id, "", context.policy.version))
    for effect in effects:
        context.telemetry.effect(effect.tool, effect.status)
        scope.emit(
            {
                "kind": "action",
                "data": {"digest": effect.digest, "tool": effect.tool, "status": effect.status},
            }
        )
    return {}
