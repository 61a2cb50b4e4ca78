"""What a served run did outside, taken back when the run is rolled back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from podium.core.effects import HAPPENED, is_undoable

if TYPE_CHECKING:
    from podium.graphs.context import GraphContext
    from podium.storage.run_requests import RunRequest


def undoing(context: GraphContext) -> Callable[[RunRequest], Awaitable[None]]:
    """What undoes the effects of a run that can be undone, newest first.

    The others stay as they are, and on record, and so do those that the policy leaves to some roles: a run is
    rolled back on the word of anybody who may approve. A thread has one active run at a time, so what was
    started in it since the run began is the run's.

    Args:
        context: What the app's graphs are built with.
    """
    toolbox = context.toolbox

    async def undo(run: RunRequest) -> None:
        began = run.started_at or ""
        effects = await toolbox.thread_effects(run.thread_id)
        its = [
            effect.digest
            for effect in effects
            if effect.status in HAPPENED
            and is_undoable(effect.effect_class)
            and not context.policy.approvers(effect.tool, effect.effect_class)
            and (effect.started_at or "") >= began
        ]
        if its:
            await toolbox.compensate(its, principal=run.owner)

    return undo
