"""Rolling a thread back: the outside effects first, newest first, then the state, as a new branch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from podium.app.embedded import EmbeddedThreads, Point, place
from podium.app.results import RollbackReport, UndoView
from podium.app.threads import ThreadReader, unique
from podium.core.effects import HAPPENED, is_undoable
from podium.core.principal import Principal

if TYPE_CHECKING:
    from podium.graphs.build import PodiumGraph
    from podium.runtime.runs import RunService
    from podium.tools.ledger import Effect
    from podium.tools.toolbox import Toolbox

KEPT_ELSEWHERE = (
    "The state is kept by the saver of another graph: go back to the checkpoint there,"
    " such as by invoking that graph from it."
)
UNSETTLED = frozenset({"compensating", "compensation_in_doubt", "compensation_failed", "in_doubt", "started"})


class Rollbacks:
    """Rolls threads back.

    Args:
        graph: The compiled graph.
        service: Holds threads.
        threads: Reads them.
        toolbox: Knows and undoes effects.
        embedded: Knows and branches the threads of other graphs.
    """

    def __init__(
        self,
        graph: PodiumGraph,
        service: RunService,
        threads: ThreadReader,
        toolbox: Toolbox,
        embedded: EmbeddedThreads,
    ) -> None:
        self._graph = graph
        self._service = service
        self._threads = threads
        self._toolbox = toolbox
        self._embedded = embedded

    async def roll_back(
        self, thread_id: str, to: str, principal: Principal, *, dry_run: bool
    ) -> RollbackReport:
        """Undo what came after a checkpoint.

        Run again after a crash it goes on where it stopped; run twice it does nothing the second time.
        """
        thread = await self._threads.resolve(thread_id)
        if dry_run:
            target, effects, _ = await self._affected(thread, to)
            views = tuple(_planned(effect) for effect in effects)
            complete = all(view.undoable for view in views)
            return RollbackReport(
                thread_id=thread,
                to=target.checkpoint_id,
                dry_run=True,
                undone=views,
                complete=complete,
                note=await self._note(thread, target),
            )
        async with self._service.lease(thread):
            target, effects, later = await self._affected(thread, to)
            before = {effect.digest: effect for effect in effects}
            undoable = [effect for effect in effects if is_undoable(effect.effect_class)]
            after = await self._toolbox.compensate(
                [effect.digest for effect in undoable], principal=principal.id
            )
            now = {**before, **{effect.digest: effect for effect in after}}
            views = tuple(_outcome(before[digest], now[digest]) for digest in before)
            await self._toolbox.withdraw(thread, later, principal=principal.id)
            head = await self._branch(thread, target)
            await self._service.rest(thread)
        return RollbackReport(
            thread_id=thread,
            to=target.checkpoint_id,
            dry_run=False,
            undone=views,
            checkpoint_id=head,
            note=await self._note(thread, target),
            complete=all(view.after == "compensated" for view in views),
        )

    async def _affected(self, thread: str, to: str) -> tuple[Point, list[Effect], set[str]]:
        """The checkpoint, the effects after it that are in force, newest first, and what is after it."""
        points = await self._threads.points(thread)
        known = {point.checkpoint_id: point for point in points}
        hint = f"'podium threads history {thread}' shows them."
        target = known[unique(to, list(known), "checkpoint", hint)]
        parents = {point.checkpoint_id: point.parent_id for point in points}
        later = later_than(target.checkpoint_id, points[0].checkpoint_id, parents)
        effects = await self._toolbox.thread_effects(thread)
        affected = [
            effect
            for effect in effects
            if effect.checkpoint_id in later and (effect.status in HAPPENED or effect.status in UNSETTLED)
        ]
        return target, list(reversed(affected)), later

    async def _note(self, thread: str, target: Point) -> str:
        if not await self._threads.is_embedded(thread):
            return ""
        kept_here = await self._embedded.can_fork(thread, target.checkpoint_id)
        return "" if kept_here else KEPT_ELSEWHERE

    async def _branch(self, thread: str, target: Point) -> str:
        """A new head with the values of the checkpoint; the old branch stays.

        Returns:
            Its id; empty where the state is not the app's to branch.
        """
        if await self._threads.is_embedded(thread):
            return await self._embedded.fork(thread, target.checkpoint_id)
        done = not target.next
        config = place(thread, target.checkpoint_id)
        if done:
            written = await self._graph.aupdate_state(config, {"stopped": ""}, as_node="respond")
        else:
            written = await self._graph.aupdate_state(config, None, as_node="__copy__")
        return str(written["configurable"]["checkpoint_id"])


def later_than(target: str, head: str, parents: Mapping[str, str]) -> set[str]:
    """The checkpoints whose tasks happened after the target, seen from the head.

    These are the target and all that grew from it, and what lies on the head's branch above the point
    where it left the target's. A task that both branches share happened before the target.

    Args:
        target: Where to go back to.
        head: Where the thread is.
        parents: The parent of every checkpoint; empty for the first.
    """
    children: dict[str, list[str]] = {}
    for child, parent in parents.items():
        children.setdefault(parent, []).append(child)
    later, todo = set[str](), [target]
    while todo:
        here = todo.pop()
        later.add(here)
        todo += children.get(here, [])
    shared = set(_line(target, parents))
    for here in _line(head, parents):
        if here in shared:
            break
        later.add(here)
    return later


def _line(start: str, parents: Mapping[str, str]) -> Iterator[str]:
    """A checkpoint and its ancestors."""
    here = start
    while here:
        yield here
        here = parents.get(here, "")


def _planned(effect: Effect) -> UndoView:
    undoable = is_undoable(effect.effect_class)
    return UndoView(
        digest=effect.digest,
        tool=effect.tool,
        target=effect.target,
        effect=effect.effect_class,
        before=effect.status,
        after="compensated" if undoable else effect.status,
        undoable=undoable,
        message="would be undone" if undoable else "cannot be undone",
    )


def _outcome(before: Effect, after: Effect) -> UndoView:
    undone = after.status == "compensated"
    return UndoView(
        digest=before.digest,
        tool=before.tool,
        target=before.target,
        effect=before.effect_class,
        before=before.status,
        after=after.status,
        undoable=is_undoable(before.effect_class),
        message="undone" if undone else after.error or "cannot be undone",
    )
