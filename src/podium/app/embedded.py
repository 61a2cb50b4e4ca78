"""Threads whose state another graph holds, told from the records of their runs.

Where the app's saver has the checkpoints of the graph around, their history is known and can be branched;
elsewhere only the points at which the app's graph ran are known.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from podium.app.journal import EMBEDDED, KIND
from podium.app.replies import action_view, interrupt_view
from podium.app.results import CheckpointView, InterruptView
from podium.core.effects import HAPPENED
from podium.storage.runs import RunRecord, RunRecords
from podium.storage.steps import ROLLED_BACK_TO
from podium.storage.threads import ThreadRecord

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple

    from podium.tools.ledger import Effect

MAX_RUNS = 10_000
_EXCERPT = 80
_BRANCH = "branch:to:"
"""Begins the channel by which LangGraph tells that a node is next."""


@dataclass(frozen=True, slots=True)
class Point:
    """A checkpoint in the history of a thread.

    Attributes:
        checkpoint_id: Which one.
        parent_id: The one before it; empty for the first.
        next: The nodes that run from here.
        created_at: ISO 8601.
        step: Counted from -1, the input.
        rolled_back_to: The checkpoint that a rollback made it a copy of; empty for all others.
    """

    checkpoint_id: str
    parent_id: str = ""
    next: tuple[str, ...] = ()
    created_at: str = ""
    step: int = 0
    rolled_back_to: str = ""


class EmbeddedThreads:
    """Reads and branches threads of other graphs.

    Args:
        saver: The app's; it may know the graph's checkpoints.
        runs: Where runs are recorded.
    """

    def __init__(self, saver: BaseCheckpointSaver[Any] | None, runs: RunRecords) -> None:
        self._saver = saver
        self._runs = runs

    async def holds(self, thread: ThreadRecord) -> bool:
        """Whether the thread is one of another graph, or of another saver."""
        if EMBEDDED in thread.metadata:
            return True
        runs = await asyncio.to_thread(self._runs.list_runs, thread.thread_id, limit=1)
        if not runs or runs[0].kind != KIND or self._saver is None:
            return False
        return await self._saver.aget_tuple(place(thread.thread_id)) is None

    async def transcript(self, thread_id: str) -> tuple[tuple[str, str], ...]:
        """What the app's graph was asked and answered, as pairs of `user` or `assistant` and the text."""
        said: list[tuple[str, str]] = []
        for run in reversed(await self._recorded(thread_id)):
            said.append(("user", _asked(run)))
            if answer := _answered(run):
                said.append(("assistant", answer))
        return tuple(said)

    async def waiting(self, thread_id: str, effects: Sequence[Effect]) -> tuple[InterruptView, ...]:
        """What the runs of the thread's latest step wait for."""
        from langgraph.types import Interrupt

        runs = await self._recorded(thread_id)
        here = [run for run in runs if _ran_at(run) == _ran_at(runs[0])]  # tasks of one step, side by side
        waiting = [run for run in reversed(here) if run.status == "interrupted"]
        actions = [action_view(effect) for effect in effects]
        return tuple(
            interrupt_view(
                Interrupt(value=item["value"], id=item["id"]), run.ended_at or "", actions, thread_id
            )
            for run in waiting
            for item in (run.output or {}).get("interrupts", ())
        )

    async def points(self, thread_id: str) -> list[Point]:
        """The history of the graph around, newest first; without it, where the app's graph ran."""
        if self._saver is not None:
            stored = [_point(item) async for item in self._saver.alist(place(thread_id))]
            if stored:
                return stored
        ran: list[Point] = []
        for run in reversed(await self._recorded(thread_id)):
            here = _ran_at(run)
            if here and (not ran or ran[-1].checkpoint_id != here):
                before = ran[-1].checkpoint_id if ran else ""
                node = (run.input or {}).get("inside") or run.graph
                ran.append(Point(here, before, (node,), run.started_at, len(ran)))
        return ran[::-1]

    async def history(self, thread_id: str, effects: Sequence[Effect]) -> tuple[CheckpointView, ...]:
        """The points as people see them, newest first."""
        points = await self.points(thread_id)
        runs = {_ran_at(run): run for run in reversed(await self._recorded(thread_id))}
        known = {point.checkpoint_id: point for point in points}
        shown: dict[str, CheckpointView] = {}
        for point in reversed(points):
            before = shown.get(point.parent_id)
            run = runs.get(point.checkpoint_id)
            ended = runs.get(point.parent_id)
            turn = _asked(run)[:_EXCERPT] if run else before.turn if before else ""
            answer = "" if run else _answered(ended) if ended else before.answer if before else ""
            ran = known[point.parent_id].next if point.parent_id in known else ()
            shown[point.checkpoint_id] = CheckpointView(
                checkpoint_id=point.checkpoint_id,
                parent_id=point.parent_id,
                created_at=point.created_at,
                step=point.step,
                node=", ".join(name for name in ran if name != "__start__"),
                next=point.next,
                turn=turn,
                answer=answer[:_EXCERPT],
                effects=sum(
                    effect.status in HAPPENED and effect.checkpoint_id == point.checkpoint_id
                    for effect in effects
                ),
            )
        return tuple(reversed(shown.values()))

    async def can_fork(self, thread_id: str, checkpoint_id: str) -> bool:
        """Whether the app's saver has the checkpoint."""
        saver = self._saver
        return saver is not None and await saver.aget_tuple(place(thread_id, checkpoint_id)) is not None

    async def fork(
        self,
        thread_id: str,
        checkpoint_id: str,
        fenced: Callable[[RunnableConfig], RunnableConfig] = lambda config: config,
    ) -> str:
        """Make a checkpoint the head of its thread again, by a copy; the later branch stays.

        Threads of the app's own graph are copied so too: LangGraph's own way takes neither metadata nor a
        lease's token.

        Args:
            thread_id: The thread.
            checkpoint_id: What to go back to.
            fenced: Adds the token of the thread's lease, where one is held.

        Returns:
            The copy's id; empty where the app's saver does not have the checkpoint.
        """
        from langgraph.checkpoint.base import CheckpointMetadata, copy_checkpoint
        from langgraph.checkpoint.base.id import uuid6

        found = None
        if self._saver is not None:
            found = await self._saver.aget_tuple(place(thread_id, checkpoint_id))
        if self._saver is None or found is None:
            return ""
        copy = copy_checkpoint(found.checkpoint)
        copy["id"], copy["ts"] = str(uuid6(clock_seq=-2)), datetime.now(UTC).isoformat()
        held: Mapping[str, Any] = found.metadata
        kept = {name: held[name] for name in ("parents", "counters_since_delta_snapshot") if name in held}
        metadata: Any = {
            "source": "fork",
            "step": int(held.get("step", 0)) + 1,
            ROLLED_BACK_TO: checkpoint_id,
            **kept,
        }
        described: CheckpointMetadata = metadata
        parent = fenced(found.parent_config or place(thread_id))
        written = await self._saver.aput(parent, copy, described, {})
        return str(written["configurable"]["checkpoint_id"])

    async def _recorded(self, thread_id: str) -> list[RunRecord]:
        """The runs of the app's graph in the thread, the latest first."""
        return await asyncio.to_thread(self._runs.list_runs, thread_id, limit=MAX_RUNS)


def place(thread_id: str, checkpoint_id: str | None = None) -> RunnableConfig:
    """The configuration that names a thread of the outermost graph, at its head or at a checkpoint."""
    named = {"thread_id": thread_id, "checkpoint_ns": ""}
    if checkpoint_id is not None:
        named["checkpoint_id"] = checkpoint_id
    return {"configurable": named}


def _rolled_back_to(metadata: object) -> str:
    """The checkpoint of which a rollback made this one a copy; empty for all others."""
    return str(metadata.get(ROLLED_BACK_TO) or "") if isinstance(metadata, Mapping) else ""


def _point(item: CheckpointTuple) -> Point:
    held = item.checkpoint["channel_values"]
    due = [name.removeprefix(_BRANCH) for name in held if name.startswith(_BRANCH)]
    return Point(
        checkpoint_id=str(item.checkpoint["id"]),
        parent_id=str((item.parent_config or {}).get("configurable", {}).get("checkpoint_id") or ""),
        next=("__start__",) if "__start__" in held else tuple(sorted(due)),
        created_at=item.checkpoint["ts"],
        step=int((item.metadata or {}).get("step", 0)),
        rolled_back_to=_rolled_back_to(item.metadata),
    )


def _ran_at(run: RunRecord) -> str:
    return str((run.input or {}).get("checkpoint_id", ""))


def _asked(run: RunRecord) -> str:
    return str((run.input or {}).get("text", ""))


def _answered(run: RunRecord) -> str:
    return str(((run.output or {}).get("outcome") or {}).get("answer", ""))
