"""Rolling a thread back: the outside effects first, newest first, then the state, as a new branch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from podium.app.embedded import EmbeddedThreads, Point, place
from podium.app.results import RollbackReport, UndoView
from podium.app.threads import ThreadReader, unique
from podium.core.audit import AuditEntry
from podium.core.clock import Clock, to_iso
from podium.core.effects import HAPPENED, is_undoable
from podium.core.errors import NotAllowed
from podium.core.model import JsonObject, JsonValue
from podium.core.principal import Principal
from podium.storage.steps import ROLLED_BACK_TO
from podium.telemetry.langsmith import untraced

if TYPE_CHECKING:
    from podium.graphs.build import PodiumGraph
    from podium.guardrails.policy import Policy
    from podium.runtime.runs import RunService
    from podium.storage.audit import AuditLog
    from podium.tools.ledger import Effect
    from podium.tools.toolbox import Toolbox

KEPT_ELSEWHERE = (
    "The state is kept by the saver of another graph: go back to the checkpoint there,"
    " such as by invoking that graph from it."
)
_OVER: Final = {"stopped": ""}
"""What is written to where no turn is under way: nothing is left to do from there."""
_NAMED = "A rollback with --dry-run shows the actions since the checkpoint."
UNSETTLED = frozenset({"compensating", "compensation_in_doubt", "compensation_failed", "in_doubt", "started"})


class Rollbacks:
    """Rolls threads back.

    Args:
        graph: The compiled graph.
        service: Holds threads.
        threads: Reads them.
        toolbox: Knows and undoes effects.
        embedded: Knows and branches the threads of other graphs.
        audit: Keeps that a thread was rolled back, by whom, and what became of its effects.
        clock: Dates that.
        policy: The policy in force, which may leave a tool's actions to some roles.
    """

    def __init__(
        self,
        graph: PodiumGraph,
        service: RunService,
        threads: ThreadReader,
        toolbox: Toolbox,
        embedded: EmbeddedThreads,
        audit: AuditLog,
        clock: Clock,
        policy: Callable[[], Policy],
    ) -> None:
        self._graph = graph
        self._service = service
        self._threads = threads
        self._toolbox = toolbox
        self._embedded = embedded
        self._audit = audit
        self._clock = clock
        self._policy = policy

    async def roll_back(
        self, thread_id: str, to: str, principal: Principal, *, dry_run: bool, only: Sequence[str] = ()
    ) -> RollbackReport:
        """Undo what came after a checkpoint.

        Run again after a crash it goes on where it stopped; run twice it does nothing the second time.

        Args:
            thread_id: The thread, or the start of its id.
            to: The checkpoint, or the start of its id.
            principal: Who asks for it.
            dry_run: Tell what would be done and change nothing.
            only: Digests, or the starts of them, of the effects to undo; the others are kept. All when empty.

        Raises:
            NotAllowed: The policy leaves one of the actions to other roles; nothing was undone.
        """
        thread = await self._threads.resolve(thread_id)
        if dry_run:
            return await self._planned(thread, to, only)
        async with self._service.lease(thread):
            found = await self._affected(thread, to, only)
            before = {effect.digest: effect for effect in found.effects}
            chosen = [digest for digest in before if digest in found.chosen]
            undoable = [digest for digest in chosen if is_undoable(before[digest].effect_class)]
            self._check_right([before[digest] for digest in undoable], principal)
            after = await self._toolbox.compensate(undoable, principal=principal.id)
            now = {**before, **{effect.digest: effect for effect in after}}
            views = tuple(
                self._outcome(before[digest], now[digest], chosen=digest in chosen) for digest in before
            )
            head = found.head
            if chosen or not found.is_there:
                await self._toolbox.withdraw(thread, found.later, principal=principal.id)
                head = await self._branch(thread, found.target)
                await self._service.rest(thread)
                await self._put_on_record(thread, found.target, head, views, principal)
        return RollbackReport(
            thread_id=thread,
            to=found.target.checkpoint_id,
            dry_run=False,
            undone=views,
            checkpoint_id=head,
            note=await self._note(thread, found.target),
            complete=all(now[digest].status == "compensated" for digest in chosen),
        )

    def _check_right(self, effects: Sequence[Effect], principal: Principal) -> None:
        """Who may undo an action is who may approve it."""
        policy = self._policy()
        for effect in effects:
            if not policy.may_approve(principal, effect.tool, effect.effect_class):
                roles = policy.approvers(effect.tool, effect.effect_class)
                raise NotAllowed(
                    f"{principal.id} may not undo {effect.tool}",
                    hint=f"It needs one of the roles: {', '.join(roles)}. --only leaves it as it is.",
                )

    async def _put_on_record(
        self, thread: str, target: Point, head: str, views: Sequence[UndoView], principal: Principal
    ) -> None:
        effects: list[JsonValue] = [
            {"digest": view.digest, "tool": view.tool, "from": view.before, "to": view.after}
            for view in views
        ]
        data: JsonObject = {"to": target.checkpoint_id, "head": head, "effects": effects}
        now = to_iso(self._clock.now())
        entry = AuditEntry("rollback", now, principal.id, data, thread_id=thread, tenant=principal.tenant)
        await self._audit.aappend([entry])

    async def _planned(self, thread: str, to: str, only: Sequence[str]) -> RollbackReport:
        found = await self._affected(thread, to, only)
        views = tuple(
            self._foreseen(effect, chosen=effect.digest in found.chosen) for effect in found.effects
        )
        return RollbackReport(
            thread_id=thread,
            to=found.target.checkpoint_id,
            dry_run=True,
            undone=views,
            complete=all(view.undoable for view in views if view.digest in found.chosen),
            note=await self._note(thread, found.target),
        )

    async def _affected(self, thread: str, to: str, only: Sequence[str]) -> _Affected:
        """The checkpoint, the effects after it that are in force, newest first, and what is after it."""
        points = await self._threads.points(thread)
        known = {point.checkpoint_id: point for point in points}
        hint = f"'podium threads history {thread}' shows them."
        target = known[unique(to, list(known), "checkpoint", hint)]
        parents = {point.checkpoint_id: point.parent_id for point in points}
        later = later_than(target.checkpoint_id, points[0].checkpoint_id, parents)
        since = [e for e in await self._toolbox.thread_effects(thread) if e.checkpoint_id in later]
        named = [unique(digest, [e.digest for e in since], "action", _NAMED) for digest in only]
        in_force = [e for e in since if e.status in HAPPENED or e.status in UNSETTLED]
        return _Affected(
            target=target,
            effects=tuple(reversed(in_force)),
            chosen=frozenset(named or [effect.digest for effect in in_force]),
            later=frozenset(later),
            head=points[0].checkpoint_id,
            is_there=await self._is_back(thread, points[0], target),
        )

    async def _is_back(self, thread: str, head: Point, target: Point) -> bool:
        """Whether the thread's head is a copy of the checkpoint, at which nothing has happened since."""
        if await self._threads.is_embedded(thread):
            return head.rolled_back_to == target.checkpoint_id
        if head.checkpoint_id == target.checkpoint_id:
            return False
        asks_nothing = _asks_nothing(target)
        due = () if asks_nothing else target.next
        if head.parent_id not in (target.checkpoint_id, target.parent_id) or head.next != due:
            return False
        now = await self._graph.aget_state(place(thread))
        then = await self._graph.aget_state(place(thread, target.checkpoint_id))
        return not now.interrupts and now.values == {**then.values, **(_OVER if asks_nothing else {})}

    async def _note(self, thread: str, target: Point) -> str:
        if not await self._threads.is_embedded(thread):
            return ""
        kept_here = await self._embedded.can_fork(thread, target.checkpoint_id)
        return "" if kept_here else KEPT_ELSEWHERE

    async def _branch(self, thread: str, target: Point) -> str:
        """A new head with the values of the checkpoint; the old branch stays.

        Before a question was taken in, the question goes as well: nothing is left to go on with.

        Returns:
            Its id; empty where the state is not the app's to branch.
        """
        if await self._threads.is_embedded(thread):
            return await self._embedded.fork(thread, target.checkpoint_id)
        if not _asks_nothing(target):
            return await self._embedded.fork(thread, target.checkpoint_id, self._service.fenced)
        config = self._service.fenced(place(thread, target.checkpoint_id))
        config["metadata"] = {ROLLED_BACK_TO: target.checkpoint_id}
        with untraced():
            written = await self._graph.aupdate_state(config, _OVER, as_node="respond")
        return str(written["configurable"]["checkpoint_id"])

    def _foreseen(self, effect: Effect, *, chosen: bool) -> UndoView:
        reason = self._toolbox.why_not_undone(effect)
        undone = chosen and not reason
        return UndoView(
            digest=effect.digest,
            tool=effect.tool,
            target=effect.target,
            effect=effect.effect_class,
            before=effect.status,
            after="compensated" if undone else effect.status,
            undoable=not reason,
            message="would be kept"
            if not chosen
            else f"cannot be undone: {reason}"
            if reason
            else "would be undone",
        )

    def _outcome(self, before: Effect, after: Effect, *, chosen: bool) -> UndoView:
        reason = self._toolbox.why_not_undone(before)
        if after.status == "compensated":
            message = "undone"
        else:
            message = "kept" if not chosen else after.error or f"cannot be undone: {reason}"
        return UndoView(
            digest=before.digest,
            tool=before.tool,
            target=before.target,
            effect=before.effect_class,
            before=before.status,
            after=after.status,
            undoable=not reason,
            message=message,
        )


@dataclass(frozen=True, slots=True)
class _Affected:
    """What a rollback is about.

    Attributes:
        target: The checkpoint to go back to.
        effects: Effects after it that are in force, newest first.
        chosen: Digests of those that are to be undone.
        later: The checkpoints after it.
        head: Where the thread is.
        is_there: Whether the thread is back at the checkpoint already.
    """

    target: Point
    effects: tuple[Effect, ...]
    chosen: frozenset[str]
    later: frozenset[str]
    head: str
    is_there: bool


def _asks_nothing(target: Point) -> bool:
    """Whether no turn is under way at the checkpoint: one is over, or none was taken in yet."""
    return target.next in ((), ("__start__",))


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
