"""retrieve: the retriever finds evidence for one step, and the guardrails look at what it found."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from podium.agents.contracts import Critique, HistoryTurn, RetrieveReply, RetrieveRequest
from podium.core.labels import Reads, reading
from podium.core.plan import Plan, Step
from podium.graphs.asker import reads_in
from podium.graphs.context import GraphContext
from podium.graphs.conversation import history_of
from podium.graphs.node import RunScope, degradations, spent
from podium.graphs.parallel import together
from podium.graphs.screening import check_evidence
from podium.graphs.state import PodiumState, Record, Update
from podium.graphs.turn import Turn

RECENT_TURNS = 4
_SHOWN = {"id", "source", "collection", "start", "end", "score", "similarity"}
"""What is recorded of a passage that was found."""


async def retrieve(state: PodiumState, context: GraphContext, scope: RunScope) -> Update:
    """Find evidence for the step that was sent here, or for all of them when none was."""
    steps = steps_of(state)
    turn = Turn.model_validate(state["turn"])
    history = recent_history(state, turn, context)
    gaps, attempt = _gaps(state)
    requests = [
        RetrieveRequest(step=step, request=turn.text, history=history, gaps=gaps, attempt=attempt)
        for step in steps
    ]
    reads = await reads_in(state, context, scope)
    with reading(reads):
        replies = await together(_search(request, context, scope, reads) for request in requests)
    found = [item for reply in replies for item in reply.evidence]
    kept, verdicts = await check_evidence(context, found)
    scope.emit({"kind": "evidence", "data": {"sources": sorted({item.source for item in kept})}})
    return {
        "evidence": [item.model_dump(mode="json") for item in kept],
        "verdicts": [verdict.model_dump(mode="json") for verdict in verdicts],
        "usage": spent(*(reply.usage for reply in replies)),
        "degraded": [*degradations("retriever", replies), *_failed_sources(replies)],
    }


def payload(state: PodiumState, step: Step, context_history: list[Record], beside: int) -> Record:
    """What is sent to one of several parallel retrievals: the step and no more than it needs.

    Args:
        state: The state.
        step: The step.
        context_history: The last few messages.
        beside: How many run side by side; they share what the turn may spend.
    """
    return {
        "step_id": step.id,
        "history": context_history,
        "turn": state["turn"],
        "plan": state["plan"],
        "critique": state.get("critique", {}),
        "loops": state.get("loops", {}),
        "usage": state.get("usage", {}),
        "stopped": state.get("stopped", ""),
        "beside": beside,
    }


def steps_of(state: PodiumState) -> tuple[Step, ...]:
    """The retrieval steps that this task is for."""
    plan = Plan.model_validate(state["plan"])
    step_id: Any = state.get("step_id")
    return plan.of_kind("retrieve") if step_id is None else (plan.step(str(step_id)),)


def recent_history(state: PodiumState, turn: Turn, context: GraphContext) -> tuple[HistoryTurn, ...]:
    """The last few messages: enough to understand a follow-up question."""
    sent: Any = state.get("history")
    if sent is not None:
        return tuple(HistoryTurn.model_validate(item) for item in sent)
    return history_of(state, turn.id, context.history_tokens)[-RECENT_TURNS:]


async def _search(
    request: RetrieveRequest, context: GraphContext, scope: RunScope, reads: Reads
) -> RetrieveReply:
    ids = {"thread_id": scope.thread_id, "run_id": scope.run_id}
    with context.telemetry.span("retrieval", request.step.id, **ids) as span:
        reply = _readable(await context.retriever.retrieve(request), reads)
        hits = [item.model_dump(include=_SHOWN) for item in reply.evidence]
        span.set(query="\n".join(reply.queries), hits=json.dumps(hits), failed=", ".join(reply.failed))
    return reply


def _readable(reply: RetrieveReply, reads: Reads) -> RetrieveReply:
    """What was found, without what an agent of one's own brought that is not for whoever asked."""
    found = tuple(item for item in reply.evidence if reads(item.access))
    return reply.model_copy(update={"evidence": found})


def _failed_sources(replies: Iterable[RetrieveReply]) -> list[str]:
    return list(dict.fromkeys(f"source:{name}" for reply in replies for name in reply.failed))


def _gaps(state: PodiumState) -> tuple[tuple[str, ...], int]:
    critique = state.get("critique")
    gaps = Critique.model_validate(critique).gaps if critique else ()
    return gaps, state.get("loops", {}).get("gather", 0)
