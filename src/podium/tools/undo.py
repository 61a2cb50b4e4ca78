"""Taking effects back: newest first, read back afterwards, resumable after a crash."""

from __future__ import annotations

from collections.abc import Iterable

from podium.core.effects import HAPPENED, EffectStatus, is_undoable
from podium.core.errors import ActionError, ActionOutputError, ActionTimeout
from podium.core.model import JsonValue
from podium.tools.equipment import Equipment
from podium.tools.execution import ATTEMPTS, Settler, may_have_acted
from podium.tools.ledger import Effect
from podium.tools.runner import ToolCrashed
from podium.tools.scope import EffectScope
from podium.tools.tool import Tool

_REACHED = HAPPENED | {"started", "in_doubt", "compensating", "compensation_in_doubt", "compensation_failed"}
_HALF_DONE = frozenset({"compensating", "compensation_in_doubt"})
STILL_THERE = "reading it back showed that it is still there"


class Compensator:
    """Undoes effects.

    Args:
        equipment: What it works with.
        settler: Settles effects that are still open.
    """

    def __init__(self, equipment: Equipment, settler: Settler) -> None:
        self._ledger = equipment.ledger
        self._registry = equipment.registry
        self._runner = equipment.runner
        self._crash_points = equipment.crash_points
        self._equipment = equipment
        self._settler = settler

    async def undo_all(self, effects: Iterable[Effect], principal: str) -> list[Effect]:
        """Undo the effects that reached the world, the one begun last first; their outcomes, in that order.

        One that cannot be undone does not keep the others from it. Called again it goes on where it
        stopped, and does nothing to what is undone; what may or may not be undone is undone again only by a
        tool for which that is the same.
        """
        newest_first = await self._ledger.newest_first(effects)
        return [await self._undo(effect, principal) for effect in newest_first]

    def can_undo(self, effect: Effect) -> str:
        """Why an effect cannot be undone; empty when it can."""
        if not is_undoable(effect.effect_class):
            return f"{effect.tool} is {effect.effect_class}"
        try:
            tool = self._registry.get(effect.tool)
        except ActionError as error:
            return error.message
        return "" if tool.options.compensate is not None else f"{effect.tool} does not say how to undo it"

    async def _undo(self, effect: Effect, principal: str) -> Effect:
        if effect.status not in _REACHED:
            return effect
        async with self._equipment.alone(effect) as now:
            now = await self._settled(now, principal)
            if now.status in _HALF_DONE:
                return await self._resume(now, principal)
            failed = now.status == "compensation_failed"
            if (now.status not in HAPPENED and not failed) or now.status == "irreversible":
                return now
            if reason := self.can_undo(now):
                if failed:
                    return now
                return await self._ledger.move(
                    now.digest, "irreversible", actor=principal, reason=reason, error=reason
                )
            now = await self._ledger.move(now.digest, "compensating", actor=principal)
            return await self._compensate(now, self._registry.get(now.tool), principal)

    async def _settled(self, effect: Effect, principal: str) -> Effect:
        """What became of an effect that was still open."""
        scope = scope_of(effect, principal)
        if effect.status == "started":
            return await self._settler.recover(effect, scope)
        if effect.status == "in_doubt":
            return await self._settler.ask_again(effect, scope)
        return effect

    async def resume(self, effect: Effect, principal: str) -> Effect:
        """Go on with an undoing that a crash broke off, or that may or may not have happened."""
        async with self._equipment.alone(effect) as now:
            if now.status == "compensating":
                return await self._resume(now, principal)
            return await self._ask_again(now, principal) if now.status == "compensation_in_doubt" else now

    async def _resume(self, effect: Effect, principal: str) -> Effect:
        """Go on with an undoing that may have happened: made again only where that cannot undo twice."""
        try:
            tool = self._registry.get(effect.tool)
        except ActionError as error:
            return await self._half_done(effect, error.message)
        if tool.options.verify is not None:
            if (await self._equipment.observe(effect, tool, principal)).there is False:
                return await self._ledger.move(
                    effect.digest, "compensated", actor=principal, reason="read back after a crash"
                )
        elif not tool.options.idempotent:
            return await self._half_done(effect, "the process ended while this was being undone")
        if effect.status != "compensating":
            effect = await self._ledger.move(effect.digest, "compensating", actor=principal)
        return await self._compensate(effect, tool, principal)

    async def _half_done(self, effect: Effect, reason: str) -> Effect:
        """Leave an undoing that may have happened to a person."""
        if effect.status == "compensation_in_doubt":
            return effect
        return await self._not_undone(effect, "compensation_in_doubt", reason)

    async def _ask_again(self, effect: Effect, principal: str) -> Effect:
        """Read back whether the effect is gone; without a `verify` nothing changes."""
        try:
            tool = self._registry.get(effect.tool)
        except ActionError:
            return effect
        if changes_nothing(effect):
            return effect
        seen = await self._equipment.observe(effect, tool, principal)
        if seen.there is None:
            return effect
        if seen.there:
            return await self._not_undone(effect, "compensation_failed", STILL_THERE, seen.seen)
        return await self._ledger.move(
            effect.digest, "compensated", actor="reconcile", reason="read back", observed=seen.seen
        )

    async def _compensate(self, effect: Effect, tool: Tool, principal: str) -> Effect:
        """Call the tool's `compensate` and read back that the effect is gone."""
        repeatable = tool.options.idempotent or tool.options.verify is not None
        most = (tool.options.attempts or ATTEMPTS) if repeatable else 1
        attempt = 1
        while True:
            try:
                undone = await self._call(effect, tool, principal)
                break
            except ActionError as error:
                status = _status_after(error)
                transient = isinstance(error, ActionTimeout | ToolCrashed)
                if not transient or attempt >= most:
                    return await self._not_undone(effect, status, error.message)
            await self._runner.pause(attempt)
            attempt += 1
        self._crash_points.hit("compensate:after")
        if changes_nothing(effect):
            return await self._ledger.move(effect.digest, "compensated", actor=principal, data=undone)
        seen = await self._equipment.observe(effect, tool, principal)
        if seen.there:
            return await self._not_undone(effect, "compensation_failed", STILL_THERE, seen.seen)
        if seen.problem:
            reason = f"it could not be read back: {seen.problem}"
            return await self._not_undone(effect, "compensation_in_doubt", reason)
        return await self._ledger.move(
            effect.digest, "compensated", actor=principal, data=undone, observed=seen.seen
        )

    async def _call(self, effect: Effect, tool: Tool, principal: str) -> JsonValue:
        compensate = tool.options.compensate
        if compensate is None:
            raise ActionError("the tool cannot undo it any more")
        context = self._registry.context_of(effect, principal, undo=True)
        self._crash_points.hit("compensate:before")
        try:
            async with self._runner.attempt(tool):
                return await self._runner.call(
                    tool, compensate, context, tool.parse(effect.args), effect.result
                )
        except ActionOutputError as error:
            return {"omitted": error.message}

    async def _not_undone(
        self, effect: Effect, status: EffectStatus, reason: str, observed: JsonValue = None
    ) -> Effect:
        return await self._ledger.move(
            effect.digest, status, actor="ledger", reason=reason, error=reason, observed=observed
        )


def _status_after(error: ActionError) -> EffectStatus:
    """Where an undoing stands that raised."""
    return "compensation_in_doubt" if may_have_acted(error) else "compensation_failed"


def changes_nothing(effect: Effect) -> bool:
    """Whether the world looked the same before the effect, so that reading it back tells nothing."""
    preview = effect.preview or {}
    return "before" in preview and preview.get("before") == preview.get("after")


def scope_of(effect: Effect, principal: str) -> EffectScope:
    """The scope in which somebody goes on with an effect of another run."""
    return EffectScope(
        tenant=effect.tenant,
        principal=principal,
        thread_id=effect.thread_id,
        run_id=effect.run_id,
        turn_id=effect.turn_id,
        step_id=effect.step_id,
        checkpoint_id=effect.checkpoint_id,
        policy_version=effect.policy_version,
    )
