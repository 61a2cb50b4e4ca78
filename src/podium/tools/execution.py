"""Carrying out one approved effect, exactly once, also when an earlier attempt broke off."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from podium.core.clock import Clock, from_iso
from podium.core.crashpoints import CrashPoints
from podium.core.errors import ActionError, ActionOutputError, ActionTimeout, GrantError, PodiumError
from podium.core.model import JsonValue
from podium.tools.claims import Claims
from podium.tools.ledger import Effect, EffectLedger
from podium.tools.registry import ToolRegistry
from podium.tools.runner import Runner, ToolCrashed
from podium.tools.scope import EffectScope
from podium.tools.tool import Tool

BROKE_OFF = "the process ended during the call"


class Settler:
    """Takes one effect from `approved` to its outcome.

    Args:
        ledger: Holds the effects.
        registry: Knows the tools.
        runner: Calls them.
        claims: Keeps two settlers off one effect.
        clock: Decides when an outcome is read back.
        crash_points: Told of each call, before and after.
    """

    def __init__(
        self,
        ledger: EffectLedger,
        registry: ToolRegistry,
        runner: Runner,
        claims: Claims,
        clock: Clock,
        crash_points: CrashPoints,
    ) -> None:
        self._ledger = ledger
        self._registry = registry
        self._runner = runner
        self._claims = claims
        self._clock = clock
        self._crash_points = crash_points

    async def settle(self, digest: str, scope: EffectScope) -> Effect:
        """Carry the effect out if it is approved, go on if an attempt broke off, else leave it alone."""
        effect = await self._ledger.get(digest)
        if effect.status not in ("approved", "started", "succeeded", "verify_pending"):
            return effect
        # A caller that is cancelled leaves; the call goes on and its outcome is recorded.
        return await asyncio.shield(asyncio.ensure_future(self._settle(effect, scope)))

    async def _settle(self, effect: Effect, scope: EffectScope) -> Effect:
        digest = effect.digest
        async with self._claims.hold(effect.effect_id):
            effect = await self._ledger.get(digest)
            match effect.status:
                case "approved" if scope.simulate:
                    return await self._ledger.move(digest, "simulated", actor=scope.principal)
                case "approved":
                    effect = await self._begin(effect, scope)
                case "started" if not scope.simulate:
                    effect = await self.recover(effect, scope)
            return await self.verify(effect, scope)

    async def recover(self, effect: Effect, scope: EffectScope) -> Effect:
        """Settle an effect whose attempt broke off; the caller holds its claim.

        An idempotent tool is called again with the same key. Else the tool's own probe is asked whether
        it happened. Else a person has to look.
        """
        tool = self._registry.get(effect.tool)
        if tool.options.idempotent:
            effect = await self._ledger.restart(effect.digest, scope, BROKE_OFF)
            return await self._call(effect, tool, scope)
        happened, result = await self._probe(effect, tool, scope)
        if happened is None:
            return await self._doubt(effect, BROKE_OFF)
        if happened:
            return await self._ledger.move(
                effect.digest, "succeeded", actor="reconcile", reason=BROKE_OFF, result=result
            )
        effect = await self._ledger.restart(effect.digest, scope, f"{BROKE_OFF}; it had not happened")
        return await self._call(effect, tool, scope)

    async def ask_again(self, effect: Effect, scope: EffectScope) -> Effect:
        """Ask the probe of a tool whose effect is in doubt; without a probe nothing changes."""
        happened, result = await self._probe(effect, self._registry.get(effect.tool), scope)
        if happened is None:
            return effect
        return await self._ledger.move(
            effect.digest,
            "succeeded" if happened else "failed",
            actor="reconcile",
            result=result,
            error=None if happened else effect.error or "it did not happen",
        )

    async def verify(self, effect: Effect, scope: EffectScope) -> Effect:
        """Read the outcome back where the tool can, at once or when its delay is over."""
        if effect.status not in ("succeeded", "verify_pending"):
            return effect
        tool = self._registry.get(effect.tool)
        check, wait = tool.options.verify, timedelta(seconds=tool.options.verify_after)
        if check is None:
            return effect
        if wait and self._clock.now() < from_iso(effect.ended_at or effect.proposed_at) + wait:
            if effect.status == "succeeded":
                return await self._ledger.move(effect.digest, "verify_pending", actor="verify")
            return effect
        context = self._registry.context_of(effect, scope.principal)
        try:
            seen = await self._runner.call(tool, check, context, tool.parse(effect.args), effect.result)
            problem = "" if seen else "reading it back did not confirm it"
        except PodiumError as error:
            problem = f"it could not be read back: {error.message}"
        return await self._ledger.move(
            effect.digest,
            "unverified" if problem else "verified",
            actor="verify",
            reason=problem,
            error=problem or None,
        )

    # --- one attempt -----------------------------------------------------------------------------

    async def _begin(self, effect: Effect, scope: EffectScope) -> Effect:
        try:
            tool = self._registry.get(effect.tool)
            await self._check_unchanged(effect, tool, scope)
            await self._runner.may_start(tool)
            effect = await self._ledger.start(effect.digest, scope)
        except ActionError as error:
            return await self._ledger.move(
                effect.digest,
                "refused",
                actor="ledger",
                reason=error.message,
                error=error.message,
                data={"code": error.code},
            )
        return await self._call(effect, tool, scope)

    async def _check_unchanged(self, effect: Effect, tool: Tool, scope: EffectScope) -> None:
        """Make sure that the call would still do what the person saw.

        Raises:
            GrantError: The target or the tool has changed since.
            ActionError: The preview now refuses.
        """
        if tool.spec.version != effect.tool_version or tool.effect != effect.effect_class:
            raise GrantError(f"{tool.name} has changed since this was approved", hint="Ask for it again.")
        if tool.options.preview is None or await self._moved_by_this_turn(effect):
            return
        context = self._registry.context_of(effect, scope.principal)
        now = await self._runner.preview(tool, context, tool.parse(effect.args))
        if now != effect.preview:
            raise GrantError(
                f"{effect.target or tool.name} has changed since this was shown", hint="Look at it again."
            )

    async def _moved_by_this_turn(self, effect: Effect) -> bool:
        """Whether an earlier action of the same turn changed the target, as everybody could see."""
        others = await self._ledger.effects(effect.thread_id)
        return any(
            other.turn_id == effect.turn_id
            and other.target == effect.target
            and other.effect_id != effect.effect_id
            and other.attempts
            for other in others
        )

    async def _call(self, effect: Effect, tool: Tool, scope: EffectScope) -> Effect:
        context = self._registry.context_of(effect, scope.principal)
        self._crash_points.hit("tool:before")
        try:
            result = await self._runner.call(tool, tool.run, context, tool.parse(effect.args))
        except ActionOutputError as error:
            # It returned, so it acted; what it returned is not kept.
            result = {"omitted": error.message}
        except ActionTimeout as error:
            return await self._doubt(effect, error.message)
        except ToolCrashed as error:
            return await self._crashed(effect, tool, scope, error)
        except ActionError as error:
            return await self._failed(effect, error)
        self._crash_points.hit("tool:after")
        return await self._ledger.move(effect.digest, "succeeded", actor=scope.principal, result=result)

    async def _crashed(self, effect: Effect, tool: Tool, scope: EffectScope, error: ToolCrashed) -> Effect:
        """The tool broke: ask its probe; without one it failed, unless the other side may have acted."""
        happened, result = await self._probe(effect, tool, scope)
        if happened:
            return await self._ledger.move(
                effect.digest, "succeeded", actor="reconcile", reason=error.message, result=result
            )
        if happened is None and error.may_have_acted:
            return await self._doubt(effect, error.message)
        return await self._failed(effect, error)

    async def _failed(self, effect: Effect, error: ActionError) -> Effect:
        return await self._ledger.move(
            effect.digest,
            "failed",
            actor="tool",
            reason=error.message,
            error=error.message,
            data={"code": error.code, "hint": error.hint},
        )

    async def _doubt(self, effect: Effect, reason: str) -> Effect:
        return await self._ledger.move(effect.digest, "in_doubt", actor="ledger", reason=reason, error=reason)

    async def _probe(self, effect: Effect, tool: Tool, scope: EffectScope) -> tuple[bool | None, JsonValue]:
        """Whether the effect happened (None: nobody can tell) and its result."""
        if tool.options.reconcile is None:
            return None, None
        context = self._registry.context_of(effect, scope.principal)
        try:
            answer = await self._runner.call(tool, tool.options.reconcile, context, tool.parse(effect.args))
        except ActionError:
            return None, None
        if answer is None or answer is False:
            return False, None
        return True, None if answer is True else answer
