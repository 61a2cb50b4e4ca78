"""The graphs of a folder: what is made once, what is made anew, and what is broken."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypedDict, cast

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import StateGraph
from langgraph.store.memory import InMemoryStore

from podium.app.podium import Podium
from podium.app.project import Project
from podium.app.served import ServedGraphs
from podium.core.errors import ConfigError, UnknownName

AGENT = """
from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.graph import StateGraph

calls = []


class State(TypedDict):
    total: int


builder = StateGraph(State)
builder.add_node("add", lambda state: {"total": state["total"] + 1})
builder.set_entry_point("add")
graph = builder.compile()


def once():
    calls.append("once")
    return graph


@asynccontextmanager
async def held():
    calls.append("opened")
    yield graph
    calls.append("closed")


def anew(config: RunnableConfig):
    calls.append(config["configurable"].get("thread_id"))
    assert config["configurable"]["podium_context"] == "context"
    return builder


def fails(config: RunnableConfig):
    raise RuntimeError("no")
"""


class State(TypedDict):
    total: int


def own_graph(saver: InMemorySaver) -> Any:
    builder = StateGraph(State)
    builder.add_node("answer", lambda state: state)
    builder.set_entry_point("answer")
    return builder.compile(checkpointer=saver, name="own")


def app_in(folder: Path, manifest: str | None = None, graphs: Mapping[str, object] | None = None) -> Podium:
    """What an app has that its graphs are served with; the app itself takes a second to open."""
    (folder / "agent.py").write_text(AGENT, encoding="utf-8")
    if manifest is not None:
        (folder / "podium.toml").write_text(manifest, encoding="utf-8")
    if graphs is not None:
        (folder / "langgraph.json").write_text(json.dumps({"graphs": graphs}), encoding="utf-8")
    saver = InMemorySaver()
    app = SimpleNamespace(
        project=Project.open(folder),
        graph=own_graph(saver),
        checkpointer=saver,
        context="context",
        in_force=nullcontext,
    )
    return cast("Podium", app)


def served(app: Podium, **options: Any) -> AbstractAsyncContextManager[ServedGraphs]:
    return ServedGraphs.opened_from(app, **options)


def calls() -> list[object]:
    (found,) = [
        module.calls
        for name, module in sys.modules.items()
        if name.endswith("_agent") and "podium_project" in name and hasattr(module, "calls")
    ]
    return list(found)


@pytest.fixture(autouse=True)
def _own_imports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))


async def test_the_manifests_graphs_come_first_and_those_that_it_does_not_name_after(tmp_path: Path) -> None:
    manifest = (
        '[project]\nname = "demo"\ndescription = "Answers."\n'
        '[graphs]\nown = "agent.py:lost"\nsecond = "agent.py:anew"\n'
    )
    listed = {"second": {"path": "./nowhere.py:x", "description": "Two"}, "third": "./agent.py:graph"}
    async with served(app_in(tmp_path, manifest, listed)) as graphs:
        assert graphs.names() == ("own", "second", "third")
        assert graphs.broken == {}
        assert [graphs.description(name) for name in graphs.names()] == ["Answers.", "Two", ""]
        async with graphs.opened("own") as own:
            assert own.name == "own"
        for _ in range(2):  # a graph of the manifest is built once, whatever it takes
            async with graphs.opened("second"):
                continue
        assert calls() == [None]


async def test_a_manifest_without_graphs_serves_podiums_own_under_the_projects_name(tmp_path: Path) -> None:
    async with served(app_in(tmp_path, '[project]\nname = "demo"\n')) as graphs:
        assert graphs.names() == ("demo",)


async def test_a_plain_langgraph_json_serves_what_it_names_alone(tmp_path: Path) -> None:
    async with served(app_in(tmp_path, None, {"agent": "./agent.py:graph"})) as graphs:
        assert graphs.names() == ("agent",)


async def test_every_graph_stores_where_the_app_does(tmp_path: Path) -> None:
    listed = {
        "a": "./agent.py:graph",
        "b": "./agent.py:builder",
        "c": "./agent.py:anew",
        "d": "./agent.py:held",
    }
    app, store = app_in(tmp_path, None, listed), InMemoryStore()
    async with served(app, store=store) as graphs:
        for name in graphs.names():
            async with graphs.opened(name) as graph:
                assert graph.checkpointer is app.checkpointer
                assert graph.store is store
                assert graph.name == name


async def test_what_takes_nothing_is_made_once_and_closed_at_the_end(tmp_path: Path) -> None:
    app = app_in(tmp_path, None, {"once": "./agent.py:once", "held": "./agent.py:held"})
    async with served(app) as graphs:
        for name in ("once", "held", "once", "held"):
            async with graphs.opened(name):
                continue
        assert calls() == ["once", "opened"]
    assert calls() == ["once", "opened", "closed"]


async def test_what_takes_the_configuration_is_made_for_every_opening(tmp_path: Path) -> None:
    async with served(app_in(tmp_path, None, {"anew": "./agent.py:anew"})) as graphs:
        given: Any = {"configurable": {"thread_id": "t-1"}}
        async with graphs.opened("anew", given) as first, graphs.opened("anew") as second:
            assert first is not second
        assert calls() == ["t-1", None]
        assert given == {"configurable": {"thread_id": "t-1"}}


async def test_a_broken_graph_leaves_the_others_in_use(tmp_path: Path) -> None:
    listed = {"lost": "./agent.py:lost", "good": "./agent.py:graph", "fails": "./agent.py:fails"}
    async with served(app_in(tmp_path, None, listed)) as graphs:
        assert graphs.names() == ("lost", "good", "fails")
        assert list(graphs.broken) == ["lost"]
        with pytest.raises(ConfigError, match=r"langgraph.json:1: .*agent.py has no 'lost'"):
            async with graphs.opened("lost"):
                raise AssertionError
        with pytest.raises(ConfigError, match=r"agent.py:\d+: RuntimeError: no"):
            async with graphs.opened("fails"):
                raise AssertionError
        async with graphs.opened("good") as graph:
            assert await graph.ainvoke({"total": 1}, {"configurable": {"thread_id": "t"}}) == {"total": 2}


async def test_a_broken_graph_is_raised_where_all_have_to_be_sound(tmp_path: Path) -> None:
    app = app_in(tmp_path, None, {"held": "./agent.py:held", "lost": "./agent.py:lost"})
    with pytest.raises(ConfigError, match="has no 'lost'"):
        async with served(app, strict=True):
            raise AssertionError
    assert calls() == ["opened", "closed"]


async def test_a_graph_that_nobody_named_is_answered_with_those_there_are(tmp_path: Path) -> None:
    async with served(app_in(tmp_path, None, {"a": "./agent.py:graph", "b": "./agent.py:graph"})) as graphs:
        with pytest.raises(UnknownName, match="no graph is called 'c'") as caught:
            async with graphs.opened("c"):
                raise AssertionError
        assert caught.value.hint == "There are: a, b."
        with pytest.raises(UnknownName):
            graphs.description("c")


async def test_opening_a_graph_that_is_kept_costs_next_to_nothing(tmp_path: Path) -> None:
    async with served(app_in(tmp_path, None, {"a": "./agent.py:graph"})) as graphs:
        costs = []
        for _ in range(200):
            began = time.perf_counter()
            async with graphs.opened("a"):
                costs.append(time.perf_counter() - began)
        await asyncio.sleep(0)
    assert sorted(costs)[100] < 0.0001
