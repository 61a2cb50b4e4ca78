"""A graph whose second node says that it runs, and waits until a file lets it go on."""

from __future__ import annotations

import asyncio
import operator
from pathlib import Path
from typing import Annotated, TypedDict

from langgraph.graph import StateGraph

HERE = Path(__file__).parent


class Log(TypedDict):
    """What has been done."""

    log: Annotated[list[str], operator.add]


def first(state: Log) -> Log:
    """Do something that is stored."""
    return {"log": [f"{len(state['log'])} before"]}


async def second(state: Log) -> Log:
    """Say that it runs, then wait."""
    with (HERE / "begun").open("a") as begun:
        begun.write("begun\n")
    while not (HERE / "gate").exists():  # noqa: ASYNC110 - another process makes the file
        await asyncio.sleep(0.01)
    return {"log": [f"{len(state['log'])} before"]}


gated = (
    StateGraph(Log)
    .add_node("first", first)
    .add_node("second", second)
    .set_entry_point("first")
    .add_edge("first", "second")
    .compile()
)
