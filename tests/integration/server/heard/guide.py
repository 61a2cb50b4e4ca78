"""A graph of others that asks a model, calls a tool and searches; and one that has it inside."""

from __future__ import annotations

from typing import Annotated, Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, SystemMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import tool
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.types import interrupt
from typing_extensions import TypedDict


class Model(BaseChatModel):
    """Says what it was asked, and counts."""

    model: str = "guide-model"

    @property
    def _llm_type(self) -> str:
        return "guide-model"

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        usage = UsageMetadata(input_tokens=7, output_tokens=3, total_tokens=10)
        reply = AIMessage(content=f"Heard: {messages[-1].text}", usage_metadata=usage)
        return ChatResult(generations=[ChatGeneration(message=reply)])


class Books(BaseRetriever):
    """Finds one book."""

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return [Document(page_content=f"About {query}", id="book-1", metadata={"source": "books.md"})]


@tool
def weather(city: str) -> str:
    """Tell the weather."""
    if city == "Atlantis":
        raise ValueError("no such city")
    return f"Sun in {city}"


class Talk(TypedDict):
    """A conversation."""

    messages: Annotated[list[AnyMessage], add_messages]


async def _look(state: Talk) -> dict[str, Any]:
    city = str(state["messages"][-1].text).rpartition(" ")[2]
    found = await Books().ainvoke(city)
    told = await weather.ainvoke({"city": city})
    return {"messages": [SystemMessage(content=f"{told}; {found[0].page_content}")]}


async def _answer(state: Talk) -> dict[str, Any]:
    if "wait" in state["messages"][0].text:
        interrupt("Shall I?")
    return {"messages": [await Model().ainvoke(state["messages"])]}


def _guide() -> Any:
    graph = StateGraph(Talk)
    graph.add_node("look", _look)
    graph.add_node("answer", _answer)
    graph.add_edge(START, "look")
    graph.add_edge("look", "answer")
    graph.add_edge("answer", END)
    return graph.compile()


def _outer() -> Any:
    graph = StateGraph(Talk)
    graph.add_node("inner", _guide())
    graph.add_edge(START, "inner")
    graph.add_edge("inner", END)
    return graph.compile()


guide, outer = _guide(), _outer()
