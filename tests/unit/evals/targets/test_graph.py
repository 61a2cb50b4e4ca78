from __future__ import annotations

from typing import Any, TypedDict

import pytest
from langchain_core.messages import AIMessage, ToolMessage
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.types import interrupt

from podium.core.errors import ConfigError
from podium.evals.case import Case, Turn
from podium.evals.observation import Observation
from podium.evals.suite import GraphSpec
from podium.evals.targets.graph import GraphTarget
from podium.evals.world import World


class State(TypedDict, total=False):
    text: str
    approved: Any


def _ask(state: State) -> State:
    return {"approved": interrupt({"question": "May I?"})}


def asking() -> Any:
    graph = StateGraph(State)
    graph.add_node("shout", lambda state: {"text": state["text"].upper()})
    graph.add_node("ask", _ask)
    graph.add_edge(START, "shout")
    graph.add_edge("shout", "ask")
    graph.add_edge("ask", END)
    return graph.compile()


def calling(_: dict[str, Any]) -> Any:
    graph = StateGraph(MessagesState)
    call = {"name": "look_up", "args": {"id": "7"}, "id": "t1", "type": "tool_call"}
    usage = {"input_tokens": 10, "output_tokens": 4, "total_tokens": 14}
    graph.add_node(
        "model",
        lambda state: {"messages": [AIMessage("", tool_calls=[call], usage_metadata=usage)]},
    )
    graph.add_node("tools", lambda state: {"messages": [ToolMessage("found", tool_call_id="t1")]})
    graph.add_node("answer", lambda state: {"messages": [AIMessage("It is found.")]})
    graph.add_edge(START, "model")
    graph.add_edge("model", "tools")
    graph.add_edge("tools", "answer")
    graph.add_edge("answer", END)
    return graph


async def run(graph: Any, case: Case, **spec: Any) -> Observation:
    target = GraphTarget(graph, GraphSpec(graph="file.py:graph", **spec))
    await target.open()
    return await target.run(case, World())


async def test_messages_go_in_and_answer_calls_and_tokens_come_out() -> None:
    found = await run(calling, Case(id="c", input="Where is 7?"))
    assert found.output == "It is found."
    assert found.trajectory == ("model", "tools", "answer")
    assert [(call.tool, call.args, call.status) for call in found.actions] == [
        ("look_up", {"id": "7"}, "succeeded")
    ]
    assert (found.model_calls, found.input_tokens, found.output_tokens) == (1, 10, 4)


@pytest.mark.parametrize(("decision", "approved"), [("approve", True), ("reject", False)])
async def test_a_graph_that_waits_is_answered(decision: Any, approved: bool) -> None:
    case = Case(id="c", turns=(Turn(user="hi"), Turn(decision=decision)))
    found = await run(asking(), case, input={"text": "$input"}, output="approved")
    assert found.output is approved
    assert found.trajectory == ("shout", "__interrupt__", "ask")
    assert (found.escalated, found.status) == (True, "completed")


async def test_a_graph_that_still_waits_is_seen_as_interrupted() -> None:
    found = await run(asking(), Case(id="c", input={"text": "hi"}), input="raw", output="text")
    assert (found.output, found.status, found.trajectory[-1]) == ("HI", "interrupted", "__interrupt__")


async def test_cases_do_not_see_each_other() -> None:
    target = GraphTarget(asking(), GraphSpec(graph="file.py:graph", input={"text": "$input"}))
    await target.open()
    for text in ("a", "b"):
        found = await target.run(Case(id=text, input=text), World())
        assert found.output == {"text": text.upper()}


@pytest.mark.parametrize("given", [3, "text", lambda: 3])
async def test_what_is_no_graph_is_refused(given: Any) -> None:
    with pytest.raises(ConfigError, match="and no graph"):
        await GraphTarget(given, GraphSpec(graph="file.py:graph")).open()


@pytest.mark.parametrize("spec", [{"input": "words"}, {"output": "a[["}])
async def test_a_shape_that_does_not_exist_is_refused(spec: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"target\."):
        await run(calling, Case(id="c", input="x"), **spec)
