"""Carrying out the approved actions of a turn: all of them, or none."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from podium.core.effects import HAPPENED, EffectStatus
from podium.core.errors import PodiumError
from podium.tools.execution import Settler
from podium.tools.ledger import Effect, EffectLedger
from podium.tools.registry import ToolRegistry
from podium.tools.runner import Runner
from podium.tools.scope import EffectScope
from podium.tools.undo import Compensator

_LOST: frozenset[EffectStatus] = frozenset({"failed", "refused"})
_OPEN_DOUBT: frozenset[EffectStatus] = frozenset({"in_doubt"})
_IN_HAND: frozenset[EffectStatus] = frozenset(
    {"approved", "started", "succeeded", "verify_pending", "verified", "unverified"}
)


class Saga:
    """Commits a turn's actions in the order in which they were proposed, which follows the plan.

    What it decides it decides from the ledger, so that after a crash it is run again from the start.

    Args:
        ledger: Holds the effects.
        registry: Knows the tools.
        runner: Checks what they require.
        settler: Carries out one.
        compensator: Undoes what succeeded when another one fails.
    """

    def __init__(
        self,
        ledger: EffectLedger,
        registry: ToolRegistry,
        runner: Runner,
        settler: Settler,
        compensator: Compensator,
    ) -> None:
        self._ledger = ledger
        self._registry = registry
        self._runner = runner
        self._settler = settler
        self._compensator = compensator

    async def commit(
        self, digests: Sequence[str], scope: EffectScope, independent: Collection[str] = ()
    ) -> list[Effect]:
        """Carry out what is approved among the digests.

        When one fails for good, those after it are skipped and those before it are undone, except the
        independent ones. When one is in doubt, those after it wait.

        Args:
            digests: The turn's actions.
            scope: Who commits, and where.
            independent: Digests that stay done, and are done, whatever becomes of the others.
        """
        effects = sorted(await self._ledger.several(digests), key=lambda effect: effect.seq)
        mine = [effect.digest for effect in effects if effect.status in _IN_HAND | _LOST | _OPEN_DOUBT]
        stopped: Effect | None = None
        if not scope.simulate and not any(effect.attempts for effect in effects):
            stopped = await self._check_requirements(effects, scope, independent)
        for digest in mine:
            if stopped is not None and digest not in independent:
                continue
            effect = await self._settler.settle(digest, scope)
            if digest not in independent and effect.status in _LOST | _OPEN_DOUBT:
                stopped = effect
        if stopped is not None and stopped.status in _LOST:
            await self._give_up(mine, stopped, scope, independent)
        return await self._ledger.several(digests)

    async def _give_up(
        self, digests: Sequence[str], lost: Effect, scope: EffectScope, independent: Collection[str]
    ) -> None:
        reason = f"{lost.tool} {lost.status}"
        affected = [e for e in await self._ledger.several(digests) if e.digest not in independent]
        for effect in affected:
            if effect.status == "approved":
                await self._ledger.move(effect.digest, "skipped", actor="saga", reason=reason)
        done = [e for e in affected if e.status in HAPPENED or e.status == "compensating"]
        await self._compensator.undo_all(done, scope.principal)

    async def _check_requirements(
        self, effects: Sequence[Effect], scope: EffectScope, independent: Collection[str]
    ) -> Effect | None:
        """Refuse what may not be done now, before anything is done; what then keeps the others back."""
        refused: Effect | None = None
        for effect in effects:
            if effect.status == "approved" and (problem := await self._unmet(effect, scope)):
                closed = await self._ledger.move(
                    effect.digest, "refused", actor="ledger", reason=problem, error=problem
                )
                if effect.digest not in independent:
                    refused = refused or closed
        return refused

    async def _unmet(self, effect: Effect, scope: EffectScope) -> str:
        try:
            tool = self._registry.get(effect.tool)
            if missing := self._registry.missing_handles(tool):
                return f"{tool.name} requires {', '.join(missing)}, which is not open"
            context = self._registry.context_of(effect, scope.principal)
            for need in tool.options.requires:
                if isinstance(need, str):
                    continue
                answer = await self._runner.call(tool, need, context, tool.parse(effect.args))
                if isinstance(answer, str) and answer:
                    return answer
                if answer is False:
                    name = getattr(need, "__name__", "a requirement")
                    return f"{tool.name} may not be called now: {name} does not hold"
        except PodiumError as error:
            return error.message
        return ""
