"""consult: asks one specialist; what it contributes goes through the guardrails like all evidence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from langchain_core.runnables.config import merge_configs, var_child_runnable_config
from langgraph.config import get_config
from langgraph.runtime import Runtime
from pydantic_core import to_jsonable_python

from podium.agents.briefing import Advice, Briefing, Tools
from podium.agents.contracts import Statement, StepResult
from podium.core.errors import ActionError, AgentUnavailable
from podium.core.evidence import Citation, Evidence
from podium.core.ids import derived_id
from podium.core.labels import Reads, reading
from podium.core.plan import Plan
from podium.core.tool import ToolCall, ToolOutput
from podium.core.verdict import Verdict
from podium.graphs.asker import reads_in
from podium.graphs.context import GraphContext
from podium.graphs.conversation import history_of
from podium.graphs.metering import Meter
from podium.graphs.node import NodeFunction, RunScope, spent
from podium.graphs.reading import read
from podium.graphs.screening import blocking, check_call, check_evidence
from podium.graphs.state import PodiumState, Update
from podium.graphs.turn import Turn

if TYPE_CHECKING:
    from podium.agents.specialist import Specialist


def consult(specialist: Specialist) -> NodeFunction:
    """The node function that asks a specialist; its name is the agent's.

    Args:
        specialist: Whom to ask.
    """

    async def node(state: PodiumState, context: GraphContext, scope: RunScope) -> Update:
        return await _consult(specialist, state, context, scope)

    node.__name__ = specialist.name
    return node


async def _consult(
    specialist: Specialist, state: PodiumState, context: GraphContext, scope: RunScope
) -> Update:
    turn = Turn.model_validate(state["turn"])
    meter = Meter()
    tools, noted = await _tools(specialist, turn, context, scope)
    reads = await reads_in(state, context, scope)
    try:
        with _watched(specialist.name, meter, scope), reading(reads):
            advice = await specialist.consult(_briefing(specialist, state, turn, context), tools)
        digests, proposed = await _propose(tools, specialist.name, turn, context, scope)
    except AgentUnavailable as error:
        scope.emit({"kind": "note", "node": specialist.name, "data": {"text": error.message}})
        return {"degraded": [f"agent:{specialist.name}"], "usage": spent(meter.usage), "verdicts": noted}
    found = _evidence(advice, specialist, reads)
    kept, verdicts = await check_evidence(context, found)
    scope.emit({"kind": "evidence", "data": {"sources": sorted({item.source for item in kept})}})
    return {
        "evidence": [item.model_dump(mode="json") for item in kept],
        "verdicts": [*noted, *(item.model_dump(mode="json") for item in (*verdicts, *proposed))],
        "actions": digests,
        "usage": spent(meter.usage),
        **_answered(specialist, kept, state),
        **_handed_over(advice, specialist),
    }


def _briefing(specialist: Specialist, state: PodiumState, turn: Turn, context: GraphContext) -> Briefing:
    """The turn as far as the agent reads it; the conversation is folded only for who wants it."""
    reads = specialist.reads
    plan = state.get("plan")
    handovers = [item["message"] for item in state.get("handovers", ()) if item["to"] == specialist.name]
    evidence = state.get("evidence", ()) if "evidence" in reads else ()
    return Briefing(
        request=turn.text,
        history=history_of(state, turn.id, context.history_tokens) if "history" in reads else (),
        evidence=tuple(Evidence.model_validate(item) for item in evidence),
        plan=Plan.model_validate(plan) if plan and "plan" in reads else None,
        feedback=tuple(state.get("feedback", ())),
        message=handovers[-1] if handovers else "",
        today=turn.started_at[:10],
        turn_id=turn.id,
    )


async def _tools(
    specialist: Specialist, turn: Turn, context: GraphContext, scope: RunScope
) -> tuple[Tools, list[dict[str, Any]]]:
    """What the agent may call, and where verdicts on its calls are noted."""
    noted: list[dict[str, Any]] = []
    place = scope.effect_scope(turn.id, specialist.name, context.policy.version)

    async def read_noted(call: ToolCall) -> ToolOutput:
        output, verdicts = await read(call, place, context, scope)
        noted.extend(verdict.model_dump(mode="json") for verdict in verdicts)
        return output

    contract = specialist.contract
    if contract.calls:
        await context.toolbox.open()
    specs = context.toolbox.specs(allowed=context.policy.allows) if contract.calls else ()
    return Tools(specialist.name, specs, contract.calls or (), contract.trust, read_noted), noted


async def _propose(
    tools: Tools, name: str, turn: Turn, context: GraphContext, scope: RunScope
) -> tuple[list[str], list[Verdict]]:
    """Put what the agent proposed into the ledger; the critique and the policy decide about it."""
    digests: list[str] = []
    noted: list[Verdict] = []
    place = scope.effect_scope(turn.id, name, context.policy.version)
    for call in tools.proposed:
        verdicts = await check_call(context, call)
        noted += verdicts
        if blocked := blocking(verdicts):
            raise AgentUnavailable(f"agent {name!r}: {call.tool} is not proposed: {blocked}")
        scope.require_stored()
        try:
            effect = await context.toolbox.propose(call, place)
        except ActionError as error:
            raise AgentUnavailable(f"agent {name!r}: {error.message}") from error
        digests.append(effect.digest)
        data = {"digest": effect.digest, "tool": effect.tool, "status": effect.status}
        scope.emit({"kind": "action", "data": data})
    return digests, noted


def _evidence(advice: Advice, specialist: Specialist, reads: Reads) -> list[Evidence]:
    """What the agent found for whoever asked, and said; none of it trusted further than the agent."""
    trust = specialist.contract.trust
    found = [item.model_copy(update={"trust": trust}) for item in advice.evidence if reads(item.access)]
    if advice.text:
        said = Evidence(
            id=derived_id("advice", specialist.name, advice.text),
            source=specialist.name,
            title=specialist.name,
            text=advice.text,
            end=len(advice.text),
            score=1.0,
            trust=trust,
        )
        found.insert(0, said)
    return found


def _answered(specialist: Specialist, kept: list[Evidence], state: PodiumState) -> Update:
    """The agent's words as the draft: each open answer quotes them, so that the critic can judge it."""
    plan = state.get("plan")
    if not specialist.contract.answers or not plan or not kept:
        return {}
    statements = tuple(
        Statement(
            text=item.text,
            citations=(
                Citation(
                    source=item.source,
                    start=item.start,
                    end=item.end,
                    quote=item.text,
                    evidence_id=item.id,
                    title=item.title,
                    date=item.date,
                ),
            ),
        )
        for item in kept
    )
    steps = [step for step in Plan.model_validate(plan).steps if step.kind in ("answer", "clarify")]
    results = {
        step.id: StepResult(step=step.id, status="done", statements=statements).model_dump(mode="json")
        for step in steps
    }
    return {"results": results}


def _handed_over(advice: Advice, specialist: Specialist) -> Update:
    if advice.hand_over is None:
        return {}
    target = advice.hand_over
    return {"handovers": [{"from": specialist.name, "to": target.to, "message": target.message}]}


@contextmanager
def _watched(name: str, meter: Meter, scope: RunScope) -> Iterator[None]:
    """Count the model calls of a block, and pass on what it streams as the agent's."""
    config = merge_configs(get_config(), {"callbacks": [meter]})
    configurable = dict(config.get("configurable", {}))

    def emit(event: Any) -> None:
        scope.emit(
            {"kind": "agent", "node": name, "data": {"event": to_jsonable_python(event, fallback=str)}}
        )

    # LangGraph has no public name for the key under which it passes its runtime to a task.
    for key, value in configurable.items():
        if isinstance(value, Runtime):
            configurable[key] = replace(value, stream_writer=emit)
    token = var_child_runnable_config.set({**config, "configurable": configurable})
    try:
        yield
    finally:
        var_child_runnable_config.reset(token)
