"""What encryption at rest costs: the same work on a plain database and on one with a key, in turns.

A turn is one of a graph with one node, whose two messages and checkpoints are stored; an event has 500
characters; a search looks through the metadata of 2,000 threads, of which every tenth is meant. The figures
are differences of processor time, which the load of the machine hardly moves.

Bars: a turn costs at most 1.5 ms more, an event stored or read at most 50 microseconds more. An opened
project without a key has neither triggers nor views: it runs what it ran before.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypedDict

from benchmarks.report import report
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages

from podium.core.principal import Access
from podium.storage import Database, PodiumSaver
from podium.storage.encryption.cipher import Cipher
from podium.storage.events import EventRecord, SqlEventLog
from podium.storage.thread_search import ThreadQuery, ThreadSearch

ROUNDS = 20
TURNS = 10
EVENTS = 200
THREADS = 2_000


class State(TypedDict):
    """A conversation."""

    messages: Annotated[list[AnyMessage], add_messages]


def answer(state: State) -> dict[str, Any]:
    """An answer of some length."""
    return {"messages": [AIMessage(f"{len(state['messages'])} " + "answer " * 40)]}


class Desk:
    """One database and what is done with it.

    Args:
        database: The open database.
    """

    def __init__(self, database: Database) -> None:
        builder = StateGraph(State)
        builder.add_node("answer", answer)
        builder.add_edge(START, "answer")
        builder.add_edge("answer", END)
        self._graph: Any = builder.compile(checkpointer=PodiumSaver(database))
        self._log = SqlEventLog(database)
        self._search = ThreadSearch(database)
        self._thread = self._last = 0
        database.write(_threads)

    def turns(self) -> None:
        """Some turns of one conversation."""
        self._thread += 1
        config = {"configurable": {"thread_id": f"t{self._thread}"}}
        for _ in range(TURNS):
            self._graph.invoke({"messages": [HumanMessage("question " * 20)]}, config)

    def append(self) -> None:
        """Events, ten at a time."""
        for _ in range(EVENTS // 10):
            self._last = self._log.append([EventRecord("x", {"text": "x" * 500}) for _ in range(10)])[-1]

    def read(self) -> None:
        """The same events."""
        self._log.read(after=self._last - EVENTS, limit=EVENTS)

    def search(self) -> None:
        """One page of threads by their metadata."""
        query = ThreadQuery(metadata={"colour": "red"})
        page, count = asyncio.run(self._search.page(query, Access("t", None), 10, 0))
        if (len(page), count) != (10, THREADS // 10):
            raise RuntimeError("the search found something else")


def _threads(connection: sqlite3.Connection) -> None:
    for number in range(THREADS):
        told = json.dumps({"colour": "red" if number % 10 == 0 else "blue"})
        connection.execute(
            "INSERT INTO threads(thread_id, tenant, owner, created_at, updated_at, metadata)"
            " VALUES (?,'t','o',?,?,?)",
            (f"n{number}", f"{number:05}", f"{number:05}", told),
        )


def seconds(work: Callable[[], None]) -> float:
    """Processor time that work takes."""
    began = time.process_time()
    work()
    return time.process_time() - began


def measure(desks: dict[str, Desk]) -> dict[str, dict[str, float]]:
    """Median seconds, by kind of work and desk."""
    kinds = ("turns", "append", "read", "search")
    taken: dict[str, dict[str, list[float]]] = {kind: {name: [] for name in desks} for kind in kinds}
    for number in range(ROUNDS + 1):
        for kind in kinds:
            for name, desk in desks.items():
                spent = seconds(getattr(desk, kind))
                if number:  # the first round warms up
                    taken[kind][name].append(spent)
    return {
        kind: {name: statistics.median(values) for name, values in by_desk.items()}
        for kind, by_desk in taken.items()
    }


def main() -> int:
    """Measure, and hold the figures against their bars."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            Database.open(folder / "plain.db") as plain,
            Database.open(folder / "encrypted.db", cipher=Cipher([os.urandom(32)])) as encrypted,
        ):
            found = measure({"plain": Desk(plain), "encrypted": Desk(encrypted)})

    def added(kind: str, scale: float) -> float:
        return (found[kind]["encrypted"] - found[kind]["plain"]) * scale

    figures = {
        "turn_added_ms": added("turns", 1e3 / TURNS),
        "event_stored_added_us": added("append", 1e6 / EVENTS),
        "event_read_added_us": added("read", 1e6 / EVENTS),
        "thread_searched_added_us": added("search", 1e6 / THREADS),
    }
    reference = {
        "turn_ms": found["turns"]["plain"] * 1e3 / TURNS,
        "event_stored_us": found["append"]["plain"] * 1e6 / EVENTS,
        "event_read_us": found["read"]["plain"] * 1e6 / EVENTS,
        "thread_searched_us": found["search"]["plain"] * 1e6 / THREADS,
    }
    bars = {
        "turn_added_ms": ("<=", 1.5),
        "event_stored_added_us": ("<=", 50.0),
        "event_read_added_us": ("<=", 50.0),
        "thread_searched_added_us": ("<=", 50.0),
    }
    return 0 if report("encryption", figures, reference, bars) else 1


if __name__ == "__main__":
    sys.exit(main())
