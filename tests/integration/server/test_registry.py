"""The graphs of real folders, opened by a real app and asked through a real server."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langgraph_sdk import get_client

from podium.app.podium import Podium
from podium.app.served import ServedGraphs
from podium.testing.server import Server, served

AGENT = """
from __future__ import annotations

import operator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.graph import StateGraph
from langgraph.runtime import Runtime
from langgraph_sdk.runtime import ServerRuntime


class State(TypedDict):
    said: Annotated[list[str], operator.add]


@dataclass
class Tone:
    word: str = "none"


def builder(word: str) -> StateGraph:
    def answer(state: State) -> State:
        return {"said": [word]}

    return StateGraph(State, context_schema=Tone).add_node(answer).set_entry_point("answer")


compiled = builder("compiled").compile()
plain = builder("plain")


def by_config(config: RunnableConfig):
    return builder("config " + str(config["configurable"].get("colour")))


@asynccontextmanager
async def by_runtime(runtime: ServerRuntime[Tone]):
    running = runtime.execution_runtime
    yield builder(f"{runtime.access_context} {running.context.word if running and running.context else ''}")


async def of_the_app(config: RunnableConfig):
    from podium.app.factory import graph_context

    context = await graph_context(config, __file__)
    return builder("the app's" if context.checkpointer is not None else "another app's")
"""
PLACES = ("compiled", "plain", "by_config", "by_runtime", "of_the_app")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("registry") / "my desk"
    place.mkdir()
    (place / "agent.py").write_text(AGENT, encoding="utf-8")
    graphs = {name: f"./agent.py:{name}" for name in PLACES}
    (place / "langgraph.json").write_text(json.dumps({"graphs": graphs}), encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Server]:
    path = list(sys.path)
    with served(folder) as server:
        yield server
    sys.path[:] = path


async def said(running: Server, graph: str, **options: Any) -> list[str]:
    async with get_client(url=running.url) as client:
        runs: Any = client.runs
        state = await runs.wait(None, graph, input={"said": ["go"]}, **options)
    found: list[str] = state["said"]
    return found


def test_the_project_is_called_as_its_folder_and_keeps_its_data_there(running: Server, folder: Path) -> None:
    assert running.services.app.project.manifest.project.name == "my-desk"
    assert running.services.graphs.names() == PLACES
    assert running.services.graphs.broken == {}
    assert (folder / ".podium" / "podium.db").is_file()


@pytest.mark.parametrize(("graph", "answer"), [("compiled", "compiled"), ("plain", "plain")])
async def test_what_is_made_once_answers(running: Server, graph: str, answer: str) -> None:
    assert await said(running, graph) == ["go", answer]


async def test_a_function_makes_the_graph_from_the_runs_configuration(running: Server) -> None:
    assert await said(running, "by_config", config={"configurable": {"colour": "red"}}) == [
        "go",
        "config red",
    ]
    assert await said(running, "by_config", config={"configurable": {"colour": "blue"}}) == [
        "go",
        "config blue",
    ]


async def test_a_function_is_told_why_it_is_asked_and_with_which_context(running: Server) -> None:
    answer = await said(running, "by_runtime", context={"word": "kind"})
    assert answer == ["go", "threads.create_run kind"]


async def test_a_file_that_asks_for_its_app_gets_the_one_that_serves_it(running: Server) -> None:
    assert await said(running, "of_the_app") == ["go", "the app's"]


async def test_the_reference_projects_graph_is_the_apps_own(root: Path, tmp_path: Path) -> None:
    async with (
        Podium.from_project(root, database=tmp_path / "podium.db") as app,
        ServedGraphs.opened_from(app, strict=True) as graphs,
    ):
        assert graphs.names() == ("support_desk",)
        assert graphs.warnings == ()
        async with graphs.opened("support_desk") as graph:
            assert graph is app.graph
