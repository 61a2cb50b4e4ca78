"""Everything that a graph does with tools: read, propose, decide, commit, undo."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

from podium.core.clock import Clock, SystemClock
from podium.core.crashpoints import CrashPoints, NoCrashPoints
from podium.core.errors import ActionError, GrantError
from podium.core.evidence import Provenance
from podium.core.model import JsonObject, JsonValue
from podium.core.tool import ToolCall, ToolOutput, ToolSpec
from podium.tools.claims import Claims
from podium.tools.commit import Order, Saga
from podium.tools.context import ActionContext
from podium.tools.envelope import ActionEnvelope, idempotency_key
from podium.tools.equipment import Equipment
from podium.tools.execution import Settler
from podium.tools.ledger import DEFAULT_EXPIRY_S, Effect, EffectLedger, Watch
from podium.tools.reconcile import Reconciler, Settlement
from podium.tools.registry import ToolRegistry
from podium.tools.runner import Runner
from podium.tools.scope import POLICY_PREFIX, EffectScope
from podium.tools.tool import Tool
from podium.tools.undo import Compensator

if TYPE_CHECKING:
    from podium.storage.database import Database
    from podium.tools.mcp.servers import McpServers


class Toolbox:
    """An app's tools and the ledger of what they did.

    Args:
        tools: The tools, each with a name of its own.
        database: Where the ledger is.
        handles: What the project opened for its tools, by name.
        clock: What time it is.
        crash_points: Told of every call, before and after.
        default_timeout: Seconds for one call of a tool that names no limit.
        expiry: Seconds for which a proposal may be approved, and an approval used.
        servers: What brings further tools once it is started.
        watch: Told of each effect that moved, once that is stored.
        wrap: Given a tool; gives what is called in its place, under the same name.
        simulate: Record what would be done in every thread, and leave the world alone.

    Raises:
        ConfigError: Two tools have the same name.
    """

    def __init__(
        self,
        tools: Iterable[Tool],
        database: Database,
        *,
        handles: Mapping[str, object] | None = None,
        clock: Clock | None = None,
        crash_points: CrashPoints | None = None,
        default_timeout: float = 30.0,
        expiry: float = DEFAULT_EXPIRY_S,
        servers: McpServers | None = None,
        watch: Watch | None = None,
        wrap: Callable[[Tool], Tool] | None = None,
        simulate: bool = False,
    ) -> None:
        clock = clock or SystemClock()
        self.ledger = EffectLedger(database, clock, expiry=expiry, watch=watch)
        self._registry = ToolRegistry(tools, handles, wrap)
        self._servers = servers
        self._simulate = simulate
        self._runner = Runner(default_timeout)
        equipment = Equipment(
            ledger=self.ledger,
            registry=self._registry,
            runner=self._runner,
            claims=Claims(Path(f"{database.path}-claims")),
            clock=clock,
            crash_points=crash_points or NoCrashPoints(),
        )
        settler = Settler(equipment)
        self._compensator = Compensator(equipment, settler)
        self._saga = Saga(equipment, settler, self._compensator)
        self._reconciler = Reconciler(equipment, settler, self._compensator)

    # --- tools -----------------------------------------------------------------------------------

    async def open(self) -> tuple[str, ...]:
        """Start what brings tools of its own, if it does not run yet; `specs` and `get` know them after that.

        Returns:
            Names of the servers that could not be started: the other tools are there.

        Raises:
            ConfigError: A server brings a tool whose name is taken.
        """
        if self._servers is None:
            return ()
        opened = await self._servers.open()
        self._registry.extend(opened.tools)
        return opened.failed

    def extend(self, tools: Iterable[Tool]) -> None:
        """Take further tools in; one takes the place of an earlier one from the same place.

        Raises:
            ConfigError: The name of one is taken.
        """
        self._registry.extend(tools)

    def specs(self, allowed: Callable[[ToolSpec], bool] | None = None) -> tuple[ToolSpec, ...]:
        """What the agents may see of the tools.

        Args:
            allowed: Which ones; all of them by default.
        """
        return self._registry.specs(allowed)

    def get(self, name: str) -> Tool:
        """The tool with the name.

        Raises:
            ActionError: There is none.
        """
        return self._registry.get(name)

    async def read(self, call: ToolCall, scope: EffectScope) -> ToolOutput:
        """Call a tool that changes nothing; what goes wrong is told in the output."""
        try:
            result = await self._read(call, scope)
        except ActionError as error:
            return ToolOutput(call=call, ok=False, error=error.message, code=error.code)
        return ToolOutput(call=call, ok=True, result=result)

    # --- proposing and deciding ------------------------------------------------------------------

    async def propose(self, call: ToolCall, scope: EffectScope) -> Effect:
        """Put an action into the ledger with a preview of what it would change; nothing is changed.

        The same call of the same turn and step gives the effect that is there already.

        Raises:
            ActionError: The tool is unknown or reads only, an argument does not fit, or the preview
                shows that the call would be refused.
        """
        await self.open()
        tool = self._registry.get(call.tool)
        if tool.effect == "read":
            raise ActionError(f"{tool.name} only reads: there is nothing to approve")
        return await self._propose(tool, tool.parse(call.args), call.provenance, scope)

    async def edit(self, digest: str, args: Mapping[str, JsonValue], scope: EffectScope) -> Effect:
        """Propose an action with other arguments in place of the one that waits.

        Args:
            digest: What waits.
            args: All arguments as they should be.
            scope: Who edits, and where.

        Raises:
            ActionError: An argument does not fit, or the preview refuses; what waits goes on waiting.
            GrantError: What was to be edited does not wait any more, or what it would become was decided.
        """
        await self.open()
        old = await self.ledger.get(digest)
        tool = self._registry.get(old.tool)
        parsed = tool.parse(args)
        if old.status == "superseded":
            return await self._edited_before(old, tool.canonical(parsed))
        if old.status not in ("proposed", "approved"):
            raise GrantError(f"{old.tool} ({digest[:12]}) is {old.status} and cannot be edited")
        place = replace(scope, turn_id=old.turn_id, step_id=old.step_id)
        provenance = _edited_provenance(old, args, scope)
        effect = await self._propose(tool, parsed, provenance, place, edited=True)
        if effect.status not in ("proposed", "approved"):
            raise GrantError(
                f"{old.tool} with these arguments is {effect.status} in this turn already",
                hint="Approve or reject the action as it is, or give other arguments.",
            )
        if effect.digest != digest:
            await self.ledger.move(
                digest, "superseded", actor=scope.principal, reason="edited", data={"by": effect.digest}
            )
        return effect

    async def try_edit(self, digest: str, args: Mapping[str, JsonValue], scope: EffectScope) -> Effect:
        """What `edit` would propose; nothing is stored.

        Raises:
            ActionError: An argument does not fit, or the preview refuses.
        """
        await self.open()
        old = await self.ledger.get(digest)
        tool = self._registry.get(old.tool)
        provenance = _edited_provenance(old, args, scope)
        envelope = await self._envelope(tool, tool.parse(args), provenance, scope)
        return replace(
            old,
            digest=envelope.digest,
            idempotency_key=envelope.idempotency_key,
            generation=envelope.generation,
            target=envelope.target,
            args=envelope.args,
            preview=envelope.preview,
            policy_version=envelope.policy_version,
            provenance={key: item.model_dump(mode="json") for key, item in provenance.items()},
            estimated_cost=envelope.estimated_cost,
        )

    async def edits_of(self, effect: Effect) -> list[Effect]:
        """What people made of an action, one edit after the other; empty where nobody edited it."""
        found = [effect]
        while found[-1].status == "superseded":
            data = (await self.ledger.moves(found[-1].effect_id))[-1].data
            if not isinstance(data, dict) or "by" not in data:
                break
            found.append(await self.ledger.get(str(data["by"])))
        return found[1:]

    async def _edited_before(self, old: Effect, args: JsonObject) -> Effect:
        """What an edit made that a crash cut off before anybody heard of it.

        Raises:
            GrantError: It was another edit.
        """
        data = (await self.ledger.moves(old.effect_id))[-1].data
        by = [str(data["by"])] if isinstance(data, dict) and "by" in data else []
        for effect in await self.ledger.several(by):
            if effect.args == args:
                return effect
        raise GrantError(f"{old.tool} ({old.digest[:12]}) is superseded and cannot be edited")

    async def renew(self, effect: Effect, scope: EffectScope, reason: str = "") -> Effect:
        """Propose an action anew, with a preview of now, because its approval would not count any more.

        Args:
            effect: As it was proposed.
            scope: Who proposes, and where; the turn and the step stay those of the effect.
            reason: Why, for one that still waits or is approved.

        Raises:
            ActionError: The preview shows that the call would be refused by now.
        """
        if effect.status in ("proposed", "approved") and effect.thread_id == scope.thread_id:
            await self.ledger.move(
                effect.digest, "expired", actor=scope.principal, reason=reason, error=reason
            )
        call = ToolCall(
            tool=effect.tool,
            args=effect.args,
            provenance=effect.envelope.provenance,
            step=effect.step_id,
        )
        return await self.propose(call, replace(scope, turn_id=effect.turn_id, step_id=effect.step_id))

    async def approve(
        self,
        digests: Sequence[str],
        *,
        principal: str,
        policy_version: str,
        people: Mapping[str, int] | None = None,
        run_id: str = "",
    ) -> list[Effect]:
        """Let each of these actions run once; see `EffectLedger.approve`.

        A person's approval has to fit every digest. A policy's approval is for those that wait, and
        leaves what was decided otherwise as it is. They stay proposed while further people have to approve.

        Raises:
            GrantError: One is unknown, expired, edited or decided otherwise; then none is approved.
        """
        wanted = list(digests)
        if principal.startswith(POLICY_PREFIX):
            wanted = [
                effect.digest
                for effect in await self.ledger.several(wanted)
                if effect.status in ("proposed", "approved")
            ]
        await self.ledger.approve(wanted, principal, policy_version, people=people, run_id=run_id)
        return await self.ledger.several(digests)

    async def reject(self, digests: Sequence[str], *, principal: str, reason: str = "") -> list[Effect]:
        """Close what a person does not want; what is closed already stays as it is."""
        for effect in await self.ledger.several(digests):
            if effect.status in ("proposed", "approved"):
                await self.ledger.move(effect.digest, "rejected", actor=principal, reason=reason)
        return await self.ledger.several(digests)

    async def skip_open(self, thread_id: str, turn_id: str) -> None:
        """Close what a turn proposed and nobody decided or began, because the turn is over."""
        for effect in await self.ledger.in_status("proposed", "approved", thread_id=thread_id):
            if effect.turn_id == turn_id:
                await self.ledger.move(
                    effect.digest, "skipped", actor="turn", reason="the turn ended", error=effect.error
                )

    async def withdraw(self, thread_id: str, checkpoints: Collection[str], *, principal: str) -> None:
        """Take back what was proposed at these checkpoints and not begun; it may be proposed anew."""
        for effect in await self.ledger.in_status("proposed", "approved", thread_id=thread_id):
            if effect.checkpoint_id in checkpoints:
                await self.ledger.move(effect.digest, "expired", actor=principal, reason="rolled back")

    # --- acting ----------------------------------------------------------------------------------

    async def commit(
        self,
        digests: Sequence[str],
        scope: EffectScope,
        *,
        independent: Collection[str] = (),
        order: Order | None = None,
    ) -> list[Effect]:
        """Carry out what is approved; see `Saga.commit`. Safe to call again after any crash.

        A thread that is a fork only simulates, until a person says otherwise; so does every one of a toolbox
        that simulates.

        Args:
            digests: The turn's actions.
            scope: Who commits, and where.
            independent: Digests that stay done whatever becomes of the others.
            order: More of how they hang together, in place of `independent`.
        """
        await self.open()
        if not scope.simulate and (self._simulate or await self.ledger.simulates(scope.thread_id)):
            scope = replace(scope, simulate=True)
        return await self._saga.commit(digests, scope, order or Order(independent=independent))

    async def compensate(self, digests: Sequence[str], *, principal: str) -> list[Effect]:
        """Undo effects, newest first; see `Compensator.undo_all`. Safe to call again after any crash."""
        await self.open()
        return await self._compensator.undo_all(await self.ledger.several(digests), principal)

    def why_not_undone(self, effect: Effect) -> str:
        """Why an effect cannot be undone; empty when it can."""
        return self._compensator.can_undo(effect)

    async def reconcile(self, *, principal: str, thread_id: str | None = None) -> list[Settlement]:
        """Settle what was left open, with the tools' probes; see `Reconciler.reconcile`."""
        await self.open()
        return await self._reconciler.reconcile(principal, thread_id)

    async def resolve(
        self, digest: str, *, happened: bool, principal: str, result: JsonValue = None
    ) -> Effect:
        """Record what a person found out about an effect; see `Reconciler.resolve`.

        Raises:
            IllegalMove: Nobody has to decide about it.
        """
        return await self._reconciler.resolve(digest, happened, principal, result)

    # --- looking ---------------------------------------------------------------------------------

    async def effects(self, digests: Sequence[str]) -> list[Effect]:
        """The effects with these digests, in their order; unknown ones are left out."""
        return await self.ledger.several(digests)

    async def current(self, digests: Sequence[str], thread_id: str) -> list[Effect]:
        """Like `effects`; what the thread has proposed anew since is found by its old digest as well."""
        return await self.ledger.current(digests, thread_id)

    async def thread_effects(self, thread_id: str) -> list[Effect]:
        """All effects of a thread, oldest first."""
        return await self.ledger.effects(thread_id)

    # ---------------------------------------------------------------------------------------------

    async def _read(self, call: ToolCall, scope: EffectScope) -> JsonValue:
        await self.open()
        tool = self._registry.get(call.tool)
        if tool.effect != "read":
            raise ActionError(f"{tool.name} changes the world: it has to be proposed")
        args = tool.parse(call.args)
        async with self._runner.attempt(tool):
            return await self._runner.call(tool, tool.run, self._registry.context(scope), args)

    async def _propose(
        self,
        tool: Tool,
        args: BaseModel,
        provenance: Mapping[str, Provenance],
        scope: EffectScope,
        *,
        edited: bool = False,
    ) -> Effect:
        canonical = tool.canonical(args)
        key, generation, known = await self._identity(tool, canonical, scope)
        again = ("expired", "refused", *(["superseded"] if edited else []))
        if known is not None and known.status not in again:
            return known
        envelope = await self._envelope(tool, args, provenance, scope, (key, generation))
        return await self.ledger.propose(envelope, scope, edited=edited)

    async def _envelope(
        self,
        tool: Tool,
        args: BaseModel,
        provenance: Mapping[str, Provenance],
        scope: EffectScope,
        identity: tuple[str, int] | None = None,
    ) -> ActionEnvelope:
        canonical = tool.canonical(args)
        key, generation = identity or (await self._identity(tool, canonical, scope))[:2]
        context = self._registry.context(scope, key)
        return ActionEnvelope(
            tool=tool.name,
            tool_version=tool.spec.version,
            args=canonical,
            effect=tool.effect,
            target=tool.target(args),
            preview=await self._runner.preview(tool, context, args),
            estimated_cost=await self._cost(tool, args, context),
            idempotency_key=key,
            generation=generation,
            policy_version=scope.policy_version,
            provenance=dict(provenance),
        )

    async def _identity(
        self, tool: Tool, args: JsonObject, scope: EffectScope
    ) -> tuple[str, int, Effect | None]:
        """The key of the call, and the effect that has it; a compensated one is left behind."""
        generation = 0
        while True:
            key = idempotency_key(scope, tool.name, args, generation)
            known = await self.ledger.find(key)
            if known is None or known.status != "compensated":
                return key, generation, known
            generation += 1

    async def _cost(self, tool: Tool, args: BaseModel, context: ActionContext) -> float | None:
        cost = tool.options.cost
        if callable(cost):
            estimate = await self._runner.call(tool, cost, context, args)
            if not isinstance(estimate, int | float):
                raise ActionError(f"{tool.name}: its cost is estimated as {estimate!r}, which is no number")
            return float(estimate)
        return None if cost is None else float(cost)


def _edited_provenance(
    old: Effect, args: Mapping[str, JsonValue], scope: EffectScope
) -> dict[str, Provenance]:
    """Who gave each argument: what the person changed comes from the person."""
    kept = {name: Provenance.model_validate(value) for name, value in old.provenance.items()}
    edited = Provenance(origin="person", source=scope.principal, trust="trusted")
    return {
        name: kept[name] if name in kept and old.args.get(name) == value else edited
        for name, value in args.items()
    }
