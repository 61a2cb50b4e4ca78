"""What makes a person's approval count: who may give it, what it is about, and how many it takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from podium.core.errors import InputError
from podium.graphs.context import GraphContext
from podium.graphs.node import RunScope
from podium.graphs.review import ReviewDecision, names_digests

if TYPE_CHECKING:
    from podium.tools.ledger import Effect


async def approve(digests: Sequence[str], answer: object, context: GraphContext, scope: RunScope) -> bool:
    """Note that a person approves; whether enough people have, so that all of it may be carried out.

    Args:
        digests: What.
        answer: The person's word; where it came with an earlier run, nobody knows any more whose it is.
        context: Knows the policy and the tools.
        scope: Where, and on whose behalf.

    Raises:
        GrantError: The approval does not count.
    """
    policy, toolbox, brought = context.policy, context.toolbox, scope.brought
    effects = await toolbox.effects(digests)
    approved = await toolbox.approve(
        digests,
        principal=scope.principal.id,
        policy_version=policy.version,
        people={one.digest: policy.people(one.tool, one.effect_class) for one in effects},
        run_id=brought.run_id if brought is not None and brought.has(answer) else "",
    )
    if not any(effect.status == "proposed" for effect in approved):
        return True
    context.crash_points.hit("human:consented")
    return False


def check_named(
    decisions: Sequence[ReviewDecision], answer: object, shared: Sequence[Effect], scope: RunScope
) -> None:
    """Who approves what another has changed says what they have seen: it is not what was asked at first.

    Args:
        decisions: What was decided.
        answer: How it was said; by the id of the interrupt, it is about what that showed.
        shared: What several people have to approve.
        scope: Where.

    Raises:
        InputError: They do not.
    """
    by_id = scope.brought is not None and answer != scope.brought.value
    if by_id or names_digests(answer):
        return
    edited = [effect for effect in shared if _is_edited(effect)]
    if edited and any(decision.type in ("approve", "edit") for decision in decisions):
        raise InputError(
            f"{edited[0].tool} was changed by a person since it was first asked",
            hint="Look at it again; then name its digest, or the interrupt, in the answer.",
        )


async def check_approver(
    decisions: tuple[ReviewDecision, ...], context: GraphContext, scope: RunScope
) -> None:
    """Refuse what is decided by who may not, and approvals and edits by who has none of the policy's roles.

    A server refuses most of it before; a graph around Podium's, or with governed tools, it does not see into.

    Args:
        decisions: What was decided.
        context: Knows the policy and the actions.
        scope: On whose behalf.

    Raises:
        InputError: One is of an action that others approve.
    """
    if not scope.decides and any(item.digest for item in decisions):
        raise InputError(
            f"{scope.principal.id} may not decide what waits for a person",
            hint="Answer with a key that is good for 'approve'.",
        )
    wanted = [item.digest for item in decisions if item.digest and item.type in ("approve", "edit")]
    for effect in await context.toolbox.effects(wanted):
        if not context.policy.may_approve(scope.principal, effect.tool, effect.effect_class):
            roles = context.policy.approvers(effect.tool, effect.effect_class)
            raise InputError(
                f"{scope.principal.id} may not approve {effect.tool}",
                hint=f"It needs one of the roles: {', '.join(roles)}.",
            )


def _is_edited(effect: Effect) -> bool:
    given = [source for source in effect.provenance.values() if isinstance(source, dict)]
    return any(source.get("origin") == "person" for source in given)
