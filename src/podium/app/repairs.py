"""What a person does about effects beside a conversation: settle what is open, copy a thread, let it act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podium.app.embedded import place
from podium.app.replies import effect_view
from podium.app.results import EffectView, ReconcileReport, SettledView
from podium.app.threads import ThreadReader, unique
from podium.core.effects import NEEDS_PERSON, outcome_of
from podium.core.errors import InputError
from podium.core.ids import new_id
from podium.core.model import JsonValue
from podium.core.principal import Principal
from podium.telemetry.langsmith import untraced

if TYPE_CHECKING:
    from podium.graphs.build import PodiumGraph
    from podium.graphs.context import GraphContext
    from podium.storage.threads import ThreadRecords
    from podium.tools.ledger import Effect
    from podium.tools.reconcile import Settlement

_OPEN = "'podium reconcile' lists what is open."


class Repairs:
    """Settles effects, and forks threads.

    Args:
        graph: The compiled graph.
        context: Knows the tools, the policy and the saver.
        threads: Reads threads.
        records: Where threads are listed.
    """

    def __init__(
        self, graph: PodiumGraph, context: GraphContext, threads: ThreadReader, records: ThreadRecords
    ) -> None:
        self._graph = graph
        self._context = context
        self._threads = threads
        self._records = records

    async def reconcile(self, principal: Principal, thread_id: str | None) -> ReconcileReport:
        """Ask the tools about everything that was left open; what they cannot tell waits for a person."""
        toolbox = self._context.toolbox
        thread = None if thread_id is None else await self._threads.resolve(thread_id)
        settled = await toolbox.reconcile(principal=principal.id, thread_id=thread)
        waiting = await toolbox.ledger.in_status(*sorted(NEEDS_PERSON), thread_id=thread)
        return ReconcileReport(
            settled=tuple(_settled(item) for item in settled if item.changed),
            waiting=tuple(effect_view(effect) for effect in waiting),
        )

    async def resolve(
        self, digest: str, principal: Principal, *, happened: bool, result: JsonValue
    ) -> EffectView:
        """Record what a person found out about an effect."""
        toolbox = self._context.toolbox
        waiting = await toolbox.ledger.in_status(*sorted(NEEDS_PERSON))
        whole = unique(digest, [effect.digest for effect in waiting], "open action", _OPEN)
        (effect,) = await toolbox.effects([whole])
        self._check_right(effect, principal)
        after = await toolbox.resolve(whole, happened=happened, principal=principal.id, result=result)
        return effect_view(after)

    async def fork(self, thread_id: str, checkpoint: str | None, principal: Principal) -> str:
        """A copy of a thread that only simulates; its id."""
        source = await self._threads.own(thread_id)
        points = [point.checkpoint_id for point in await self._threads.points(source)]
        hint = f"'podium threads history {source}' shows them."
        at = None if checkpoint is None else unique(checkpoint, points, "checkpoint", hint)
        record = await self._records.aensure(source, tenant=principal.tenant, owner=principal.id)
        copy = new_id()
        await self._context.toolbox.ledger.mark_fork(copy, source)
        await self._records.aensure(
            copy,
            tenant=principal.tenant,
            owner=principal.id,
            title=record.title,
            metadata={"forked_from": source, "forked_at": at or points[0]},
        )
        saver = self._context.checkpointer
        assert saver is not None  # noqa: S101 - the composition root always names one
        try:
            await saver.acopy_thread(source, copy)
        except NotImplementedError:
            raise InputError(f"{type(saver).__name__} cannot copy threads") from None
        if at is not None and at != points[0]:
            with untraced():
                await self._graph.aupdate_state(place(copy, at), None, as_node="__copy__")
        head = await self._threads.head(copy)
        await self._records.atouch(copy, status="interrupted" if head.interrupts else "idle")
        return copy

    async def go_live(self, thread_id: str, principal: Principal) -> None:
        """Let a fork act from now on."""
        thread = await self._threads.resolve(thread_id)
        if not await self._context.toolbox.ledger.go_live(thread, principal.id):
            raise InputError(
                f"thread {thread} does not simulate",
                hint="Only a copy made by a fork does, until it is let act.",
            )

    def _check_right(self, effect: Effect, principal: Principal) -> None:
        policy = self._context.policy
        if not policy.may_approve(principal, effect.tool, effect.effect_class):
            roles = policy.approvers(effect.tool, effect.effect_class)
            raise InputError(
                f"{principal.id} may not decide about {effect.tool}",
                hint=f"It needs one of the roles: {', '.join(roles)}.",
            )


def _settled(item: Settlement) -> SettledView:
    after = item.after
    return SettledView(
        digest=after.digest,
        thread_id=after.thread_id,
        tool=after.tool,
        target=after.target,
        before=item.before.status,
        after=after.status,
        outcome=outcome_of(after.status),
        message=after.error or "",
    )
