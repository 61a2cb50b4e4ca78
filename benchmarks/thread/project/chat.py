"""Conversations without a model, each turn answered in a few hundred characters.

`chat` keeps its messages as what each turn added, as Podium's own graph does; `stock` is LangGraph's
`MessagesState`, which stores all of them with every turn.
"""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

from langchain_core.messages import AIMessage, AnyMessage
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.graph.message import _messages_delta_reducer

from podium.graphs.channels import GrowingDelta


class Delta(TypedDict):
    """A conversation."""

    messages: Annotated[list[AnyMessage], GrowingDelta(_messages_delta_reducer, snapshot_frequency=50)]


async def answer(state: Any) -> dict[str, Any]:
    """Say as much as was asked."""
    asked = str(state["messages"][-1].content)
    return {"messages": [AIMessage(f"You said: {asked}")]}


def _built(schema: type) -> Any:
    graph: Any = StateGraph(schema)
    graph.add_node("answer", answer)
    graph.add_edge(START, "answer")
    return graph.compile()


chat, stock = _built(Delta), _built(MessagesState)
