"""What graphs of all kinds are described as."""

from __future__ import annotations

import typing
from dataclasses import dataclass
from typing import Annotated, Any, NotRequired

import pytest
from langchain_core.messages import AnyMessage
from langgraph.func import entrypoint
from langgraph.graph import StateGraph
from langgraph.graph.message import add_messages
from pydantic import BaseModel

from podium.graphs.json_schemas import schemas_of


class Dict(typing.TypedDict):
    """A state of a dictionary."""

    messages: Annotated[list[AnyMessage], add_messages]
    count: NotRequired[int]


class Loose(typing.TypedDict, total=False):
    """What it takes."""

    count: int


class Pydantic(BaseModel):
    """A state of pydantic."""

    count: int = 1


@dataclass
class Data:
    """A state of a dataclass, and a context."""

    count: int = 1


class Odd:
    """What pydantic knows nothing of."""


class Strange(typing.TypedDict):
    """A state of it."""

    odd: Odd


def graph_of(state: Any, **more: Any) -> Any:
    return StateGraph(state, **more).add_node("a", lambda _: {}).set_entry_point("a").compile()


def keys(schema: Any) -> set[str]:
    return set(schema["properties"])


def test_a_typed_dict_tells_what_it_needs() -> None:
    found = schemas_of(graph_of(Dict, input_schema=Loose), "g")
    assert keys(found["state_schema"]) == {"messages", "count"}
    assert found["state_schema"]["required"] == ["messages"]
    assert keys(found["input_schema"]) == {"count"}
    assert "required" not in found["input_schema"]
    assert found["graph_id"] == "g"


@pytest.mark.parametrize("state", [Pydantic, Data])
def test_other_states_are_described_too(state: Any) -> None:
    found = schemas_of(graph_of(state), "g")
    assert keys(found["state_schema"]) == keys(found["output_schema"]) == {"count"}


def test_a_context_is_described() -> None:
    found = schemas_of(graph_of(Dict, context_schema=Data), "g")
    assert keys(found["context_schema"]) == keys(found["config_schema"]) == {"count"}
    assert schemas_of(graph_of(Dict), "g")["context_schema"] is None


def test_a_function_that_is_a_graph_is_described() -> None:
    @entrypoint()
    def work(given: int) -> str:
        return str(given)

    found = schemas_of(work, "g")
    assert found["input_schema"]["type"] == "integer"
    assert found["state_schema"] is not None


def test_what_cannot_be_described_has_no_schema() -> None:
    found = schemas_of(graph_of(Strange), "g")
    assert found["state_schema"] is None
    assert found["graph_id"] == "g"
