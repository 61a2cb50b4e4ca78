"""LangChain tools behind the ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.tools import StructuredTool, tool

from podium.core.errors import ActionError
from podium.storage.database import Database
from podium.tools import Toolbox, from_langchain


@tool
def add(a: int, b: int = 2) -> int:
    """Add two numbers."""
    return a + b


async def test_a_foreign_tool_is_irreversible_and_runs_once_approved(
    database: Database, desk_of: Callable[..., Any]
) -> None:
    desk = desk_of()
    desk.toolbox = Toolbox([from_langchain(add)], database)
    assert desk.toolbox.get("add").effect == "irreversible"
    assert desk.toolbox.specs()[0].description == "Add two numbers."
    done = await desk.do("add", a=1)
    assert (done.status, done.result) == ("succeeded", 3)
    with pytest.raises(ActionError, match="no argument 'c'"):
        await desk.propose("add", a=1, c=3)


async def test_a_tool_described_by_json_schema(database: Database, desk_of: Callable[..., Any]) -> None:
    async def act(**given: Any) -> dict[str, Any]:
        return given

    schema = {"type": "object", "properties": {"class": {"type": "string"}, "n": {}}, "required": ["class"]}
    foreign = StructuredTool(name="act", description="Act.", args_schema=schema, coroutine=act)
    desk = desk_of()
    desk.toolbox = Toolbox([from_langchain(foreign)], database)
    assert (await desk.do("act", **{"class": "first"})).result == {"class": "first"}
    with pytest.raises(ActionError, match="'class' is missing"):
        await desk.propose("act", n=1)
