"""Graphs that give the UI much to show: one speaks 200 tokens a second, one takes many steps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, TypedDict

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langgraph.graph import END, START, MessagesState, StateGraph

TOKENS = 2_000
TOKENS_A_SECOND = 200
LINES = (
    ("Every ", "answer ", "has ", "a ", "**source**, "),
    ("- which ", "is ", "shown ", "beside ", "it.\n"),
)


class Talker(BaseChatModel):
    """Speaks the same words at a steady rate."""

    @property
    def _llm_type(self) -> str:
        return "talker"

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        told = f"{len(messages)} messages"
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=told))])

    async def _astream(self, *_: Any, **__: Any) -> AsyncIterator[ChatGenerationChunk]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in range(TOKENS):
            await asyncio.sleep(began + number / TOKENS_A_SECOND - loop.time())
            line = LINES[number // 20 % 2]
            yield ChatGenerationChunk(message=AIMessageChunk(content=line[number % len(line)]))


async def say(state: MessagesState) -> dict[str, Any]:
    """Answer."""
    return {"messages": [await Talker().ainvoke(state["messages"])]}


class Walk(TypedDict):
    """How far to go, and how far it has gone."""

    steps: int
    done: int


def step(state: Walk) -> dict[str, int]:
    """Go one step on."""
    return {"done": state.get("done", 0) + 1}


def on(state: Walk) -> str:
    """Whether the way goes on."""
    return END if state["done"] >= state["steps"] else "step"


talker = StateGraph(MessagesState).add_node("say", say).add_edge(START, "say").compile()
walker = (
    StateGraph(Walk)
    .add_node("step", step)
    .add_edge(START, "step")
    .add_conditional_edges("step", on, ["step", END])
    .compile()
)
