"""What a person has to know to decide: what would be done, where it comes from, what speaks against it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from podium.app.replies import action_view, consent_view
from podium.app.results import ActionDetail, ReviewDetail
from podium.core.confidence import Confidence
from podium.core.errors import ActionError, InputError, NotFound
from podium.core.evidence import Evidence
from podium.core.model import JsonValue
from podium.core.principal import Principal
from podium.core.verdict import Verdict
from podium.graphs.calls import call_of
from podium.guardrails.taint import untrusted_arguments
from podium.tools.scope import EffectScope

if TYPE_CHECKING:
    from langgraph.types import StateSnapshot

    from podium.app.threads import ThreadReader
    from podium.graphs.context import GraphContext
    from podium.tools.effect import Effect


class Reviews:
    """Tells what waits for a person in full, and what an edit would make of it.

    Args:
        context: Knows the policy and the tools.
        threads: Reads the threads.
    """

    def __init__(self, context: GraphContext, threads: ThreadReader) -> None:
        self._context = context
        self._threads = threads

    async def detail(self, thread_id: str, interrupt_id: str, principal: Principal) -> ReviewDetail:
        """All about one thing that waits.

        Args:
            thread_id: The thread.
            interrupt_id: What waits in it.
            principal: Who looks; told whether they may decide.

        Raises:
            NotFound: Nothing waits there under this id.
        """
        thread = await self._threads.own(thread_id)
        head = await self._threads.head(thread)
        asked = next((item.value for item in head.interrupts if item.id == interrupt_id), None)
        if not isinstance(asked, dict):
            raise NotFound(f"nothing waits under {interrupt_id} in thread {thread}")
        effects = await self._context.toolbox.effects(tuple(asked.get("digests", ())))
        return ReviewDetail(
            confidence=Confidence.model_validate(asked["confidence"]) if asked.get("confidence") else None,
            evidence=tuple(Evidence.model_validate(item) for item in asked.get("evidence", ())),
            verdicts=_verdicts(head),
            request=str((head.values.get("turn") or {}).get("text", "")),
            error=str(asked.get("error", "")),
            policy_version=self._context.policy.version,
            actions=tuple([await self._action(effect, principal) for effect in effects]),
        )

    async def edited(
        self, thread_id: str, digest: str, args: Mapping[str, JsonValue], principal: Principal
    ) -> ActionDetail:
        """What an edit would make of an action: its preview and its digest; nothing is stored.

        Args:
            thread_id: The thread.
            digest: What waits.
            args: The arguments to change.
            principal: Who edits; the digest covers it.

        Raises:
            NotFound: No such action waits in the thread.
            InputError: An argument does not fit, or the preview refuses.
        """
        found = [one for one in await self._context.toolbox.effects([digest]) if one.thread_id == thread_id]
        if not found:
            raise NotFound(f"no action {digest} waits in thread {thread_id}")
        if found[0].status not in ("proposed", "approved"):
            raise InputError(f"{found[0].tool} is {found[0].status} and cannot be edited")
        scope = EffectScope(
            tenant=principal.tenant,
            principal=principal.id,
            thread_id=thread_id,
            run_id="",
            turn_id=found[0].turn_id,
            step_id=found[0].step_id,
            checkpoint_id="",
            policy_version=self._context.policy.version,
        )
        try:
            edit = await self._context.toolbox.try_edit(digest, {**found[0].args, **args}, scope)
        except ActionError as error:
            raise InputError(error.message, hint=error.hint or "Give other arguments.") from None
        return await self._action(edit, principal)

    async def _action(self, effect: Effect, principal: Principal) -> ActionDetail:
        policy, tool = self._context.policy, self._context.toolbox.get(effect.tool)
        call = call_of(effect, self._context)
        consents = tuple(map(consent_view, await self._context.toolbox.ledger.consents([effect])))
        has_approved = any(one.principal == principal.id for one in consents)
        entitled = policy.may_approve(principal, effect.tool, effect.effect_class)
        return ActionDetail(
            **action_view(effect).model_dump(),
            description=tool.spec.description.strip().partition("\n")[0],
            args_schema=tool.spec.args_schema,
            provenance=call.provenance,
            untrusted=untrusted_arguments(call, effect.effect_class, policy),
            trust_needed=policy.trust_needed(effect.tool, effect.effect_class),
            approvers=policy.approvers(effect.tool, effect.effect_class),
            may_approve=entitled and not has_approved,
            people=policy.people(effect.tool, effect.effect_class),
            consents=consents,
            has_approved=has_approved,
            policy_version=effect.policy_version,
            estimated_cost=effect.estimated_cost,
            expires_at=effect.expires_at or "",
        )


def _verdicts(head: StateSnapshot) -> tuple[Verdict, ...]:
    """What guardrails said of the turn, without what simply passed."""
    found: list[Any] = list(head.values.get("verdicts") or ())
    return tuple(verdict for verdict in map(Verdict.model_validate, found) if not verdict.passed)
