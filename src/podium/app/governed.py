"""Tools that keep envelope, approval, ledger and undo inside anybody's LangGraph graph."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from langchain_core.messages import BaseMessage, ToolMessage
from langchain_core.runnables import ensure_config
from langchain_core.runnables.config import var_child_runnable_config
from langchain_core.tools import BaseTool
from langgraph.errors import GraphInterrupt
from langgraph.types import interrupt
from pydantic import ValidationError

from podium.core.canonical import canonical_digest
from podium.core.effects import HAPPENED
from podium.core.errors import ActionError, InputError, NoCheckpointer, PodiumError
from podium.core.ids import derived_id
from podium.core.tool import ToolCall
from podium.graphs.answers import PAD, answers_given
from podium.graphs.approving import approve, check_approver, check_named
from podium.graphs.node import RunScope, scope_of
from podium.graphs.review import ReviewDecision, parse_decisions, review_request

if TYPE_CHECKING:
    from podium.app.journal import RunJournal
    from podium.graphs.context import GraphContext
    from podium.tools.effect import Effect
    from podium.tools.scope import EffectScope
    from podium.tools.tool import Tool

_SESSIONS = 256
_ROUNDS = 3
_READ = "__pregel_read"
"""Where LangGraph tells a task its state, and what it was resumed with; there are no public names."""
_called: ContextVar[tuple[str | None, dict[str, Any]]] = ContextVar("podium_governed_call")


@dataclass(slots=True)
class _Session:
    """One execution of one task: its calls share the answers that it was resumed with."""

    pad: object
    given: int
    """The answers that it was resumed with; those before the last one were applied, or not taken."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    drawn: int = 0
    raised: GraphInterrupt | None = None


@dataclass(frozen=True, slots=True)
class _Call:
    scope: RunScope
    place: EffectScope
    turn: dict[str, str]
    session: _Session


class Governor:
    """Takes calls of tools through the ledger of an app.

    Args:
        context: What the app's graphs are built with.
        journal: Records what waits and what ended.
    """

    def __init__(self, context: GraphContext, journal: RunJournal) -> None:
        self.context = context
        self._journal = journal
        self._sessions: OrderedDict[str, _Session] = OrderedDict()

    async def call(self, tool: Tool, args: dict[str, Any], call_id: str | None) -> tuple[bool, Any]:
        """Carry out a call, or ask a person first.

        Args:
            tool: What is called.
            args: Its arguments as they came.
            call_id: The id that the model gave the call.

        Returns:
            Whether it was done, and its result or why not.

        Raises:
            NoCheckpointer: The call changes the world, and nothing stores the graph that makes it.
        """
        context = self.context
        if not context.policy.allows(tool.spec):
            return False, f"The policy does not allow {tool.name}."
        if tool.effect == "read":
            return await self._read(tool, args, call_id)
        call = self._where(tool, args, call_id)
        if not call.scope.led:
            await self._journal.opened(call.scope, call.turn)
        try:
            effect = await self._settled(tool, _tool_call(tool, args), call)
        except ActionError as error:
            return False, error.message
        context.telemetry.effect(effect.tool, effect.status, effect.digest)
        await self._close(call, effect)
        return await self._told(effect)

    async def _read(self, tool: Tool, args: dict[str, Any], call_id: str | None) -> tuple[bool, Any]:
        from podium.tools.scope import EffectScope

        if var_child_runnable_config.get() and PAD in _configurable():
            place = self._where(tool, args, call_id, stored=False).place
        else:
            acting = self.context.principal
            place = EffectScope(acting.tenant, acting.id, "", "", "", "", "", self.context.policy.version)
        try:
            output = await self.context.toolbox.read(_tool_call(tool, args), place)
        except ActionError as error:
            return False, error.message
        return output.ok, output.result if output.ok else output.error

    def _where(self, tool: Tool, args: dict[str, Any], call_id: str | None, *, stored: bool = True) -> _Call:
        config = ensure_config(var_child_runnable_config.get())
        configurable: dict[str, Any] = config.get("configurable", {})
        if PAD not in configurable:
            raise NoCheckpointer(
                f"{tool.name} changes the world and is called outside a graph: it could not be undone",
                hint="Call it in a node of a LangGraph graph that has a checkpointer.",
            )
        scope = scope_of({}, config, self.context)
        if stored:
            scope.require_stored()
        namespace = str(configurable.get("checkpoint_ns", ""))
        if not scope.led:
            path = "/".join(part.partition(":")[0] for part in namespace.split("|"))
            run_id = derived_id(scope.thread_id, namespace)
            scope = replace(scope, run_id=run_id, inside=path)
        turn_id, text, step = _identity(configurable, tool.name, args, call_id, namespace)
        place = scope.effect_scope(turn_id, step, self.context.policy.version)
        turn = {"id": turn_id, "run_id": scope.run_id, "text": text or tool.name.replace("_", " ")}
        return _Call(scope, place, turn, self._session(scope.run_id + namespace, configurable))

    def _session(self, key: str, configurable: Mapping[str, Any]) -> _Session:
        session, pad = self._sessions.get(key), configurable[PAD]
        if session is None or session.pad is not pad:
            session = self._sessions[key] = _Session(pad, answers_given(configurable))
        self._sessions.move_to_end(key)
        while len(self._sessions) > _SESSIONS:
            self._sessions.popitem(last=False)
        return session

    # --- one effect ------------------------------------------------------------------------------

    async def _settled(self, tool: Tool, wanted: ToolCall, call: _Call) -> Effect:
        """The effect of the call when there is no more to do about it."""
        toolbox, version = self.context.toolbox, self.context.policy.version
        error = ""
        for _ in range(_ROUNDS):
            effect = await self._now(await toolbox.propose(wanted, call.place))
            if effect.status in ("proposed", "approved") and effect.policy_version != version:
                effect = await toolbox.renew(effect, call.place, "the policy has changed")
            if effect.status == "proposed":
                if self.context.policy.needs_person(tool.name, tool.effect):
                    effect = await self._asked(effect, call, error)
                else:
                    principal = f"policy:{version}"
                    (effect,) = await toolbox.approve(
                        [effect.digest], principal=principal, policy_version=version
                    )
            if effect.status in ("approved", "started", "in_doubt"):
                (effect,) = await toolbox.commit([effect.digest], call.place)
            if effect.status not in ("expired", "superseded"):
                return effect
            error = effect.error or ""
        return effect

    async def _now(self, effect: Effect) -> Effect:
        """What stands for the effect: a person may have edited it."""
        edits = await self.context.toolbox.edits_of(effect)
        return edits[-1] if edits else effect

    async def _asked(self, effect: Effect, call: _Call, problem: str) -> Effect:
        """The effect once a person has decided about it.

        The calls of a task run side by side and in any order when it is resumed, so an answer counts for
        what the interrupt at its position showed, whichever call draws it.
        """
        session, toolbox = call.session, self.context.toolbox
        error: PodiumError | None = InputError(problem) if problem else None
        async with session.lock:
            asked = await self._journal.asked(call.scope.run_id)
            while True:
                effect = await self._now(await toolbox.ledger.get(effect.digest))
                if effect.status != "proposed":
                    return effect
                answer = await self._answer(effect, call, error)
                shown = asked.get(session.drawn)
                session.drawn += 1
                if session.drawn < session.given:
                    continue
                try:
                    await self._decide(answer, shown, call)
                    error = None
                except (InputError, ActionError) as refused:
                    error = refused

    async def _answer(self, effect: Effect, call: _Call, error: PodiumError | None) -> object:
        session = call.session
        if session.raised is not None:
            raise session.raised
        people = self.context.policy.people(effect.tool, effect.effect_class)
        request = review_request(
            [effect],
            question="May this be done?",
            draft="",
            confidence=None,
            reasons=(),
            evidence=(),
            expires_at=effect.expires_at or "",
            error=error,
            people={effect.digest: people},
            consents=await self.context.toolbox.ledger.consents([effect]) if people > 1 else (),
        )
        try:
            return interrupt({**request, "position": session.drawn})
        except GraphInterrupt as paused:
            session.raised = paused
            if not call.scope.led:
                await self._journal.waits(call.scope, call.turn, tuple(paused.args[0]))
            raise

    async def _decide(self, answer: object, shown: tuple[str, ...] | None, call: _Call) -> None:
        toolbox = self.context.toolbox
        if shown is None:
            waiting = await toolbox.ledger.pending(call.scope.thread_id)
            shown = tuple(effect.digest for effect in waiting if effect.run_id == call.scope.run_id)
            if not _names_digests(answer):
                return  # it belongs to what was decided before, and is on the ledger
        decisions = parse_decisions(answer, shown)
        await check_approver(decisions, self.context, call.scope)
        policy, effects = self.context.policy, await toolbox.effects(shown)
        shared = [one for one in effects if policy.people(one.tool, one.effect_class) > 1]
        check_named(decisions, answer, shared, call.scope)
        for decision in decisions:
            if decision.digest is not None:
                (effect,) = await toolbox.effects([decision.digest])
                if effect.status == "proposed":
                    await self._apply(decision, effect, answer, call)

    async def _apply(self, decision: ReviewDecision, effect: Effect, answer: object, call: _Call) -> None:
        toolbox, principal = self.context.toolbox, call.scope.principal.id
        if decision.type in ("reject", "respond"):
            await toolbox.reject([effect.digest], principal=principal, reason=decision.message)
            return
        if decision.type == "edit":
            if decision.edited_action is None:
                raise InputError("an edit has to give the new arguments", hint="Send edited_action.")
            effect = await toolbox.edit(effect.digest, decision.edited_action.args, call.place)
        await approve([effect.digest], answer, self.context, call.scope)

    # --- telling ---------------------------------------------------------------------------------

    async def _told(self, effect: Effect) -> tuple[bool, Any]:
        if effect.status in HAPPENED and effect.status != "unverified":
            return True, effect.result
        if effect.status == "simulated":
            return True, f"Simulated: {effect.tool} was not carried out."
        if effect.status == "rejected":
            reason = (await self.context.toolbox.ledger.moves(effect.effect_id))[-1].reason
            return False, f"Not done; a person said: {reason}" if reason else "Not done: a person refused."
        return False, f"{effect.tool} is {effect.status}: {effect.error or 'no reason is known'}"

    async def _close(self, call: _Call, effect: Effect) -> None:
        if call.scope.led or call.session.raised is not None:
            return
        waiting = await self.context.toolbox.ledger.pending(call.scope.thread_id)
        if not any(one.run_id == call.scope.run_id for one in waiting):
            outcome = {"status": "completed", "answer": f"{effect.tool}: {effect.status}"}
            await self._journal.closed(call.scope, {"turn": call.turn, "outcome": outcome})


class GovernedTool(BaseTool):
    """A LangChain tool whose calls go through an app's ledger."""

    governor: Any
    inner: Any

    def run(self, tool_input: str | dict[str, Any], *args: Any, **options: Any) -> Any:
        """Call the tool; what it is called with is kept as it came."""
        token = _called.set((options.get("tool_call_id"), self._plain(tool_input)))
        try:
            return super().run(tool_input, *args, **options)
        finally:
            _called.reset(token)

    async def arun(self, tool_input: str | dict[str, Any], *args: Any, **options: Any) -> Any:
        """Like `run`."""
        token = _called.set((options.get("tool_call_id"), self._plain(tool_input)))
        try:
            return await super().arun(tool_input, *args, **options)
        finally:
            _called.reset(token)

    def _plain(self, given: str | dict[str, Any]) -> dict[str, Any]:
        return {next(iter(self.args), "input"): given} if isinstance(given, str) else dict(given)

    def _run(self, *_: Any, **__: Any) -> Any:
        call_id, args = _called.get()
        done, said = self.governor.context.portal.run(self.governor.call(self.inner, args, call_id))
        return self._message(call_id, said, done=done)

    async def _arun(self, *_: Any, **__: Any) -> Any:
        call_id, args = _called.get()
        done, said = await self.governor.call(self.inner, args, call_id)
        return self._message(call_id, said, done=done)

    def _message(self, call_id: str | None, said: Any, *, done: bool) -> Any:
        if done:
            return said
        if call_id is None:
            raise ActionError(str(said))
        return ToolMessage(str(said), name=self.name, tool_call_id=call_id, status="error")


def _configurable() -> Mapping[str, Any]:
    return ensure_config(var_child_runnable_config.get()).get("configurable", {})


def _names_digests(answer: object) -> bool:
    return '"digest"' in json.dumps(answer, default=str)


def _tool_call(tool: Tool, args: dict[str, Any]) -> ToolCall:
    """The call as the toolbox takes it.

    Raises:
        ActionError: An argument has no JSON form.
    """
    try:
        return ToolCall(tool=tool.name, args=args)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise ActionError(f"{tool.name}: {where} has no JSON form") from None


def _identity(
    configurable: Mapping[str, Any], tool: str, args: dict[str, Any], call_id: str | None, namespace: str
) -> tuple[str, str, str]:
    """Turn, its text, and step: the user's message and how many equal calls came before in its turn.

    A call that a replay makes anew, with another id, is the same one therefore. Where the state has no
    such messages, the id of the call counts, else the task.
    """
    said = _messages(configurable)
    for start in range(len(said) - 1, -1, -1):
        human = said[start]
        if human.type == "human" and human.id:
            wanted, before = _sameness(tool, args), 0
            for one in _calls(said[start:]):
                if call_id is not None and one.get("id") == call_id:
                    return human.id, str(human.text), f"{tool}-{before}"
                before += _sameness(one.get("name"), one.get("args")) == wanted
            break
    return call_id or namespace, "", tool


def _sameness(tool: object, args: object) -> str:
    """The same for equal calls; also for those that will be refused, such as one with NaN."""
    try:
        return canonical_digest([tool, args])
    except InputError:
        return repr((tool, args))


def _calls(messages: list[BaseMessage]) -> list[dict[str, Any]]:
    return [dict(call) for message in messages for call in getattr(message, "tool_calls", ())]


def _messages(configurable: Mapping[str, Any]) -> list[BaseMessage]:
    read = configurable.get(_READ)
    try:
        held = read("messages") if read is not None else ()
    except (KeyError, LookupError):
        held = ()
    return [one for one in held or () if isinstance(one, BaseMessage)] if isinstance(held, list) else []
