"""Small graphs without a model."""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AIMessage, AnyMessage
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.types import interrupt


class Steps(TypedDict, total=False):
    """What the four nodes write."""

    text: str
    steps: Annotated[list[str], operator.add]
    seconds: float
    fails: bool


def _node(name: str) -> Any:
    async def node(state: Steps) -> Steps:
        await asyncio.sleep(state.get("seconds") or 0)
        if state.get("fails") and name == "three":
            raise ValueError("three does not like this")
        return {"text": f"{state.get('text', '')}{name[0]}", "steps": [name]}

    return node


def _steps() -> Any:
    graph = StateGraph(Steps)
    names = ("one", "two", "three", "four")
    for name in names:
        graph.add_node(name, _node(name))
    for before, after in zip((START, *names), (*names, END), strict=True):
        graph.add_edge(before, after)
    return graph.compile()


class Asked(TypedDict, total=False):
    """A question and its answer."""

    question: str
    answer: str
    done: bool


def _ask(state: Asked) -> Asked:
    return {"answer": interrupt({"question": state.get("question", "")})}


def _finish(state: Asked) -> Asked:
    return {"done": True}


def _asks() -> Any:
    graph = StateGraph(Asked)
    graph.add_node("ask", _ask)
    graph.add_node("finish", _finish)
    graph.add_edge(START, "ask")
    graph.add_edge("ask", "finish")
    graph.add_edge("finish", END)
    return graph.compile()


class Chat(TypedDict):
    """A conversation."""

    messages: Annotated[list[AnyMessage], add_messages]


def _echo(state: Chat) -> dict[str, Any]:
    return {"messages": [AIMessage(f"echo: {state['messages'][-1].content}")]}


def _chat() -> Any:
    graph = StateGraph(Chat)
    graph.add_node("echo", _echo)
    graph.add_edge(START, "echo")
    graph.add_edge("echo", END)
    return graph.compile()


def _nested() -> Any:
    graph = StateGraph(Asked)
    graph.add_node("inner", _asks())
    graph.add_edge(START, "inner")
    graph.add_edge("inner", END)
    return graph.compile()


steps, asks, chat, nested = _steps(), _asks(), _chat(), _nested()
