"""On whose behalf a turn looks things up: of whoever asked, also when somebody else has it go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from podium.core.labels import Reads, reads_of

if TYPE_CHECKING:
    from podium.core.principal import Principal
    from podium.graphs.context import GraphContext
    from podium.graphs.node import RunScope
    from podium.graphs.state import PodiumState


class Askers(Protocol):
    """Knows who asked."""

    async def of(self, thread_id: str, run_id: str) -> Principal:
        """Who asked for the turn that a run admitted."""
        ...


async def reads_in(state: PodiumState, context: GraphContext, scope: RunScope) -> Reads:
    """What the turn may read.

    The state names the run that admitted the turn, and no more: who asked is in that run's record, which
    neither a run's configuration nor a change of the state reaches.

    Args:
        state: The state.
        context: Knows who asked.
        scope: Where the turn runs.
    """
    own = context.principal.tenant
    if context.askers is None or not scope.stored:
        return reads_of(scope.principal, own)
    run_id = str((state.get("turn") or {}).get("run_id", ""))
    return reads_of(await context.askers.of(scope.thread_id, run_id), own)
