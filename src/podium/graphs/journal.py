"""Keeping a record of runs that no app leads: of the graph itself, or inside another graph."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Protocol

from langgraph.errors import GraphBubbleUp, GraphInterrupt

from podium.graphs.state import PodiumState, Record, Update

if TYPE_CHECKING:
    from langgraph.types import Interrupt

    from podium.graphs.node import RunScope


class Journal(Protocol):
    """Told how turns begin, pause and end."""

    async def opened(self, scope: RunScope, turn: Record) -> None:
        """A turn was admitted."""
        ...

    async def waits(self, scope: RunScope, turn: Record, interrupts: tuple[Interrupt, ...]) -> None:
        """The turn waits for a person."""
        ...

    async def answered(self, scope: RunScope) -> None:
        """A person has decided, and the turn goes on."""
        ...

    async def closed(self, scope: RunScope, state: PodiumState) -> None:
        """The turn has its outcome."""
        ...

    async def broke_off(self, scope: RunScope, turn: Record, error: BaseException) -> None:
        """The turn failed, or was cancelled."""
        ...


async def journaled(journal: Journal, scope: RunScope, state: PodiumState, work: Awaitable[Update]) -> Update:
    """Do the work of a node, and tell the journal what it means for the turn.

    What happened is told by what the node writes, not by its name, so that it holds for graphs of any shape.

    Args:
        journal: Who is told.
        scope: Where the node runs.
        state: The state that it got.
        work: The node's work.
    """
    turn = state.get("turn") or {}
    try:
        update = await work
    except GraphInterrupt as paused:
        await journal.waits(scope, turn, tuple(paused.args[0]))
        raise
    except GraphBubbleUp:
        raise
    except (Exception, asyncio.CancelledError) as error:
        await asyncio.shield(journal.broke_off(scope, turn, error))
        raise
    if update.get("turn"):
        await journal.opened(scope, update["turn"])
    elif update.get("outcome"):
        merged: PodiumState = {**state, "outcome": update["outcome"]}
        await journal.closed(scope, merged)
    elif update.get("review"):
        await journal.answered(scope)
    return update
