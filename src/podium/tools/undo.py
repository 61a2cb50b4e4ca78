"""Taking effects back: newest first, read back afterwards, resumable after a crash."""

from __future__ import annotations

from collections.abc import Iterable

from podium.core.crashpoints import CrashPoints
from podium.core.effects import HAPPENED, EffectStatus, is_undoable
from podium.core.errors import ActionError, ActionOutputError, ActionTimeout
from podium.tools.claims import Claims
from podium.tools.execution import Settler
from podium.tools.ledger import Effect, EffectLedger
from podium.tools.registry import ToolRegistry
from podium.tools.runner import Runner, ToolCrashed
from podium.tools.scope import EffectScope
from podium.tools.tool import Tool

_REACHED = HAPPENED | {"started", "in_doubt", "compensating", "compensation_in_doubt", "compensation_failed"}
_AGAIN = frozenset({"compensation_in_doubt", "compensation_failed"})


class Compensator:
    """Undoes effects.

    Args:
        ledger: Holds the effects.
        registry: Knows the tools.
        runner: Calls them.
        claims: Keeps two executors off one effect.
        settler: Settles effects that are still open.
        crash_points: Told of each call, before and after.
    """

    def __init__(
        self,
        ledger: EffectLedger,
        registry: ToolRegistry,
        runner: Runner,
        claims: Claims,
        settler: Settler,
        crash_points: CrashPoints,
    ) -> None:
        self._ledger = ledger
        self._registry = registry
        self._runner = runner
        self._claims = claims
        self._settler = settler
        self._crash_points = crash_points

    async def undo_all(self, effects: Iterable[Effect], principal: str) -> list[Effect]:
        """Undo the effects that reached the world, newest first; the outcome of each, in that order.

        One that cannot be undone does not keep the others from it. Called again it goes on where it
        stopped, and does nothing to what is undone.
        """
        newest_first = sorted(effects, key=lambda effect: effect.seq, reverse=True)
        return [await self._undo(effect, principal) for effect in newest_first]

    async def _undo(self, effect: Effect, principal: str) -> Effect:
        if effect.status not in _REACHED:
            return effect
        async with self._claims.hold(effect.effect_id):
            effect = await self._settled(await self._ledger.get(effect.digest), principal)
            if effect.status == "compensating":
                return await self._resume(effect, principal)
            if effect.status not in HAPPENED | _AGAIN or effect.status == "irreversible":
                return effect
            tool = self._registry.get(effect.tool)
            if tool.options.compensate is None or not is_undoable(effect.effect_class):
                if effect.status in _AGAIN:
                    return effect
                return await self._ledger.move(
                    effect.digest, "irreversible", actor=principal, reason="the tool cannot undo it"
                )
            effect = await self._ledger.move(effect.digest, "compensating", actor=principal)
            return await self._compensate(effect, tool, principal)

    async def _settled(self, effect: Effect, principal: str) -> Effect:
        """What became of an effect that was still open."""
        scope = _scope_of(effect, principal)
        if effect.status == "started":
            return await self._settler.recover(effect, scope)
        if effect.status == "in_doubt":
            return await self._settler.ask_again(effect, scope)
        return effect

    async def _resume(self, effect: Effect, principal: str) -> Effect:
        """Go on with an undoing that a crash broke off."""
        tool = self._registry.get(effect.tool)
        if tool.options.verify is not None:
            there = await self._is_there(effect, tool, principal)
            if there is False:
                return await self._ledger.move(
                    effect.digest, "compensated", actor=principal, reason="read back after a crash"
                )
        elif not tool.options.idempotent:
            reason = "the process ended while this was being undone"
            return await self._ledger.move(
                effect.digest, "compensation_in_doubt", actor="ledger", reason=reason, error=reason
            )
        return await self._compensate(effect, tool, principal)

    async def _compensate(self, effect: Effect, tool: Tool, principal: str) -> Effect:
        """Call the tool's `compensate` and read back that the effect is gone."""
        compensate = tool.options.compensate
        if compensate is None:
            return await self._not_undone(effect, "compensation_failed", "the tool cannot undo it any more")
        context = self._registry.context_of(effect, principal, undo=True)
        self._crash_points.hit("compensate:before")
        try:
            undone = await self._runner.call(
                tool, compensate, context, tool.parse(effect.args), effect.result
            )
        except ActionOutputError as error:
            undone = {"omitted": error.message}
        except ActionTimeout as error:
            return await self._not_undone(effect, "compensation_in_doubt", error.message)
        except ToolCrashed as error:
            status: EffectStatus = "compensation_in_doubt" if error.may_have_acted else "compensation_failed"
            return await self._not_undone(effect, status, error.message)
        except ActionError as error:
            return await self._not_undone(effect, "compensation_failed", error.message)
        self._crash_points.hit("compensate:after")
        if not _changes_nothing(effect) and await self._is_there(effect, tool, principal):
            return await self._not_undone(
                effect, "compensation_failed", "reading it back showed that it is still there"
            )
        return await self._ledger.move(effect.digest, "compensated", actor=principal, data=undone)

    async def _not_undone(self, effect: Effect, status: EffectStatus, reason: str) -> Effect:
        return await self._ledger.move(effect.digest, status, actor="ledger", reason=reason, error=reason)

    async def _is_there(self, effect: Effect, tool: Tool, principal: str) -> bool | None:
        """Whether the effect reads as there; None when that cannot be read."""
        if tool.options.verify is None:
            return None
        context = self._registry.context_of(effect, principal)
        try:
            return bool(
                await self._runner.call(
                    tool, tool.options.verify, context, tool.parse(effect.args), effect.result
                )
            )
        except ActionError:
            return None


def _changes_nothing(effect: Effect) -> bool:
    """Whether the world looked the same before the effect, so that reading it back tells nothing."""
    preview = effect.preview or {}
    return "before" in preview and preview.get("before") == preview.get("after")


def _scope_of(effect: Effect, principal: str) -> EffectScope:
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
