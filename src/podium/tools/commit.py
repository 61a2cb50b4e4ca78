"""Carrying out the approved actions of a turn: in the order they need, side by side where they can."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise

from podium.core.effects import HAPPENED, EffectStatus
from podium.core.errors import ActionError, IllegalMove, PodiumError
from podium.tools.equipment import Equipment
from podium.tools.execution import Settler
from podium.tools.ledger import Effect
from podium.tools.scope import EffectScope
from podium.tools.undo import Compensator

SIDE_BY_SIDE = 4
"""How many actions of a turn are under way at a time."""

_TO_SETTLE: frozenset[EffectStatus] = frozenset({"approved", "started", "succeeded", "verify_pending"})
_LOST: frozenset[EffectStatus] = frozenset({"failed", "refused"})
_WAITS: frozenset[EffectStatus] = frozenset({"in_doubt", "unverified", "expired"})
_DONE: frozenset[EffectStatus] = frozenset(
    {"succeeded", "verify_pending", "verified", "irreversible", "simulated"}
)
_OPEN: frozenset[EffectStatus] = _WAITS | {"proposed", "approved", "started"}
"""What may still be done, so that what depends on it waits."""


@dataclass(frozen=True, slots=True)
class Order:
    """How the actions of a turn hang together.

    Attributes:
        after: By digest the actions that have to be done before; None: each after the one proposed before.
        independent: Digests that are done, and stay done, whatever becomes of the others.
        low: Digests that can wait until nothing else is left to do.
    """

    after: Mapping[str, Collection[str]] | None = None
    independent: Collection[str] = ()
    low: Collection[str] = ()


class _Progress:
    """Where a commit stands.

    Args:
        effects: The turn's actions and what they need, in the order in which they were proposed.
        wanted: Those that are to be carried out.
        order: How they hang together.
    """

    def __init__(self, effects: Sequence[Effect], wanted: Collection[str], order: Order) -> None:
        self.order = order
        self.effects = {effect.digest: effect for effect in effects}
        self.running: dict[asyncio.Task[Effect], str] = {}
        self.lost: Effect | None = None
        self.waits = False
        mine = [effect.digest for effect in effects if effect.digest in wanted]
        if order.after is None:
            self._needs: dict[str, Collection[str]] = {}
            reached = [d for d in mine if self.effects[d].status in _TO_SETTLE | _DONE]
            chain = [digest for digest in reached if digest not in order.independent]
            self._needs.update((digest, [before]) for before, digest in pairwise(chain))
        else:
            self._needs = {digest: order.after.get(digest, ()) for digest in mine}
        self.todo = [digest for digest in mine if self.effects[digest].status in _TO_SETTLE]
        for digest in mine:
            self.take(self.effects[digest])

    def take(self, effect: Effect) -> None:
        """Note where one stands."""
        self.effects[effect.digest] = effect
        if effect.digest in self.order.independent:
            return
        if effect.status in _LOST:
            self.lost = self.lost or effect
        self.waits = self.waits or effect.status in _WAITS

    def ready(self) -> list[str]:
        """What may begin now."""
        stopped = self.lost is not None or self.waits
        free = [
            digest
            for digest in self.todo
            if not self.missing(digest) and (not stopped or digest in self.order.independent)
        ]
        urgent = [digest for digest in free if digest not in self.order.low]
        return self._one_per_target(urgent) or ([] if self.running else free[:1])

    def _one_per_target(self, digests: list[str]) -> list[str]:
        """Those whose target nobody is at: actions on one target go in the order of their proposal."""
        taken = {self.effects[digest].target for digest in self.running.values()} - {""}
        found: list[str] = []
        for digest in digests:
            target = self.effects[digest].target
            if target not in taken:
                found.append(digest)
            taken |= {target} - {""}
        return found

    def missing(self, digest: str) -> Effect | None:
        """What has to be done before an action and is not."""
        for other in self._needs.get(digest, ()):
            if (effect := self.effects.get(other)) is not None and effect.status not in _DONE:
                return effect
        return None

    def why_skipped(self, digest: str) -> str:
        """Why an action will not be done any more; empty while it may be."""
        effect = self.effects[digest]
        if effect.status != "approved":
            return ""
        missing = self.missing(digest)
        if missing is not None and missing.status not in _OPEN:
            return f"it needs {missing.tool}, which is {missing.status}"
        if self.lost is not None and digest not in self.order.independent:
            return f"{self.lost.tool} {self.lost.status}"
        return ""


class Saga:
    """Commits a turn's actions; when one fails for good, those before it are undone.

    What it decides it decides from the ledger, so that after a crash it is run again from the start.

    Args:
        equipment: What it works with.
        settler: Carries out one.
        compensator: Undoes what succeeded when another one fails.
    """

    def __init__(self, equipment: Equipment, settler: Settler, compensator: Compensator) -> None:
        self._ledger = equipment.ledger
        self._registry = equipment.registry
        self._runner = equipment.runner
        self._settler = settler
        self._compensator = compensator

    async def commit(
        self, digests: Sequence[str], scope: EffectScope, order: Order | None = None
    ) -> list[Effect]:
        """Carry out what is approved among the digests.

        Everything is checked before the first one starts. When one fails for good, those that have not
        begun are skipped and those before it are undone, except the independent ones. When one needs a
        person (in doubt, not confirmed, no longer approved), those that have not begun wait.

        Args:
            digests: The turn's actions.
            scope: Who commits, and where.
            order: How they hang together.
        """
        order = order or Order()
        needed = [other for others in (order.after or {}).values() for other in others]
        effects = await self._ledger.several([*digests, *needed])
        progress = _Progress(sorted(effects, key=lambda effect: effect.seq), frozenset(digests), order)
        if not scope.simulate and not any(progress.effects[digest].attempts for digest in progress.todo):
            await self._check(progress, scope)
        while True:
            for digest in progress.ready()[: max(0, SIDE_BY_SIDE - len(progress.running))]:
                progress.todo.remove(digest)
                task = asyncio.ensure_future(self._settler.settle(digest, scope))
                progress.running[task] = digest
            if not progress.running:
                break
            await _wait(progress)
        await self._close(progress, scope)
        return await self._ledger.several(digests)

    async def _close(self, progress: _Progress, scope: EffectScope) -> None:
        """Skip what will not be done any more, and undo what may not stand alone."""
        for digest in progress.todo:
            if reason := progress.why_skipped(digest):
                progress.take(
                    await self._ledger.move(digest, "skipped", actor="saga", reason=reason, error=reason)
                )
        if progress.lost is None:
            return
        kept = progress.order.independent
        affected = [e for e in progress.effects.values() if e.digest not in kept]
        done = [e for e in affected if e.status in HAPPENED or e.status == "compensating"]
        await self._compensator.undo_all(done, scope.principal)

    # --- before the first one starts ---------------------------------------------------------------

    async def _check(self, progress: _Progress, scope: EffectScope) -> None:
        """Refuse what may not be done now, before anything is done."""
        for effect in [progress.effects[digest] for digest in progress.todo]:
            if effect.status != "approved":
                continue
            try:
                await self._ledger.check_grant(effect.digest, scope)
                await self._settler.check_unchanged(effect, scope)
                problem = await self._unmet(effect, scope)
            except ActionError as error:
                problem = error
            if problem is not None:
                # Another process may have begun it since it was read; then settling waits for that one.
                with suppress(IllegalMove):
                    progress.take(await self._settler.refuse(effect, problem))
                    progress.todo.remove(effect.digest)

    async def _unmet(self, effect: Effect, scope: EffectScope) -> ActionError | None:
        try:
            tool = self._registry.get(effect.tool)
            if missing := self._registry.missing_handles(tool):
                return ActionError(f"{tool.name} requires {', '.join(missing)}, which is not open")
            context = self._registry.context_of(effect, scope.principal)
            for need in tool.options.requires:
                if isinstance(need, str):
                    continue
                answer = await self._runner.call(tool, need, context, tool.parse(effect.args))
                if isinstance(answer, str) and answer:
                    return ActionError(answer)
                if answer is False:
                    name = getattr(need, "__name__", "a requirement")
                    return ActionError(f"{tool.name} may not be called now: {name} does not hold")
        except PodiumError as error:
            return ActionError(error.message)
        return None


async def _wait(progress: _Progress) -> None:
    """Take in what is finished; an error waits for the others, so that nothing runs unattended."""
    done, _ = await asyncio.wait(progress.running, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        del progress.running[task]
    if any(task.cancelled() or task.exception() for task in done):
        await asyncio.gather(*progress.running, return_exceptions=True)
    for task in done:
        progress.take(task.result())
