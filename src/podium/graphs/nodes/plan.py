"""plan: the planner turns the request into steps, with tools that the policy opens."""

from __future__ import annotations

from collections.abc import Sequence

from podium.agents.contracts import OpenQuestion, PlanReply, PlanRequest
from podium.core.labels import reading
from podium.core.model import JsonObject
from podium.core.plan import Plan, Step
from podium.graphs.asker import reads_in
from podium.graphs.context import GraphContext
from podium.graphs.conversation import history_of
from podium.graphs.node import RunScope, degradations, spent
from podium.graphs.state import PodiumState, Update, reset
from podium.graphs.turn import Turn


async def plan(state: PodiumState, context: GraphContext, scope: RunScope) -> Update:
    """Make a plan, or another one when earlier attempts were not enough."""
    turn = Turn.model_validate(state["turn"])
    down = await context.toolbox.open()
    tools = context.toolbox.specs(allowed=context.policy.allows)
    held = state.get("open_question")
    request = PlanRequest(
        request=turn.text,
        history=history_of(state, turn.id, context.history_tokens),
        tools=tools,
        open_question=OpenQuestion.model_validate(held) if held else None,
        feedback=tuple(state.get("feedback", ())),
        today=turn.started_at[:10],
    )
    with reading(await reads_in(state, context, scope)):
        reply = await context.planner.plan(request)
    kept = within(reply.plan, {tool.name for tool in tools})
    scope.emit({"kind": "plan", "data": {"steps": [_shown(step) for step in kept.steps]}})
    return _update(kept, reply, state, down)


def within(proposed: Plan, tools: set[str]) -> Plan:
    """The plan without steps for tools that nobody opened.

    An agent is not trusted to keep to the list it was given: a step for another tool becomes a
    question to the user instead of an error, and steps that depend on it stay.
    """
    if all(step.kind != "act" or step.tool in tools for step in proposed.steps):
        return proposed
    steps = tuple(
        step
        if step.kind != "act" or step.tool in tools
        else Step(
            id=step.id,
            kind="clarify",
            instruction="I cannot do that here. What else may I do for you?",
            depends_on=step.depends_on,
        )
        for step in proposed.steps
    )
    return proposed.model_copy(update={"steps": steps})


def _update(kept: Plan, reply: PlanReply, state: PodiumState, down: Sequence[str]) -> Update:
    """A new attempt begins: what the last one came to, and was told, does not speak for this one."""
    verdicts = [verdict for verdict in state.get("verdicts", ()) if verdict["outcome"] != "retry"]
    return {
        "plan": kept.model_dump(mode="json"),
        "results": reset({}),
        "actions": reset([]),
        "verdicts": reset(verdicts),
        "review": {},
        "usage": spent(reply.usage),
        "degraded": [*degradations("planner", [reply]), *(f"server:{name}" for name in down)],
    }


def _shown(step: Step) -> JsonObject:
    shown: JsonObject = {"kind": step.kind, "instruction": step.instruction or step.query, "tool": step.tool}
    return {**shown, "missing": [*step.missing]} if step.missing else shown
