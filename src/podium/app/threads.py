"""Reading threads: their heads, histories, effects, and what waits in them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Literal

from podium.app.embedded import MAX_RUNS, EmbeddedThreads, Point, place
from podium.app.replies import checkpoint_of, checkpoint_views, digests_of, effect_view, parent_of, reply_of
from podium.app.results import CheckpointView, EffectView, InterruptView, ThreadView
from podium.core.errors import InputError, NotFound, ThreadEmbedded
from podium.core.principal import Principal
from podium.graphs.conversation import text_of
from podium.storage.feedback import FeedbackRecord, FeedbackRecords
from podium.storage.threads import ThreadRecords

if TYPE_CHECKING:
    from langgraph.types import StateSnapshot

    from podium.graphs.build import PodiumGraph
    from podium.storage.runs import RunRecords
    from podium.tools.toolbox import Toolbox


class ThreadReader:
    """Reads the threads of an app.

    Args:
        graph: The compiled graph.
        records: Where threads are listed.
        runs: Where runs are recorded.
        feedback: Where opinions are kept.
        toolbox: Knows the effects.
        embedded: Knows the threads of other graphs.
    """

    def __init__(
        self,
        graph: PodiumGraph,
        records: ThreadRecords,
        runs: RunRecords,
        feedback: FeedbackRecords,
        toolbox: Toolbox,
        embedded: EmbeddedThreads,
    ) -> None:
        self._graph = graph
        self._records = records
        self._runs = runs
        self._feedback = feedback
        self._toolbox = toolbox
        self._embedded = embedded

    async def resolve(self, prefix: str) -> str:
        """The thread whose id starts so.

        Raises:
            NotFound: There is none.
            InputError: There are several.
        """
        ids = await asyncio.to_thread(self._records.starting, prefix) if prefix else []
        if not ids and prefix and (await self.head(prefix)).values:
            return prefix  # run by the graph itself, without a record
        return unique(prefix, ids, "thread", "'podium threads list' shows them.")

    async def own(self, prefix: str) -> str:
        """The thread whose id starts so, to go on with.

        Raises:
            NotFound: There is none.
            InputError: There are several.
            ThreadEmbedded: Only the graph around it can go on with it.
        """
        thread = await self.resolve(prefix)
        if await self.is_embedded(thread):
            raise ThreadEmbedded(
                f"thread {thread} runs inside another graph",
                hint="Go on with that graph: invoke it with the thread_id, and with"
                ' Command(resume={"decisions": [{"type": "approve"}]}) where it waits.',
            )
        return thread

    async def is_embedded(self, thread_id: str) -> bool:
        """Whether another graph holds the thread's state."""
        try:
            record = await asyncio.to_thread(self._records.get, thread_id)
        except NotFound:
            return False
        return await self._embedded.holds(record)

    async def points(self, thread_id: str) -> list[Point]:
        """The checkpoints of a thread, newest first."""
        if await self.is_embedded(thread_id):
            return await self._embedded.points(thread_id)
        return [
            Point(checkpoint_of(item), parent_of(item), tuple(item.next))
            for item in await self.snapshots(thread_id)
        ]

    async def head(self, thread_id: str) -> StateSnapshot:
        """The thread as it is now."""
        return await self._graph.aget_state(place(thread_id))

    async def snapshots(self, thread_id: str) -> list[StateSnapshot]:
        """All checkpoints of a thread of the app's own, newest first."""
        return [item async for item in self._graph.aget_state_history(place(thread_id))]

    async def effects(self, thread_id: str) -> tuple[EffectView, ...]:
        """The ledger of a thread, oldest first."""
        thread = await self.resolve(thread_id)
        return tuple(effect_view(effect) for effect in await self._toolbox.thread_effects(thread))

    async def pending(self, thread_id: str | None) -> tuple[InterruptView, ...]:
        """What waits for a person, in one thread or in all."""
        if thread_id is not None:
            threads = [await self.resolve(thread_id)]
        else:
            threads = await asyncio.to_thread(self._records.unsettled)
        found: list[InterruptView] = []
        for thread in threads:
            if await self.is_embedded(thread):
                effects = await self._toolbox.thread_effects(thread)
                found += await self._embedded.waiting(thread, effects)
                continue
            snapshot = await self.head(thread)
            effects = await self._toolbox.effects(digests_of(snapshot))
            found += reply_of(snapshot, effects, thread_id=thread, run_id="").interrupts
        return tuple(found)

    async def history(self, thread_id: str) -> tuple[CheckpointView, ...]:
        """The checkpoints of a thread, newest first."""
        thread = await self.resolve(thread_id)
        effects = await self._toolbox.thread_effects(thread)
        if await self.is_embedded(thread):
            return await self._embedded.history(thread, effects)
        return checkpoint_views(await self.snapshots(thread), effects)

    async def views(self, limit: int) -> tuple[ThreadView, ...]:
        """The conversations, the one changed last first."""
        return tuple(
            ThreadView(
                thread_id=record.thread_id,
                title=record.title,
                status=_status(record.status),
                created_at=record.created_at,
                updated_at=record.updated_at,
            )
            for record in await self._list(limit)
        )

    async def transcript(self, thread_id: str) -> tuple[tuple[str, str], ...]:
        """What was said, as pairs of `user` or `assistant` and the text."""
        thread = await self.resolve(thread_id)
        if await self.is_embedded(thread):
            return await self._embedded.transcript(thread)
        snapshot = await self.head(thread)
        speakers = {"human": "user", "ai": "assistant"}
        messages: list[Any] = snapshot.values.get("messages") or []
        return tuple(
            (speakers[message.type], text_of(message)) for message in messages if message.type in speakers
        )

    async def feedback(
        self,
        thread_id: str,
        rating: int | None,
        correction: str,
        reason: str,
        run_id: str | None,
        principal: Principal,
    ) -> None:
        """Record what a person thinks of an answer."""
        if rating is None and not correction:
            raise InputError(
                "feedback needs a rating or a correction",
                hint="Give a rating from -1 to 1, or say it better.",
            )
        thread = await self.resolve(thread_id)
        runs = await asyncio.to_thread(self._runs.list_runs, thread, limit=MAX_RUNS)
        known = [run.run_id for run in runs]
        if run_id is not None:
            run_id = unique(run_id, known, "run", f"It has to be a run of the thread {thread}.")
        await self._feedback.aadd(
            FeedbackRecord(
                thread_id=thread,
                run_id=run_id or next(iter(known), ""),
                principal=principal.id,
                kind="correction" if correction else "rating",
                rating=rating,
                correction=correction,
                reason=reason,
            )
        )

    async def _list(self, limit: int) -> list[Any]:
        return await asyncio.to_thread(self._records.list, limit=limit)


def unique(prefix: str, ids: list[str], what: str, hint: str) -> str:
    """The one id that starts so; an exact match wins.

    Raises:
        NotFound: None does.
        InputError: Several do, or the prefix is empty.
    """
    if prefix in ids:
        return prefix
    found = [item for item in ids if prefix and item.startswith(prefix)]
    if not found:
        raise NotFound(f"no {what} {prefix!r}", hint=hint)
    if len(found) > 1:
        raise InputError(f"{len(found)} {what}s start with {prefix!r}", hint="Give more of the id.")
    return found[0]


def _status(held: str) -> Literal["idle", "busy", "interrupted", "error"]:
    match held:
        case "busy" | "interrupted" | "error":
            return held
        case _:
            return "idle"
