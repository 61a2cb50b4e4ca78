"""What makes a graph: every form that LangGraph knows, and what is wrong with the others."""

from __future__ import annotations

import functools
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.graph import StateGraph
from langgraph.store.memory import InMemoryStore
from langgraph_sdk.runtime import ServerRuntime

from podium.app.graph_factories import Factory, Opening
from podium.core.errors import ConfigError, InputError

HERE = Path(__file__).resolve()
CONFIG: RunnableConfig = {"configurable": {"size": 3}}


class State(TypedDict):
    total: int


@dataclass
class Setting:
    tone: str


def graph_of(name: str = "made") -> Any:
    builder = StateGraph(State)
    builder.add_node("add", lambda state: {"total": state["total"] + 1})
    builder.set_entry_point("add")
    return builder.compile(name=name)


async def made_by(function: Any, opening: Opening | None = None) -> str:
    async with Factory(function, HERE, "made").opened(opening or Opening(CONFIG)) as graph:
        return str(graph.name)


def plain() -> Any:
    return graph_of()


async def awaited() -> Any:
    return graph_of()


@asynccontextmanager
async def asynchronous() -> AsyncIterator[Any]:
    yield graph_of()


@contextmanager
def synchronous() -> Iterator[Any]:
    yield graph_of()


async def yields_async() -> AsyncIterator[Any]:
    yield graph_of()


def yields() -> Iterator[Any]:
    yield graph_of()


def in_pieces(unused: int = 0, *more: int, **others: int) -> Any:
    del unused, more, others
    return graph_of()


@pytest.mark.parametrize(
    "function",
    [plain, awaited, asynchronous, synchronous, yields_async, yields, in_pieces, functools.partial(plain)],
)
async def test_a_function_of_any_kind_gives_its_graph(function: Any) -> None:
    assert await made_by(function) == "made"
    assert not Factory(function, HERE, "made").varies


async def test_a_graph_that_is_not_compiled_is_compiled() -> None:
    def builder() -> Any:
        return graph_of().builder

    assert await made_by(builder) == "LangGraph"


async def test_what_is_taken_is_told_by_annotation_else_by_name() -> None:
    def annotated(given: RunnableConfig) -> Any:
        return graph_of(str(given["configurable"]["size"]))

    def named(config) -> Any:  # type: ignore[no-untyped-def]  # noqa: ANN001 - told by its name alone
        return graph_of(str(config["configurable"]["size"]))

    def both(runtime: ServerRuntime[Any], *, settings: RunnableConfig) -> Any:
        return graph_of(f"{runtime.access_context} {settings['configurable']['size']}")

    assert await made_by(annotated) == "3"
    assert await made_by(named) == "3"
    assert await made_by(both) == "threads.create_run 3"
    assert Factory(both, HERE, "both").varies


async def test_a_runtime_has_the_context_in_its_own_type_while_a_run_is_carried_out() -> None:
    seen: list[ServerRuntime[Setting]] = []

    async def made(runtime: ServerRuntime[Setting]) -> Any:
        seen.append(runtime)
        return graph_of()

    store = InMemoryStore()
    await made_by(made, Opening(CONFIG, context={"tone": "kind"}, store=store, user="ada"))
    await made_by(made, Opening(CONFIG, "threads.read", context={"tone": "kind"}, store=store))
    running, reading = seen
    assert running.execution_runtime is not None
    assert running.execution_runtime.context == Setting("kind")
    assert running.store is store
    assert str(running.user) == "ada"
    assert reading.execution_runtime is None
    assert reading.access_context == "threads.read"


async def test_a_context_that_does_not_fit_is_the_callers_mistake() -> None:
    def made(runtime: ServerRuntime[Setting]) -> Any:
        return graph_of(runtime.access_context)

    with pytest.raises(InputError, match=r"the context does not fit: .*tone"):
        await made_by(made, Opening(CONFIG, context={"tune": 1}))


def test_what_no_server_gives_is_refused_before_it_is_called() -> None:
    def wants(database: int) -> Any:
        return database

    with pytest.raises(ConfigError, match="made takes 'database', which no server gives") as caught:
        Factory(wants, HERE, "made")
    assert "RunnableConfig" in caught.value.hint


async def test_a_function_that_fails_is_told_with_its_line() -> None:
    def fails() -> Any:
        raise RuntimeError("no\nway")

    @asynccontextmanager
    async def fails_to_open() -> AsyncIterator[Any]:
        raise KeyError("lost")
        yield

    with pytest.raises(ConfigError, match=rf"{HERE}:\d+: RuntimeError: no way"):
        await made_by(fails)
    with pytest.raises(ConfigError, match=rf"{HERE}:\d+: KeyError: 'lost'"):
        await made_by(fails_to_open)


async def test_what_is_no_graph_is_told() -> None:
    with pytest.raises(ConfigError, match="made is a dict, not a graph"):
        await made_by(lambda: {"nodes": []})


@pytest.mark.parametrize("wrap", [asynchronous, synchronous])
async def test_what_was_opened_is_closed_also_when_the_run_fails(wrap: Any) -> None:
    closed: list[str] = []

    async def held_async() -> AsyncIterator[Any]:
        try:
            yield graph_of()
        finally:
            closed.append("async")

    def held() -> Iterator[Any]:
        try:
            yield graph_of()
        finally:
            closed.append("sync")

    function = asynccontextmanager(held_async) if wrap is asynchronous else contextmanager(held)
    with pytest.raises(LookupError, match="the run's own"):
        async with Factory(function, HERE, "held").opened(Opening(CONFIG)):
            raise LookupError("the run's own")
    assert len(closed) == 1


async def test_what_may_block_does_not_hold_up_the_event_loop() -> None:
    threads: list[str] = []

    def blocks() -> Any:
        threads.append(threading.current_thread().name)
        return graph_of()

    await made_by(blocks)
    assert threads != [threading.main_thread().name]
