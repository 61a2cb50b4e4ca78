"""Answers: the last one counts, and it is the word of whoever the run speaks for."""

from __future__ import annotations

from typing import TypedDict

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.config import get_config
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command, interrupt

from podium.graphs.answers import CONFIG_KEY_BROUGHT, Brought, answers_given, brought_with


class State(TypedDict, total=False):
    heard: str


@pytest.fixture
def graph() -> CompiledStateGraph[State, None, State, State]:
    """Asks until the run's own answer is `done`; what it took an answer for is what it asks next."""

    def ask(state: State) -> State:
        earlier, question = answers_given() - 1, "first"
        while True:
            answer = interrupt(question)
            if earlier > 0:
                earlier -= 1
                continue
            brought = brought_with(get_config()["configurable"])
            if answer == "done":
                return {"heard": answer}
            question = f"{answer} by {brought.run_id if brought and brought.has(answer) else 'nobody'}"

    builder = StateGraph(State)
    builder.add_node("ask", ask)
    builder.add_edge(START, "ask")
    builder.add_edge("ask", END)
    return builder.compile(InMemorySaver())


def asked(
    graph: CompiledStateGraph[State, None, State, State],
    said: str | None,
    run: str = "",
    *,
    named: bool = False,
) -> str:
    """What is asked after a run said something."""
    config: RunnableConfig = {"configurable": {"thread_id": "t"}}
    resume: object = said
    if named:
        resume = {graph.get_state(config).interrupts[0].id: said}
    if run:
        config["configurable"][CONFIG_KEY_BROUGHT] = Brought(run, resume)
    graph.invoke({} if said is None else Command(resume=resume), config)
    return str(graph.get_state(config).interrupts[0].value)


@pytest.mark.parametrize("named", [False, True])
def test_equal_words_of_different_people_are_different_answers(
    graph: CompiledStateGraph[State, None, State, State], named: bool
) -> None:
    assert asked(graph, None) == "first"
    assert asked(graph, "yes", "one", named=named) == "yes by one"
    assert asked(graph, "no", "two", named=not named) == "no by two"
    assert asked(graph, "yes", "three", named=named) == "yes by three"
    assert asked(graph, "yes", "four", named=not named) == "yes by four"


def test_a_run_that_brings_nothing_speaks_for_nobody(
    graph: CompiledStateGraph[State, None, State, State],
) -> None:
    asked(graph, None)
    assert asked(graph, "yes") == "yes by nobody"
    config: RunnableConfig = {"configurable": {"thread_id": "t", CONFIG_KEY_BROUGHT: {"value": "yes"}}}
    graph.invoke(None, config)
    assert graph.get_state(config).interrupts[0].value == "yes by nobody"
