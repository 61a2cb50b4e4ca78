"""On whose behalf a turn looks things up: of whoever asked, also when somebody else has it go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from podium.core.labels import Reads, reads_of

if TYPE_CHECKING:
    from podium.core.principal import Principal
    from podium.graphs.context import GraphContext
    from podium.graphs.node import RunScope
    from podium.graphs.state import PodiumState

CONFIG_KEY_ASKER: Final = "podium_asker"
"""Where whoever leads a run tells who asked; callers of the server cannot set it."""


class Askers(Protocol):
    """Knows who asked, and who reads the answer."""

    async def of(self, thread_id: str, run_id: str) -> tuple[Principal, ...]:
        """Who asked for the turn that a run admitted, and whose the thread is where that is another."""
        ...


async def reads_in(state: PodiumState, context: GraphContext, scope: RunScope) -> Reads:
    """What the turn may read.

    The state names the run that admitted the turn, and no more: who asked is in that run's record, which
    neither a run's configuration nor a change of the state reaches. What is found
    stands in the thread, so that its owner has to be one who may read it as well.

    Args:
        state: The state.
        context: Knows who asked.
        scope: Where the turn runs.
    """
    own = context.principal.tenant
    if context.askers is None or not scope.stored:
        return reads_of(scope.principal, own)
    run_id = str((state.get("turn") or {}).get("run_id", ""))
    readers = [reads_of(one, own) for one in await context.askers.of(scope.thread_id, run_id)]
    return lambda access: all(may(access) for may in readers)
