"""The context that a graph file gets: of the app that loads it, or of a project opened for another server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from podium.app.factory import CONTEXT_KEY, graph_context
from podium.app.podium import Podium

SERVER = """
import asyncio, json, threading
from podium.app.factory import graph_context

async def main():
    contexts = await asyncio.gather(*(graph_context({}, "graphs/desk.py") for _ in range(3)))
    contexts.append(await graph_context({"configurable": {"thread_id": "t"}}, "graphs/desk.py"))
    print(json.dumps({
        "contexts": len({id(context) for context in contexts}),
        "own_checkpointer": contexts[0].checkpointer is not None,
        "loop_thread": threading.current_thread().name,
        "opened_in": open("opened").read().split(),
    }))

asyncio.run(main())
"""
TOOLS = """
import threading
with open("opened", "a") as file:
    file.write(threading.current_thread().name + "\\n")
"""


async def test_an_app_gives_its_own_context(tmp_path: Path) -> None:
    (tmp_path / "podium.toml").write_text('[project]\nname = "demo"\n', encoding="utf-8")
    async with Podium.from_project(tmp_path) as app:
        given = await graph_context({"configurable": {CONTEXT_KEY: app.context}}, tmp_path / "graphs/desk.py")
        assert given is app.context


def test_for_another_server_the_project_is_opened_once_and_off_its_event_loop(tmp_path: Path) -> None:
    (tmp_path / "podium.toml").write_text('[project]\nname = "demo"\n', encoding="utf-8")
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "noted.py").write_text(TOOLS, encoding="utf-8")
    ended = subprocess.run([sys.executable, "-c", SERVER], cwd=tmp_path, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr.decode()
    found = json.loads(ended.stdout)
    assert found["contexts"] == 1
    assert not found["own_checkpointer"]
    (opened_in,) = found["opened_in"]
    assert opened_in != found["loop_thread"]
