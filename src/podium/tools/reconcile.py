"""Settling what was left open: broken off, in doubt, not read back, or not confirmed."""

from __future__ import annotations

from dataclasses import dataclass

from podium.core.effects import EffectStatus
from podium.core.errors import ActionError, IllegalMove
from podium.core.model import JsonValue
from podium.tools.equipment import Equipment
from podium.tools.execution import Settler
from podium.tools.ledger import Effect
from podium.tools.undo import Compensator, scope_of

OPEN: tuple[EffectStatus, ...] = (
    "started",
    "in_doubt",
    "succeeded",
    "verify_pending",
    "unverified",
    "compensating",
    "compensation_in_doubt",
)
"""Where an effect may be stuck; `succeeded` only where the tool can read it back."""

FOUND: dict[EffectStatus, tuple[EffectStatus, EffectStatus]] = {
    "in_doubt": ("succeeded", "failed"),
    "unverified": ("verified", "failed"),
    "compensation_in_doubt": ("compensated", "compensation_failed"),
    "compensation_failed": ("compensated", "compensation_failed"),
}
"""Where an effect goes when a person has found that it, or its undoing, happened, or that it did not."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a reconciliation did about one effect.

    Attributes:
        before: The effect as it was found.
        after: The effect as it is now; the same status when nothing could be found out.
    """

    before: Effect
    after: Effect

    @property
    def changed(self) -> bool:
        """Whether anything was found out."""
        return self.before.status != self.after.status


class Reconciler:
    """Asks tools what became of effects that were left open.

    Args:
        equipment: What it works with.
        settler: Settles effects.
        compensator: Goes on with undoings.
    """

    def __init__(self, equipment: Equipment, settler: Settler, compensator: Compensator) -> None:
        self._ledger = equipment.ledger
        self._registry = equipment.registry
        self._equipment = equipment
        self._settler = settler
        self._compensator = compensator

    async def reconcile(self, principal: str, thread_id: str | None = None) -> list[Settlement]:
        """Settle what can be settled without a person, oldest first; what is under way is left alone.

        Args:
            principal: Who asks.
            thread_id: Only this thread; all when None.
        """
        found: list[Settlement] = []
        for effect in await self._ledger.in_status(*OPEN, thread_id=thread_id):
            if self._is_over(effect) or self._equipment.claims.is_held(effect.effect_id):
                continue
            found.append(Settlement(effect, await self._settle(effect, principal)))
        return found

    async def resolve(self, digest: str, happened: bool, principal: str, result: JsonValue = None) -> Effect:
        """Record what a person has found out.

        Args:
            digest: The effect that is in doubt or not confirmed, or whose undoing is.
            happened: Whether it happened; for an undoing, whether that did.
            principal: Who looked.
            result: What the tool would have given back, where that is known.

        Raises:
            IllegalMove: Nobody has to decide about it.
        """
        effect = await self._ledger.get(digest)
        async with self._equipment.alone(effect) as now:
            if now.status not in FOUND:
                raise IllegalMove(
                    f"{now.tool} ({digest[:12]}) is {now.status}: nobody has to decide about it",
                    hint="'podium effects THREAD' shows where each effect stands.",
                )
            to = FOUND[now.status][0 if happened else 1]
            if to == now.status:
                return now
            undoing = now.status.startswith("compensation")
            return await self._ledger.move(
                digest, to, actor=principal, reason="a person looked", result=None if undoing else result
            )

    def _is_over(self, effect: Effect) -> bool:
        """Whether nothing is left to read back of an effect that succeeded."""
        if effect.status not in ("succeeded", "verify_pending"):
            return False
        try:
            return self._registry.get(effect.tool).options.verify is None
        except ActionError:
            return True

    async def _settle(self, effect: Effect, principal: str) -> Effect:
        scope = scope_of(effect, principal)
        match effect.status:
            case "in_doubt":
                async with self._equipment.alone(effect) as now:
                    if now.status == "in_doubt":
                        now = await self._settler.ask_again(now, scope)
                    return await self._settler.verify(now, scope)
            case "unverified":
                async with self._equipment.alone(effect) as now:
                    return await self._settler.verify(now, scope, again=True)
            case "compensating" | "compensation_in_doubt":
                return await self._compensator.resume(effect, principal)
            case _:
                return await self._settler.settle(effect.digest, scope)
