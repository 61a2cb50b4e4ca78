"""A process that is killed, at any moment, loses nothing that it was told is stored."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from podium.storage import Database, PodiumSaver

WRITER = """
import sys
from podium.storage import Database
mode, path = sys.argv[1:]
ensure = "INSERT INTO threads(thread_id, created_at, updated_at) VALUES (?, '', '')"
database = Database.open(path)
for number in range(1_000_000):
    if mode == "statement":
        database.execute(ensure, (str(number),))
    elif mode == "transaction":
        database.write(lambda connection: connection.execute(ensure, (str(number),)))
    elif mode == "durable":
        database.write(lambda connection: connection.execute(ensure, (str(number),)), durable=True)
    else:
        database.submit(lambda connection: connection.execute(ensure, (str(number),))).result()
    print(number, flush=True)
"""

GRAPH = """
import operator, sys
from typing import Annotated, TypedDict
from langgraph.graph import END, START, StateGraph
from podium.storage import Database, PodiumSaver

class State(TypedDict):
    count: Annotated[int, operator.add]

builder = StateGraph(State)
builder.add_node("step", lambda state: {"count": 1})
builder.add_edge(START, "step")
builder.add_edge("step", END)
with Database.open(sys.argv[1]) as database:
    graph = builder.compile(checkpointer=PodiumSaver(database))
    config = {"configurable": {"thread_id": "t"}}
    while True:
        print(graph.invoke({"count": 0}, config, durability="sync")["count"], flush=True)
"""


def kill_after(code: str, arguments: list[str], lines: int) -> list[int]:
    """Run a program, kill it while it is at work after so many lines of output; the numbers it printed."""
    command = [sys.executable, "-c", code, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        printed = [int(process.stdout.readline()) for _ in range(lines)]
        os.kill(process.pid, signal.SIGKILL)
        printed += [int(line) for line in process.stdout.read().splitlines() if line]
        assert process.wait(10) == -signal.SIGKILL
    return printed


def integrity(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        answer: str = connection.execute("PRAGMA integrity_check").fetchone()[0]
        return answer


@pytest.mark.parametrize("mode", ["statement", "transaction", "durable", "submitted"])
def test_an_acknowledged_write_survives_sigkill(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "podium.db"
    acknowledged = kill_after(WRITER, [mode, str(path)], random.Random(mode).randint(50, 400))
    assert integrity(path) == "ok"
    with Database.open(path) as database:
        rows = database.read(lambda c: c.execute("SELECT thread_id FROM threads").fetchall())
    stored = {int(row[0]) for row in rows}
    assert stored.issuperset(acknowledged)
    assert len(stored) <= len(acknowledged) + 1


def test_a_thread_goes_on_from_the_last_acknowledged_turn_after_sigkill(tmp_path: Path) -> None:
    path = tmp_path / "podium.db"
    last = kill_after(GRAPH, [str(path)], 20)[-1]
    with Database.open(path) as database:
        head = PodiumSaver(database).get_tuple({"configurable": {"thread_id": "t", "checkpoint_ns": ""}})
    assert head is not None
    assert head.checkpoint["channel_values"]["count"] in {last, last + 1}
