"""admit: validates the request, runs the input guardrails and opens the turn."""

from __future__ import annotations

from langchain_core.messages import HumanMessage

from podium.core.clock import to_iso
from podium.graphs.context import GraphContext
from podium.graphs.conversation import current_message, event_of, memory_of, text_of
from podium.graphs.node import RunScope, reset_usage
from podium.graphs.screening import check_text
from podium.graphs.state import STATE_VERSION, PodiumState, Update, reset
from podium.graphs.turn import Turn


async def admit(state: PodiumState, context: GraphContext, scope: RunScope) -> Update:
    """Open a turn for the user's last message; what earlier turns left behind is put away."""
    message = current_message(state)
    checked = await check_text(context, "input", text_of(message))
    turn = Turn(
        id=message.id or scope.run_id,
        run_id=scope.run_id,
        text=checked.value,
        event=event_of(message),
        principal=scope.asker.id,
        tenant=scope.asker.tenant,
        started_at=to_iso(context.clock.now()),
    )
    return {
        **_cleaned(message, checked.value),
        "schema_version": STATE_VERSION,
        **_remembered(state, turn.id, context.history_tokens),
        "turn": turn.model_dump(mode="json"),
        "plan": {},
        "evidence": reset([]),
        "results": reset({}),
        "actions": reset([]),
        "verdicts": reset([verdict.model_dump(mode="json") for verdict in checked.verdicts]),
        "critique": {},
        "confidence": {},
        "decision": {},
        "review": {},
        "loops": {},
        "feedback": reset([]),
        "usage": reset_usage(),
        "stopped": "",
        "degraded": reset([]),
        **({"handovers": reset([])} if state.get("handovers") else {}),
        **({"rounds": reset({})} if state.get("rounds") else {}),
        "outcome": {},
    }


def _remembered(state: PodiumState, turn_id: str, tokens: int) -> Update:
    memory = memory_of(state, turn_id, tokens).model_dump(mode="json")
    return {} if memory["through"] == (state.get("memory") or {}).get("through", "") else {"memory": memory}


def _cleaned(message: HumanMessage, text: str) -> Update:
    """The message without what a guardrail took out, so that later turns do not meet it in the history."""
    if message.id is None or text == text_of(message):
        return {}
    return {"messages": [message.model_copy(update={"content": text})]}
