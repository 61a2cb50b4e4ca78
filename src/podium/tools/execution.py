"""Carrying out one approved effect, exactly once, also when an earlier attempt broke off."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial

from podium.core.clock import from_iso
from podium.core.errors import ActionError, ActionOutputError, ActionTimeout, GrantError
from podium.core.model import JsonValue
from podium.tools.equipment import Equipment, Observation
from podium.tools.ledger import Effect
from podium.tools.runner import ToolCrashed
from podium.tools.scope import EffectScope
from podium.tools.tool import Tool

BROKE_OFF = "the process ended during the call"
UNCONFIRMED = "reading it back did not confirm it"
ATTEMPTS = 3
"""How often a call is made that breaks and may be repeated, where the tool names no other number."""

Start = Callable[[], Awaitable[Effect]]
"""Writes `started` for the next attempt."""


class Settler:
    """Takes one effect from `approved` to its outcome.

    Args:
        equipment: What it works with.
    """

    def __init__(self, equipment: Equipment) -> None:
        self._ledger = equipment.ledger
        self._registry = equipment.registry
        self._runner = equipment.runner
        self._clock = equipment.clock
        self._crash_points = equipment.crash_points
        self._equipment = equipment

    async def settle(self, digest: str, scope: EffectScope) -> Effect:
        """Carry the effect out if it is approved, go on if an attempt broke off, else leave it alone."""
        effect = await self._ledger.get(digest)
        if effect.status not in ("approved", "started", "succeeded", "verify_pending"):
            return effect
        # A caller that is cancelled leaves; the call goes on and its outcome is recorded.
        return await asyncio.shield(asyncio.ensure_future(self._settle(effect, scope)))

    async def _settle(self, effect: Effect, scope: EffectScope) -> Effect:
        async with self._equipment.alone(effect) as now:
            match now.status:
                case "approved" if scope.simulate:
                    return await self._ledger.move(now.digest, "simulated", actor=scope.principal)
                case "approved":
                    now = await self._begin(now, scope)
                case "started" if not scope.simulate:
                    now = await self.recover(now, scope)
            return await self.verify(now, scope)

    async def recover(self, effect: Effect, scope: EffectScope) -> Effect:
        """Settle an effect whose attempt broke off; the caller holds its claim.

        An idempotent tool is called again with the same key. Else the tool's own probe is asked whether
        it happened. Else a person has to look.
        """
        reason, unsure = BROKE_OFF, True
        try:
            tool = self._registry.get(effect.tool)
            if not tool.options.idempotent:
                happened, result = await self._probe(effect, tool, scope)
                if happened is None:
                    return await self._doubt(effect, BROKE_OFF)
                if happened:
                    return await self._ledger.move(
                        effect.digest, "succeeded", actor="reconcile", reason=BROKE_OFF, result=result
                    )
                reason, unsure = f"{BROKE_OFF}; it had not happened", False
            return await self._attempts(
                effect, tool, scope, lambda: self._ledger.restart(effect.digest, scope, reason), unsure=unsure
            )
        except ActionError as error:  # the call could not even be made again
            return await self._doubt(effect, f"{BROKE_OFF}; {error.message}")

    async def ask_again(self, effect: Effect, scope: EffectScope) -> Effect:
        """Ask the probe of a tool whose effect is in doubt; without a probe nothing changes."""
        try:
            tool = self._registry.get(effect.tool)
        except ActionError:
            return effect
        happened, result = await self._probe(effect, tool, scope)
        if happened is None:
            return effect
        return await self._ledger.move(
            effect.digest,
            "succeeded" if happened else "failed",
            actor="reconcile",
            result=result,
            error=None if happened else effect.error or "it did not happen",
        )

    async def verify(self, effect: Effect, scope: EffectScope, *, again: bool = False) -> Effect:
        """Read the outcome back where the tool can, at once or when its delay is over.

        Args:
            effect: What to look at.
            scope: Who looks.
            again: Whether to look again at what was not confirmed before.
        """
        if effect.status not in ("succeeded", "verify_pending", *(["unverified"] if again else [])):
            return effect
        try:
            tool = self._registry.get(effect.tool)
        except ActionError:
            return effect
        if tool.options.verify is None:
            return effect
        if effect.status != "unverified" and not self._is_due(effect, tool):
            if effect.status == "succeeded":
                return await self._ledger.move(effect.digest, "verify_pending", actor="verify")
            return effect
        return await self._confirmed(effect, await self._equipment.observe(effect, tool, scope.principal))

    async def check_unchanged(self, effect: Effect, scope: EffectScope) -> None:
        """Make sure that the call would still do what the person saw.

        Raises:
            GrantError: The target or the tool has changed since, or the approval does not hold any more.
            ActionError: The preview now refuses, or the tool is gone.
        """
        tool = self._registry.get(effect.tool)
        if tool.spec.version != effect.tool_version or tool.effect != effect.effect_class:
            raise GrantError(f"{tool.name} has changed since this was approved", hint="Ask for it again.")
        if tool.options.preview is None:
            return
        context = self._registry.context_of(effect, scope.principal)
        now = await self._runner.preview(tool, context, tool.parse(effect.args))
        # An earlier action of the same turn may have changed the target, as everybody could see.
        if now != effect.preview and not await self._ledger.was_reached(effect):
            raise GrantError(
                f"{effect.target or tool.name} has changed since this was shown", hint="Look at it again."
            )

    async def refuse(self, effect: Effect, error: ActionError) -> Effect:
        """Close an approved effect that may not be carried out, with the reason.

        What is no longer approved has expired and can go back to a person; all else is refused.
        """
        return await self._ledger.move(
            effect.digest,
            "expired" if isinstance(error, GrantError) else "refused",
            actor="ledger",
            reason=error.message,
            error=error.message,
            data={"code": error.code},
        )

    # --- one effect ------------------------------------------------------------------------------

    async def _begin(self, effect: Effect, scope: EffectScope) -> Effect:
        try:
            await self.check_unchanged(effect, scope)
            tool = self._registry.get(effect.tool)
            return await self._attempts(effect, tool, scope, lambda: self._ledger.start(effect.digest, scope))
        except ActionError as error:
            return await self.refuse(effect, error)

    async def _attempts(
        self, effect: Effect, tool: Tool, scope: EffectScope, start: Start, *, unsure: bool = False
    ) -> Effect:
        """Call the tool, again with pauses while that may help and cannot act twice.

        Args:
            effect: What is approved.
            tool: Its tool.
            scope: Who carries it out.
            start: Writes `started` for the first attempt.
            unsure: Whether a call before these may have acted.

        Raises:
            ActionError: The first attempt could not begin.
        """
        most = tool.options.attempts or ATTEMPTS
        errors: list[ActionError] = []
        for attempt in range(1, most + 1):
            begun = False
            try:
                async with self._runner.attempt(tool):
                    effect, begun = await start(), True
                    result = await self._call(effect, tool, scope)
            except ActionError as error:
                if begun:
                    errors.append(error)
                elif not errors:
                    raise
                last = attempt == most or not begun
                settled = await self._after(effect, tool, scope, errors, last=last, unsure=unsure)
                if settled is not None:
                    return settled
                start = partial(self._ledger.restart, effect.digest, scope, error.message)
                await self._runner.pause(attempt)
            else:
                return await self._ledger.move(
                    effect.digest, "succeeded", actor=scope.principal, result=result
                )
        raise AssertionError("the last attempt settles the effect")

    async def _call(self, effect: Effect, tool: Tool, scope: EffectScope) -> JsonValue:
        context = self._registry.context_of(effect, scope.principal)
        self._crash_points.hit("tool:before")
        try:
            result = await self._runner.call(tool, tool.run, context, tool.parse(effect.args))
        except ActionOutputError as error:
            result = {"omitted": error.message}  # it returned, so it acted; what it returned is not kept
        self._crash_points.hit("tool:after")
        return result

    async def _after(
        self,
        effect: Effect,
        tool: Tool,
        scope: EffectScope,
        errors: Sequence[ActionError],
        *,
        last: bool,
        unsure: bool,
    ) -> Effect | None:
        """What attempts came to that raised, the last of them now; None when the call is to be made again.

        A tool that broke is asked whether it acted. Without a probe it has failed, unless the other side
        may have acted in any of the attempts, or may still: then nobody knows.
        """
        error, broke = errors[-1], isinstance(errors[-1], ActionTimeout | ToolCrashed)
        unsure = unsure or any(map(may_have_acted, errors))
        if not broke and not unsure:
            return await self._failed(effect, error)
        happened, result = await self._probe(effect, tool, scope)
        if happened:
            return await self._ledger.move(
                effect.digest, "succeeded", actor="reconcile", reason=error.message, result=result
            )
        hangs = any(isinstance(one, ActionTimeout) for one in errors)  # and may act yet
        did_not = happened is False and not hangs
        if broke and not last and (tool.options.idempotent or did_not):
            return None
        if unsure and not did_not:
            earlier = "" if may_have_acted(error) else "; an earlier call may have acted"
            return await self._doubt(effect, f"{error.message}{earlier}")
        return await self._failed(effect, error)

    # --- outcomes --------------------------------------------------------------------------------

    def _is_due(self, effect: Effect, tool: Tool) -> bool:
        wait = timedelta(seconds=tool.options.verify_after)
        if not wait:
            return True
        ended, now = from_iso(effect.ended_at or effect.proposed_at), self._clock.now()
        return not ended <= now < ended + wait  # a clock that was set back does not put it off

    async def _confirmed(self, effect: Effect, seen: Observation) -> Effect:
        problem = f"it could not be read back: {seen.problem}" if seen.problem else UNCONFIRMED
        to = "verified" if seen.there else "unverified"
        if to == effect.status:
            return effect
        return await self._ledger.move(
            effect.digest,
            "verified" if seen.there else "unverified",
            actor="verify",
            reason="" if seen.there else problem,
            error=None if seen.there else problem,
            observed=seen.seen,
        )

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


def may_have_acted(error: ActionError) -> bool:
    """Whether the other side may have acted, or may still, in a call that raised this."""
    return isinstance(error, ActionTimeout) or (isinstance(error, ToolCrashed) and error.may_have_acted)
