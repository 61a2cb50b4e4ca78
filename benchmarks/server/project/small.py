"""Graphs without a model: four nodes in a row, one that waits for a person, and one that streams for long."""

from __future__ import annotations

import asyncio
import operator
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langgraph.config import get_stream_writer
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

GATE = Path(__file__).with_name("gate")
PARTS = 20


class State(TypedDict, total=False):
    """What was asked, and who was here."""

    text: str
    log: Annotated[list[str], operator.add]


async def one(state: State) -> State:  # noqa: ARG001 - LangGraph finds the state by its name
    """The first."""
    return {"log": ["one"]}


async def two(state: State) -> State:  # noqa: ARG001
    """The second."""
    return {"log": ["two"]}


async def three(state: State) -> State:  # noqa: ARG001
    """The third."""
    return {"log": ["three"]}


async def last(state: State) -> State:  # noqa: ARG001
    """The fourth."""
    return {"log": ["four"]}


async def ask(state: State) -> State:
    """Wait for a person."""
    return {"log": [interrupt({"question": state["text"]})]}


async def tell(state: State) -> State:  # noqa: ARG001
    """Say one thing, then the others once the gate is open."""
    write = get_stream_writer()
    write({"part": 0})
    while not GATE.exists():  # noqa: ASYNC110 - another process opens it
        await asyncio.sleep(0.5)
    for part in range(1, PARTS):
        write({"part": part})
        await asyncio.sleep(0.05)
    return {"log": ["told"]}


def built(*nodes: Any) -> StateGraph[State]:
    """The nodes in a row."""
    graph = StateGraph(State)
    before = START
    for node in nodes:
        graph.add_node(node.__name__, node)
        graph.add_edge(before, node.__name__)
        before = node.__name__
    return graph


four = built(one, two, three, last).compile()
asks = built(one, ask).compile()
told = built(one, tell).compile()
