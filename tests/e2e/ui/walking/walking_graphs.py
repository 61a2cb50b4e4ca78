"""Graphs that are not Podium's: one with a subgraph, a loop and a person to ask, one with many steps."""

from __future__ import annotations

import operator
import time
from pathlib import Path
from typing import Annotated, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

LOOKS = 3


class Trip(TypedDict, total=False):
    city: str
    notes: Annotated[list[str], operator.add]
    tries: int
    approved: bool


def look(state: Trip) -> Trip:
    """Looks around; in Slowtown not before a file is there."""
    while state["city"] == "Slowtown" and not Path("open-the-gate").exists():
        time.sleep(0.02)
    return {"notes": [f"fair weather in {state['city']}"]}


async def price(state: Trip) -> Trip:
    return {"notes": ["price: 120"]}


async def judge(state: Trip) -> Trip:
    return {"tries": state.get("tries", 0) + 1}


def again(state: Trip) -> str:
    return "look" if state["tries"] < LOOKS else END


async def ask(state: Trip) -> Trip:
    if state["city"] == "Nowhere":
        return {"approved": bool(interrupt({"question": "Really go nowhere?"}))}
    return {"approved": True}


async def book(state: Trip) -> Trip:
    if state["city"] == "Atlantis":
        raise ValueError("Atlantis cannot be reached")
    return {"notes": [f"booked {state['city']}"]}


_research = (
    StateGraph(Trip)
    .add_node(look)
    .add_node(price)
    .add_node(judge)
    .add_edge(START, "look")
    .add_edge(START, "price")
    .add_edge("look", "judge")
    .add_edge("price", "judge")
    .add_conditional_edges("judge", again, ["look", END])
    .compile()
)

trip = (
    StateGraph(Trip)
    .add_node("research", _research)
    .add_node(ask)
    .add_node(book)
    .add_edge(START, "research")
    .add_edge("research", "ask")
    .add_edge("ask", "book")
)


class Count(TypedDict, total=False):
    upto: int
    at: int


async def count(state: Count) -> Count:
    return {"at": state.get("at", 0) + 1}


def further(state: Count) -> str:
    return "count" if state["at"] < state["upto"] else END


counting = (
    StateGraph(Count)
    .add_node(count)
    .add_edge(START, "count")
    .add_conditional_edges("count", further, ["count", END])
)
