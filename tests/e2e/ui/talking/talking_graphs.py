"""Graphs that are not Podium's: one that talks, one with a form, two that ask a person."""

from __future__ import annotations

import asyncio
import operator
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any, Literal

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, AnyMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.types import interrupt
from typing_extensions import TypedDict

TOKENS_A_SECOND = 200
PARAGRAPH = 60
POLL_S = 0.02
PATIENCE_S = 120


class Talker(BaseChatModel):
    """Asked for "N words", says so many, 200 a second; anything else it repeats.

    Of "N words, from M on when NAME" it says M, and the rest when a file of that name is beside this one.
    """

    @property
    def _llm_type(self) -> str:
        return "talker"

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        text = "".join(_words(str(messages[-1].content)))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=text))])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **_: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        asked = str(messages[-1].content)
        held, gate = _held(asked)
        begun = time.monotonic()
        for count, word in enumerate(_words(asked)):
            if count == held:
                await _there(gate)
            await asyncio.sleep(max(0.0, begun + count / TOKENS_A_SECOND - time.monotonic()))
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=word))
            if run_manager is not None:
                await run_manager.on_llm_new_token(word, chunk=chunk)
            yield chunk


def _held(asked: str) -> tuple[int, Path]:
    """After how many words to hold on, and the file that is waited for; -1 for never."""
    found = re.search(r", from (\d+) on when ([\w-]+)$", asked)
    here = Path(__file__).parent
    return (int(found[1]), here / found[2]) if found else (-1, here)


async def _there(file: Path) -> None:
    """Wait for a file."""
    for _ in range(int(PATIENCE_S / POLL_S)):
        if await asyncio.to_thread(file.exists):
            return
        await asyncio.sleep(POLL_S)
    raise TimeoutError(f"nobody made {file.name}")


def _words(asked: str) -> list[str]:
    count = asked.partition(" words")[0]
    if not count.isdigit():
        return [f"You said: {asked}"]
    return [
        f"word{place}{chr(10) * 2 if place % PARAGRAPH == 0 else ' '}" for place in range(1, int(count) + 1)
    ]


class Talk(TypedDict):
    """A conversation."""

    messages: Annotated[list[AnyMessage], add_messages]


async def _talk(state: Talk) -> dict[str, Any]:
    return {"messages": [await Talker().ainvoke(state["messages"])]}


class Stop(TypedDict):
    """A place on the way."""

    place: str
    nights: int


class Trip(TypedDict, total=False):
    """What is to be planned, and the plan."""

    city: str
    pace: Literal["calm", "busy"]
    stops: list[Stop]
    plan: str


class TripInput(TypedDict):
    """What is to be planned."""

    city: str
    pace: Literal["calm", "busy"]
    stops: list[Stop]


def _plan(state: Trip) -> Trip:
    nights = sum(stop["nights"] for stop in state.get("stops", []))
    return {"plan": f"{state['city']}, {state['pace']}, {nights} nights"}


class Asked(TypedDict, total=False):
    """A question and its answer."""

    question: str
    answer: Any
    log: Annotated[list[str], operator.add]


def _ask(state: Asked) -> Asked:
    return {"answer": interrupt({"question": state.get("question", "")})}


def _review(state: Asked) -> Asked:
    request = {"name": "send_letter", "args": {"to": "ada", "text": state.get("question", "")}}
    config = {"action_name": "send_letter", "allowed_decisions": ["approve", "edit", "reject"]}
    return {"answer": interrupt({"action_requests": [request], "review_configs": [config]})}


def _of(state: Any, name: str, node: Any, **schemas: Any) -> Any:
    graph = StateGraph(state, **schemas)
    graph.add_node(name, node)
    graph.add_edge(START, name)
    graph.add_edge(name, END)
    return graph.compile()


talker = _of(Talk, "talk", _talk)
trip = _of(Trip, "plan", _plan, input_schema=TripInput)
asks = _of(Asked, "ask", _ask)
reviews = _of(Asked, "review", _review)
