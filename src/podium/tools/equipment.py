"""What those who settle and undo effects work with, and how they read an outcome back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from podium.core.clock import Clock
from podium.core.crashpoints import CrashPoints
from podium.core.errors import PodiumError
from podium.core.ids import digest_of
from podium.core.model import JsonValue
from podium.tools.claims import Claims
from podium.tools.effect import Effect
from podium.tools.ledger import EffectLedger
from podium.tools.registry import ToolRegistry
from podium.tools.runner import Runner
from podium.tools.tool import Tool


@dataclass(frozen=True, slots=True)
class Observation:
    """What reading an outcome back showed.

    Attributes:
        there: Whether the effect is there as claimed; None when nobody can tell.
        seen: What was read, to be kept beside the claim.
        problem: Why it could not be read; empty otherwise.
    """

    there: bool | None
    seen: JsonValue = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Equipment:
    """Shared by all that act on the world.

    Attributes:
        ledger: Holds the effects.
        registry: Knows the tools.
        runner: Calls them.
        claims: Keep two actors off one effect, and off one target.
        clock: Decides when an outcome is read back.
        crash_points: Told of each call, before and after.
    """

    ledger: EffectLedger
    registry: ToolRegistry
    runner: Runner
    claims: Claims
    clock: Clock
    crash_points: CrashPoints

    @asynccontextmanager
    async def alone(self, effect: Effect) -> AsyncIterator[Effect]:
        """Hold the effect, then its target; gives the effect as it is by then.

        Two runs that are about to change one target go one after the other, and the later one sees that
        it has changed.
        """
        names = [effect.effect_id]
        if effect.target:
            target = digest_of(f"{effect.tenant}\0{effect.target}".encode())
            names.append(f"target-{target[:40]}")
        async with self.claims.hold(*names):
            yield await self.ledger.get(effect.digest)

    async def observe(self, effect: Effect, tool: Tool, principal: str) -> Observation:
        """Read back whether the effect is there now, with the tool's `verify`."""
        if tool.options.verify is None:
            return Observation(None)
        context = self.registry.context_of(effect, principal)
        try:
            seen = await self.runner.call(
                tool, tool.options.verify, context, tool.parse(effect.args), effect.result
            )
        except PodiumError as error:
            return Observation(None, problem=error.message)
        if isinstance(seen, dict) and isinstance(holds := seen.get("holds"), bool):
            return Observation(holds, seen.get("observed"))
        return Observation(bool(seen), seen)
