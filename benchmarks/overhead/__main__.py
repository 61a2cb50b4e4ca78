"""CPU per run of the whole graph with instant scripted agents, beside a bare four-node LangGraph graph.

Both run in this process, in turns: in memory (LangGraph's `InMemorySaver` for both), and on SQLite (the
bare graph with the stock saver, the whole graph with Podium's). The whole graph keeps its guardrails,
budget, ledger and telemetry. On SQLite it also stores the events and the audit chain of each run, which in
memory have nowhere to go; what they cost there is shown as `recorded_memory_ms`. Bars: at most 4 times in
memory, at most 2 times on SQLite.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypedDict

from benchmarks.report import report
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph

from podium.agents.prompts import PromptRegistry
from podium.app.recording import RecordSink
from podium.core.clock import SystemClock
from podium.core.crashpoints import NoCrashPoints
from podium.core.ids import new_id
from podium.core.pinned import Pinned
from podium.core.principal import Principal
from podium.core.usage import Budget
from podium.graphs.build import build_graph
from podium.graphs.context import GraphContext
from podium.graphs.in_force import InForce
from podium.graphs.portal import Portal
from podium.guardrails.pipeline import Pipeline
from podium.guardrails.policy import Policy
from podium.storage.audit import AuditLog
from podium.storage.checkpointer import PodiumSaver
from podium.storage.database import Database
from podium.storage.decisions import Decisions
from podium.storage.events import SqlEventLog
from podium.telemetry.telemetry import Telemetry
from podium.testing.scripted import ScriptedAgents
from podium.tools.toolbox import Toolbox

ROUNDS = 9
RUNS = 60


class Bare(TypedDict, total=False):
    """The state of the bare graph."""

    messages: list[Any]
    done: str


async def _step(state: Bare) -> Bare:  # noqa: ARG001 - LangGraph finds the state by its name
    return {"done": "yes"}


def bare_graph(saver: BaseCheckpointSaver[Any]) -> Any:
    """Four nodes in a row."""
    graph = StateGraph(Bare)
    names = ["one", "two", "three", "four"]
    for name in names:
        graph.add_node(name, _step)
    for before, after in zip([START, *names], [*names, END], strict=True):
        graph.add_edge(before, after)
    return graph.compile(checkpointer=saver)


def _sink(database: Database) -> RecordSink:
    return RecordSink(SqlEventLog(database), AuditLog(database), Decisions(database), "default")


def context(folder: Path, saver: BaseCheckpointSaver[Any] | None) -> tuple[GraphContext, Database]:
    """The context of a whole graph with scripted agents."""
    agents, policy = ScriptedAgents(), Policy()
    database = Database.open(folder / "podium.db")
    telemetry = Telemetry(sink=_sink(database))
    made = GraphContext(
        planner=agents,
        retriever=agents,
        executor=agents,
        critic=agents,
        toolbox=Toolbox((), database),
        in_force=Pinned(InForce(policy, Pipeline.from_policy(policy, folder), PromptRegistry.load())),
        telemetry=telemetry,
        budget=Budget(),
        clock=SystemClock(),
        crash_points=NoCrashPoints(),
        principal=Principal("local:bench"),
        portal=Portal(),
        checkpointer=saver or PodiumSaver(database),
    )
    return made, database


async def cpu_of(run: Callable[[], Awaitable[Any]]) -> float:
    """Milliseconds of CPU of this process for one run, over many."""
    began = time.process_time()
    for _ in range(RUNS):
        await run()
    return (time.process_time() - began) / RUNS * 1000


def runs_of(graph: Any, telemetry: Telemetry | None = None) -> Callable[[], Awaitable[Any]]:
    """One run on a new thread; what was seen of it is stored at its end."""

    async def run() -> None:
        await graph.ainvoke(
            {"messages": [HumanMessage("What is the answer?", id=new_id())]},
            {"configurable": {"thread_id": new_id()}},
        )
        if telemetry is not None:
            await telemetry.flush()

    return run


async def measure(folder: Path) -> dict[str, float]:
    """The median of each, taken in turns."""
    whole_memory, first = context(folder / "a", InMemorySaver())
    whole_sqlite, second = context(folder / "b", None)
    async with AsyncSqliteSaver.from_conn_string(str(folder / "stock.db")) as stock:
        work = {
            "bare_memory": runs_of(bare_graph(InMemorySaver())),
            "whole_memory": runs_of(build_graph(replace(whole_memory, telemetry=Telemetry()))),
            "recorded_memory": runs_of(build_graph(whole_memory), whole_memory.telemetry),
            "bare_sqlite": runs_of(bare_graph(stock)),
            "whole_sqlite": runs_of(build_graph(whole_sqlite), whole_sqlite.telemetry),
        }
        taken: dict[str, list[float]] = {name: [] for name in work}
        for run in work.values():
            await cpu_of(run)
        for _ in range(ROUNDS):
            for name, run in work.items():
                taken[name].append(await cpu_of(run))
    first.close()
    second.close()
    return {name: statistics.median(values) for name, values in taken.items()}


def main() -> int:
    """Measure and report."""
    with tempfile.TemporaryDirectory() as name:
        cpu = asyncio.run(measure(Path(name)))
    figures = {
        "memory_ratio": cpu["whole_memory"] / cpu["bare_memory"],
        "sqlite_ratio": cpu["whole_sqlite"] / cpu["bare_sqlite"],
        "whole_memory_ms": cpu["whole_memory"],
        "whole_sqlite_ms": cpu["whole_sqlite"],
        "recorded_memory_ms": cpu["recorded_memory"],
    }
    reference = {"bare_memory_ms": cpu["bare_memory"], "bare_sqlite_stock_ms": cpu["bare_sqlite"]}
    bars = {"memory_ratio": ("<=", 4.0), "sqlite_ratio": ("<=", 2.0)}
    return 0 if report("overhead", figures, reference, bars) else 1


if __name__ == "__main__":
    sys.exit(main())
