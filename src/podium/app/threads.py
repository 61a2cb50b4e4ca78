"""Reading threads: their heads, histories, effects, and what waits in them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Literal

from podium.app.replies import checkpoint_of, checkpoint_views, digests_of, effect_view, reply_of
from podium.app.results import CheckpointView, EffectView, InterruptView, ThreadView
from podium.core.errors import InputError, NotFound
from podium.core.principal import Principal
from podium.graphs.conversation import text_of
from podium.storage.feedback import FeedbackRecord, FeedbackRecords
from podium.storage.threads import ThreadRecords

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.types import StateSnapshot

    from podium.graphs.build import PodiumGraph
    from podium.storage.runs import RunRecords
    from podium.tools.toolbox import Toolbox
MAX_RUNS = 10_000


class ThreadReader:
    """Reads the threads of an app.

    Args:
        graph: The compiled graph.
        records: Where threads are listed.
        runs: Where runs are recorded.
        feedback: Where opinions are kept.
        toolbox: Knows the effects.
    """

    def __init__(
        self,
        graph: PodiumGraph,
        records: ThreadRecords,
        runs: RunRecords,
        feedback: FeedbackRecords,
        toolbox: Toolbox,
    ) -> None:
        self._graph = graph
        self._records = records
        self._runs = runs
        self._feedback = feedback
        self._toolbox = toolbox

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

    async def resolve_checkpoint(self, thread_id: str, prefix: str) -> StateSnapshot:
        """The checkpoint of a thread whose id starts so.

        Raises:
            NotFound: There is none.
            InputError: There are several.
        """
        snapshots = await self.snapshots(thread_id)
        known = {checkpoint_of(snapshot): snapshot for snapshot in snapshots}
        hint = f"'podium threads history {thread_id}' shows them."
        return known[unique(prefix, list(known), "checkpoint", hint)]

    async def head(self, thread_id: str) -> StateSnapshot:
        """The thread as it is now."""
        return await self._graph.aget_state(config_of(thread_id))

    async def snapshots(self, thread_id: str) -> list[StateSnapshot]:
        """All checkpoints of a thread, newest first."""
        return [item async for item in self._graph.aget_state_history(config_of(thread_id))]

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
            snapshot = await self.head(thread)
            effects = await self._toolbox.effects(digests_of(snapshot))
            found += reply_of(snapshot, effects, thread_id=thread, run_id="").interrupts
        return tuple(found)

    async def history(self, thread_id: str) -> tuple[CheckpointView, ...]:
        """The checkpoints of a thread, newest first."""
        thread = await self.resolve(thread_id)
        return checkpoint_views(await self.snapshots(thread), await self._toolbox.thread_effects(thread))

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
        snapshot = await self.head(await self.resolve(thread_id))
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


def config_of(thread_id: str, checkpoint_id: str | None = None) -> RunnableConfig:
    """The configuration that names a thread, at its head or at a checkpoint."""
    place = {"thread_id": thread_id, "checkpoint_ns": ""}
    if checkpoint_id is not None:
        place["checkpoint_id"] = checkpoint_id
    return {"configurable": place}


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
