"""Having a case's conversation with a project, and what is seen of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from podium.app.results import Decision, Reply, StreamEvent
from podium.core.effects import HAPPENED
from podium.core.errors import InputError, ThreadInterrupted
from podium.core.model import JsonObject
from podium.evals.case import Case, Turn
from podium.evals.observation import ActionSeen, CitedSpan, Observation, Retrieved

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from podium.app.podium import Podium
    from podium.tools.ledger import Effect

INTERRUPT = "__interrupt__"
_KEPT = ("node", "plan", "agent", "evidence", "action", "confidence", "interrupt", "note", "error")
"""The events that a trace holds; the rest is in the replies."""


class Conversation:
    """One case's conversation, and everything that is seen in it.

    Args:
        app: The project, opened for this case alone.
    """

    def __init__(self, app: Podium) -> None:
        self._app = app
        self._thread: str | None = None
        self._replies: list[Reply] = []
        self._told: list[JsonObject] = []
        self._trace: list[JsonObject] = []
        self._trajectory: list[str] = []
        self._retrieved: dict[str, Retrieved] = {}
        self._reads: list[ActionSeen] = []
        self._rules: list[str] = []
        self._spent: list[Reply] = []
        """The last reply to each of the user's messages."""
        self._checkpoints: list[str] = []
        """Where the thread stood after each of the user's messages was dealt with."""

    async def play(self, case: Case) -> Observation:
        """Have the whole conversation.

        Args:
            case: The case.

        Raises:
            InputError: Its input is no text.
        """
        if not case.turns and not isinstance(case.input, str):
            raise InputError(
                f"a project takes a text, and the input is a {type(case.input).__name__}",
                hint="Write the input as a text, or the conversation as turns.",
            )
        turns = case.turns or (Turn(user=str(case.input)),)
        for turn in turns:
            if not await self._take(turn):
                break
        return await self._observed()

    async def _take(self, turn: Turn) -> bool:
        """Take one turn; whether the conversation can go on."""
        if turn.user is not None:
            try:
                await self._follow(self._app.stream(turn.user, thread_id=self._thread), asked=True)
            except ThreadInterrupted:
                self._note("the thread waits for a person, so this message was not taken", turn.user)
                return False
            return True
        if turn.decision == "rollback":
            await self._roll_back(turn)
            return True
        if self._thread is None or not self._replies or not self._replies[-1].interrupts:
            self._note("nothing waits for a decision", str(turn.decision))
            return True
        assert turn.decision is not None  # noqa: S101 - a turn has either
        decision = Decision(kind=turn.decision, args=turn.args, message=turn.message)
        await self._follow(self._app.resume_stream(self._thread, decision), asked=False)
        return True

    async def _follow(self, events: AsyncGenerator[StreamEvent, None], *, asked: bool) -> None:
        async for event in events:
            self._thread = event.thread_id
            if event.kind == "node" and event.data.get("phase") == "start":
                self._trajectory.append(event.node)
            if event.kind == "reply":
                await self._replied(Reply.model_validate(event.data), asked=asked)
            elif event.kind in _KEPT:
                self._trace.append({"kind": event.kind, "node": event.node, "data": event.data})

    async def _replied(self, reply: Reply, *, asked: bool) -> None:
        self._replies.append(reply)
        self._told.append(reply.model_dump(mode="json", exclude_defaults=True))
        if reply.interrupts:
            self._trajectory.append(INTERRUPT)
        if asked or not self._spent:
            self._spent.append(reply)
            self._checkpoints.append(reply.checkpoint_id)
        else:
            self._spent[-1] = reply
            self._checkpoints[-1] = reply.checkpoint_id
        await self._look_inside(reply.thread_id)

    async def _look_inside(self, thread: str) -> None:
        """What the state of the turn shows beyond the reply."""
        snapshot = await self._app.graph.aget_state({"configurable": {"thread_id": thread}})
        values: dict[str, Any] = snapshot.values
        for item in sorted(values.get("evidence") or (), key=lambda one: -one.get("score", 0.0)):
            self._retrieved.setdefault(item["id"], _retrieved(item))
        for verdict in values.get("verdicts") or ():
            if verdict["outcome"] != "pass" and verdict["rule"] not in self._rules:
                self._rules.append(verdict["rule"])
        for result in (values.get("results") or {}).values():
            for output in result.get("outputs") or ():
                seen = ActionSeen(
                    tool=output["call"]["tool"],
                    args=output["call"].get("args") or {},
                    status="succeeded" if output.get("ok") else "failed",
                )
                if seen not in self._reads:
                    self._reads.append(seen)
        self._reads += [seen for seen in self._refused(values) if seen not in self._reads]

    def _refused(self, values: Mapping[str, Any]) -> Iterator[ActionSeen]:
        """The calls that a plan wanted and a tool's preview would not have: they come to no effect."""
        results = values.get("results") or {}
        classes = {spec.name: spec.effect for spec in self._app.context.toolbox.specs()}
        for step in (values.get("plan") or {}).get("steps") or ():
            result = results.get(step["id"]) or {}
            nothing = not (result.get("outputs") or result.get("calls"))
            if step["kind"] == "act" and result.get("status") == "failed" and nothing:
                effect = classes.get(step["tool"], "")
                yield ActionSeen(
                    tool=step["tool"], args=step.get("args") or {}, effect=effect, status="refused"
                )

    async def _roll_back(self, turn: Turn) -> None:
        if self._thread is None:
            self._note("there is nothing to roll back", "rollback")
            return
        keep = len(self._checkpoints) - 1 if turn.to is None else min(turn.to, len(self._checkpoints))
        if keep > 0:
            to = self._checkpoints[keep - 1]
        else:
            to = (await self._app.history(self._thread))[-1].checkpoint_id
        report = await self._app.rollback(self._thread, to=to)
        self._told.append({"rollback": report.model_dump(mode="json")})
        del self._checkpoints[max(keep, 0) :]

    def _note(self, text: str, turn: str) -> None:
        self._trace.append({"kind": "note", "node": "", "data": {"text": text, "turn": turn}})

    async def _observed(self) -> Observation:
        last = self._replies[-1] if self._replies else None
        costs = [reply.usage.cost for reply in self._spent]
        sure = last.confidence if last is not None else None
        return Observation(
            output=last.answer if last is not None else None,
            status=last.status if last is not None else "",
            route=sure.route if sure is not None else "",
            confidence=sure.score if sure is not None else None,
            uncalibrated=sure.uncalibrated if sure is not None else None,
            reasons=sure.reasons if sure is not None else (),
            citations=tuple(_cited(last)) if last is not None else (),
            retrieved=tuple(self._retrieved.values()),
            actions=(*self._reads, *await self._effects()),
            trajectory=tuple(self._trajectory),
            escalated=any(reply.interrupts for reply in self._replies),
            guardrails=tuple(self._rules),
            degraded=any(reply.degraded for reply in self._replies),
            replies=tuple(self._told),
            seconds=round(sum(reply.usage.seconds for reply in self._spent), 6),
            steps=sum(reply.usage.steps for reply in self._spent),
            model_calls=sum(reply.usage.model_calls for reply in self._spent),
            input_tokens=sum(reply.usage.input_tokens for reply in self._spent),
            output_tokens=sum(reply.usage.output_tokens for reply in self._spent),
            cost=None if None in costs else sum(cost for cost in costs if cost is not None),
            trace=tuple(self._trace),
        )

    async def _effects(self) -> list[ActionSeen]:
        if self._thread is None:
            return []
        toolbox = self._app.context.toolbox
        effects: Sequence[Effect] = await toolbox.thread_effects(self._thread)
        return [
            ActionSeen(
                tool=effect.tool,
                args=effect.args,
                effect=effect.effect_class,
                status=effect.status,
                granted=await self._was_granted(effect),
            )
            for effect in effects
        ]

    async def _was_granted(self, effect: Effect) -> bool | None:
        """Whether a grant was spent on it; None where it never ran."""
        moves = await self._app.context.toolbox.ledger.moves(effect.effect_id)
        starts = [move for move in moves if move.to_status == "started"]
        if not starts:
            return False if effect.status in HAPPENED else None
        return isinstance(starts[0].data, dict) and bool(starts[0].data.get("grant"))


def _retrieved(item: dict[str, Any]) -> Retrieved:
    return Retrieved(id=item["id"], source=item["source"], text=item.get("text", ""), score=item.get("score"))


def _cited(reply: Reply) -> list[CitedSpan]:
    return [
        CitedSpan(source=one.source, start=one.start, end=one.end, quote=one.quote) for one in reply.citations
    ]
