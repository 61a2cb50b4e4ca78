"""A toolbox on a real database, a clock that the test moves, and a world that counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from podium.core.tool import ToolCall
from podium.storage.database import Database
from podium.tools import Action, EffectScope, Toolbox

SCOPE = EffectScope(
    tenant="default",
    principal="local:ada",
    thread_id="thread",
    run_id="run",
    turn_id="turn",
    step_id="step",
    checkpoint_id="checkpoint",
    policy_version="1",
)


class MovableClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 6, 30, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def move(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass
class Desk:
    """Drives one toolbox as the graph does."""

    toolbox: Toolbox
    clock: MovableClock
    scope: EffectScope = SCOPE
    calls: list[str] = field(default_factory=list)

    def at(self, **changes: Any) -> EffectScope:
        return replace(self.scope, **changes)

    async def propose(self, tool: str, scope: EffectScope | None = None, **args: Any) -> Any:
        return await self.toolbox.propose(ToolCall(tool=tool, args=args), scope or self.scope)

    async def approve(self, *digests: str, principal: str = "local:ada", policy_version: str = "1") -> Any:
        return await self.toolbox.approve(digests, principal=principal, policy_version=policy_version)

    async def commit(self, *digests: str, **options: Any) -> Any:
        return await self.toolbox.commit(digests, self.scope, **options)

    async def do(self, tool: str, scope: EffectScope | None = None, **args: Any) -> Any:
        """Propose, approve and commit one action; its effect afterwards."""
        effect = await self.propose(tool, scope, **args)
        await self.approve(effect.digest)
        (done,) = await self.toolbox.commit([effect.digest], scope or self.scope)
        return done

    async def trail(self, effect: Any) -> list[str]:
        return [move.to_status for move in await self.toolbox.ledger.moves(effect.effect_id)]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "podium.db") as opened:
        yield opened


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def desk_of(database: Database, clock: MovableClock) -> Callable[..., Desk]:
    """Makes a desk with these actions."""

    def make(*actions: Action[..., Any], handles: dict[str, object] | None = None, **options: Any) -> Desk:
        tools = [action.tool for action in actions]
        toolbox = Toolbox(tools, database, clock=clock, handles=handles, expiry=60.0, **options)
        return Desk(toolbox, clock)

    return make
