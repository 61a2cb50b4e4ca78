"""The project under another LangGraph server, which loads `langgraph.json` and brings a checkpointer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(300)

SERVER = """
import asyncio, importlib.util, json
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

settings = json.load(open("langgraph.json"))
place, _, name = settings["graphs"]["support_desk"].rpartition(":")
spec = importlib.util.spec_from_file_location("served", place)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)

async def turn(saver, given):
    graph = await getattr(module, name)({"configurable": {"thread_id": "t"}})
    unsaved = graph.checkpointer is None
    graph = graph.copy()
    graph.checkpointer = saver
    state = await graph.ainvoke(given, {"configurable": {"thread_id": "t"}})
    return {
        "unsaved": unsaved,
        "answer": state["messages"][-1].content,
        "interrupts": [item.value["action_requests"] for item in state.get("__interrupt__", ())],
    }

async def main():
    saver = InMemorySaver()
    said = lambda text: {"messages": [{"role": "user", "content": text}]}
    approval = Command(resume={"decisions": [{"type": "approve"}]})
    given = (said("Show order O-10007"), said("Issue a refund for order O-10007"), approval)
    print(json.dumps([await turn(saver, one) for one in given]))

asyncio.run(main())
"""


@pytest.fixture
def turns(desk: Path) -> list[dict[str, Any]]:
    ended = subprocess.run(
        [sys.executable, "-c", SERVER], cwd=desk, env=os.environ, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    found: list[dict[str, Any]] = json.loads(ended.stdout)
    return found


def test_a_plain_server_asks_acts_and_approves(turns: list[dict[str, Any]]) -> None:
    shown, waiting, done = turns
    assert shown["answer"].startswith("Order O-10007: returned")
    assert [request["name"] for request in waiting["interrupts"][0]] == ["issue_refund"]
    assert done["answer"].startswith("Done: issue refund")
    assert all(turn["unsaved"] for turn in turns)
