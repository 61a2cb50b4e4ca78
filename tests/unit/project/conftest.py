from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from podium.core.loading import load_module
from podium.tools.context import ActionContext
from podium.tools.loader import load_tools
from podium.tools.tool import Tool

TOOLS = Path(__file__).parents[3] / "tools"
IN_FORCE = (
    "SELECT * FROM customers ORDER BY 1",
    "SELECT * FROM products ORDER BY 1",
    "SELECT * FROM orders ORDER BY 1",
    "SELECT * FROM refunds WHERE status != 'voided' ORDER BY 1",
    "SELECT * FROM returns WHERE status != 'withdrawn' ORDER BY 1",
    "SELECT * FROM credits WHERE status != 'reversed' ORDER BY 1",
)


@pytest.fixture(scope="session")
def world() -> ModuleType:
    """`tools/world.py`, loaded as the engine loads it."""
    return load_module(TOOLS / "world.py")


@pytest.fixture(scope="session")
def tools() -> dict[str, Tool]:
    """The tools of the project, loaded as the engine loads them."""
    return {tool.name: tool for tool in load_tools([TOOLS])}


@pytest.fixture(scope="session")
def fresh_world(world: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop as it is after the first start; tests copy it and leave it alone."""
    path = tmp_path_factory.mktemp("world") / "shop.db"
    world.open_world(path)
    return path


@pytest.fixture
def shop(world: ModuleType, fresh_world: Path, tmp_path: Path) -> Any:
    """A shop of the test's own."""
    world.copy_world(fresh_world, tmp_path / "shop.db")
    return world.open_world(tmp_path / "shop.db")


class Desk:
    """Calls the project's tools on one shop, as the ledger would."""

    def __init__(self, shop: Any, tools: Mapping[str, Tool]) -> None:
        self.shop = shop
        self._tools = tools

    def effect(self, tool: str) -> str:
        return str(self._tool(tool).effect)

    def args(self, tool: str, **args: Any) -> Any:
        return self._tool(tool).parse(args)

    def call(self, tool: str, key: str = "key", **args: Any) -> Any:
        return self._tool(tool).run(self._context(key), self.args(tool, **args))

    def preview(self, tool: str, **args: Any) -> Any:
        return self._tool(tool).options.preview(self._context(), self.args(tool, **args))

    def undo(self, tool: str, result: Any, **args: Any) -> Any:
        return self._tool(tool).options.compensate(self._context("undo"), self.args(tool, **args), result)

    def verify(self, tool: str, result: Any, **args: Any) -> Any:
        return self._tool(tool).options.verify(self._context(), self.args(tool, **args), result)

    def reconcile(self, tool: str, **args: Any) -> Any:
        return self._tool(tool).options.reconcile(self._context(), self.args(tool, **args))

    def target(self, tool: str, **args: Any) -> str:
        return str(self._tool(tool).target(self.args(tool, **args)))

    def _tool(self, name: str) -> Any:
        return self._tools[name]

    def _context(self, key: str = "key") -> ActionContext:
        return ActionContext(idempotency_key=key, handles={"shop": self.shop})

    def business(self) -> list[tuple[Any, ...]]:
        """What holds in the shop now; what was voided, reversed or withdrawn is history."""
        with self.shop.reading() as db:
            return [tuple(row) for query in IN_FORCE for row in db.execute(query)]


@pytest.fixture
def desk(shop: Any, tools: dict[str, Tool]) -> Desk:
    """The tools of the project on a shop of the test's own."""
    return Desk(shop, tools)
