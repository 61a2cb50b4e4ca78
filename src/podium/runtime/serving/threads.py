"""Threads as clients make, find, change, copy and remove them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from podium.core.clock import Clock
from podium.core.errors import InputError, NotFound
from podium.core.ids import new_id
from podium.core.principal import Access, Principal
from podium.runtime.serving.encoding import plain
from podium.runtime.serving.states import Place, ThreadHead, ThreadStates, Update
from podium.storage.checkpointer import PodiumSaver
from podium.storage.database import Database
from podium.storage.json_filters import contains
from podium.storage.leases import Lease, ThreadLeases
from podium.storage.thread_changes import ThreadChanges, ThreadSettlement, TimeToLive, TtlStrategy
from podium.storage.thread_search import ThreadQuery, ThreadSearch
from podium.storage.threads import ThreadRecord, ThreadRecords

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from langgraph.checkpoint.base import BaseCheckpointSaver


@dataclass(frozen=True, slots=True)
class Listed:
    """A thread of a list.

    Attributes:
        thread: The thread.
        head: Its latest state; None where nobody asked for it.
    """

    thread: ThreadRecord
    head: ThreadHead | None = None


@dataclass(frozen=True, slots=True)
class Hooks:
    """Who else is told of what happens to threads.

    Attributes:
        copied: Awaited before a thread's history is copied: the copy, the source.
        let_go: Told of threads that were held and changed outside of runs.
        expires: Told that a thread is kept for a limited time now.
    """

    copied: Callable[[str, str], Awaitable[None]]
    let_go: Callable[[Iterable[str]], None]
    expires: Callable[[], None]


class ServedThreads:
    """Threads of the graphs that are served.

    Args:
        database: The open database.
        saver: Stores the checkpoints.
        states: Reads and changes states.
        hooks: Who else is told.
        clock: Dates what happens.
    """

    def __init__(
        self,
        database: Database,
        saver: BaseCheckpointSaver[Any],
        states: ThreadStates,
        hooks: Hooks,
        clock: Clock,
    ) -> None:
        self.states = states
        self._database = database
        self._saver = saver
        self._hooks = hooks
        self._records = ThreadRecords(database, clock)
        self._search = ThreadSearch(database)
        self._changes = ThreadChanges(ThreadLeases(database, clock), clock)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    # --- looking ---------------------------------------------------------------------------------

    def get(self, thread_id: str, access: Access) -> ThreadRecord:
        """The thread with this id.

        Raises:
            NotFound: There is none, or it is another's.
        """
        return self._records.get(thread_id, access)

    async def search(
        self,
        query: ThreadQuery,
        access: Access,
        *,
        values: Mapping[str, Any] | None = None,
        limit: int = 10,
        offset: int = 0,
        reads_heads: bool = True,
    ) -> tuple[list[Listed], int]:
        """One page of threads, and how many there are in all.

        Args:
            query: Which, in which order.
            access: What the caller may see.
            values: Their states have these values; asking so reads the state of each.
            limit: How many at most.
            offset: How many to leave out.
            reads_heads: Whether the states of the threads that are given are wanted.
        """
        if values:
            ids = await self._holding(query, access, values)
            query, total = replace(query, ids=ids[offset : offset + limit]), len(ids)
            found, _ = await self._search.page(query, access, limit, 0)
        else:
            found, total = await self._search.page(query, access, limit, offset)
        return [Listed(one, await self._head(one) if reads_heads else None) for one in found], total

    async def count(
        self, query: ThreadQuery, access: Access, *, values: Mapping[str, Any] | None = None
    ) -> int:
        """How many threads there are; see `search`."""
        if values:
            return len(await self._holding(query, access, values))
        return await self._search.count(query, access)

    async def _holding(self, query: ThreadQuery, access: Access, values: Mapping[str, Any]) -> list[str]:
        """The ids of the threads whose states have these values."""
        found = []
        for thread_id in await self._search.ids(query, access):
            try:
                head = await self._head(self._records.get(thread_id, access))
            except NotFound:  # deleted meanwhile
                continue
            if contains(plain(head.values), dict(values)):
                found.append(thread_id)
        return found

    async def _head(self, thread: ThreadRecord) -> ThreadHead:
        await asyncio.sleep(0)  # reading a state does not wait for anything: let others have their turn
        return await self.states.head(thread)

    # --- making and changing ---------------------------------------------------------------------

    async def create(
        self,
        thread: ThreadRecord,
        access: Access,
        *,
        ttl: TimeToLive | None = None,
        keeps: bool = False,
        supersteps: Sequence[Sequence[Update]] = (),
    ) -> ThreadRecord:
        """Make a thread.

        Args:
            thread: The thread.
            access: What the caller may see.
            ttl: How long it is kept.
            keeps: Whether one that is there already is given back as it is.
            supersteps: Steps whose updates make its first states.

        Raises:
            Conflict: There is one with this id.
            InputError: Its graph does not take the updates; then there is no thread.
        """
        made, is_new = await self._database.awrite_soon(
            self._changes.creating(thread, access, ttl=ttl, keeps=keeps)
        )
        if is_new and supersteps:
            try:
                await self._update(made, access, Place(), supersteps)
            except BaseException:
                await self.delete([made.thread_id], access)
                raise
            made = self.get(made.thread_id, access)
        if is_new and ttl is not None:
            self._hooks.expires()
        return made

    async def change(
        self, thread_id: str, access: Access, metadata: Mapping[str, Any], ttl: TimeToLive | None = None
    ) -> ThreadRecord:
        """Merge metadata into a thread's, and set how long it is kept.

        Raises:
            NotFound: There is no such thread, or it is another's.
        """
        changed = await self._database.awrite_soon(self._changes.changing(thread_id, access, metadata, ttl))
        if ttl is not None:
            self._hooks.expires()
        return changed

    async def update_state(
        self, thread_id: str, access: Access, place: Place, update: Update
    ) -> dict[str, Any]:
        """Change a thread's state as if a node had run; returns what names the new checkpoint.

        Raises:
            NotFound: There is no such thread or checkpoint, or it is another's.
            Conflict: A run of it has not ended.
            InputError: Its graph does not take the update, or it has none.
        """
        return await self._update(self.get(thread_id, access), access, place, [[update]])

    async def copy(self, thread_id: str, access: Access, principal: Principal) -> ThreadRecord:
        """Copy a thread with its history; the copy only simulates its actions until a person lets it act.

        Args:
            thread_id: The thread.
            access: What the caller may see.
            principal: Whose the copy is.

        Raises:
            NotFound: There is no such thread, or it is another's.
            InputError: What stores the checkpoints cannot copy them.
        """
        source = self.get(thread_id, access)
        copy = new_id()
        await self._hooks.copied(copy, thread_id)
        try:
            await self._saver.acopy_thread(thread_id, copy)
        except NotImplementedError:
            raise InputError(f"{type(self._saver).__name__} cannot copy threads") from None
        made = replace(source, thread_id=copy, tenant=principal.tenant, owner=principal.id, error=None)
        head = await self.states.head(made)
        origin = {"forked_from": thread_id, "forked_at": head.checkpoint_id}
        made = replace(
            made, metadata={**source.metadata, **origin}, status=head.status, interrupts=head.interrupts
        )
        stored, _ = await self._database.awrite_soon(self._changes.creating(made, access))
        return stored

    async def _update(
        self, thread: ThreadRecord, access: Access, place: Place, supersteps: Sequence[Sequence[Update]]
    ) -> dict[str, Any]:
        async with self._held([thread.thread_id], access) as (lease,):
            try:
                told = await self.states.update(thread, place, supersteps, fence=lease.token)
                head = await self.states.head(thread)
            except BaseException:
                await self._database.awrite_soon(self._changes.resting([lease]))
                raise
            settlement = ThreadSettlement(head.status, head.interrupts)
            await self._database.awrite_soon(self._changes.resting([lease], settlement))
        return told

    async def settle(self, thread_id: str, access: Access) -> None:
        """Note how a thread stands after its state was changed by other means than runs and updates.

        Raises:
            NotFound: There is no such thread, or it is another's.
            Conflict: A run of it has not ended, which will note it.
        """
        thread = self.get(thread_id, access)
        async with self._held([thread_id], access) as (lease,):
            head = await self.states.head(thread)
            settlement = ThreadSettlement(head.status, head.interrupts)
            await self._database.awrite_soon(self._changes.resting([lease], settlement))

    # --- removing --------------------------------------------------------------------------------

    async def delete(self, thread_ids: Sequence[str], access: Access | None, by: str = "clock") -> None:
        """Delete threads with everything of theirs; effects and audit records stay on record.

        Args:
            thread_ids: The threads.
            access: What the caller may see; None for everything.
            by: Who deletes them.

        Raises:
            NotFound: There is no such thread, or it is another's.
            Conflict: A run of one has not ended.
        """
        ids = list(thread_ids)
        async with self._in_turn(ids):
            await self._database.awrite(self._changes.removing(ids, access, by))
            self._hooks.let_go(ids)
            if not isinstance(self._saver, PodiumSaver):
                for thread_id in ids:
                    await self._saver.adelete_thread(thread_id)

    async def prune(
        self, thread_ids: Sequence[str], access: Access | None, strategy: TtlStrategy, by: str = "clock"
    ) -> int:
        """Delete threads, or all but their latest states; returns how many there were.

        Args:
            thread_ids: The threads; those that are not there, or another's, are left out.
            access: What the caller may see; None for everything.
            strategy: Whether the threads go, or only their history and what ended runs streamed.
            by: Who asks for it.

        Raises:
            Conflict: A run of one has not ended; then nothing is changed.
            InputError: What stores the checkpoints cannot prune them.
        """
        ids = [one for one in dict.fromkeys(thread_ids) if self._is_there(one, access)]
        if strategy == "delete":
            await self.delete(ids, access, by)
            return len(ids)
        async with self._held(ids, access) as leases:
            try:
                await self._saver.aprune(ids, strategy=strategy)
            except NotImplementedError:
                await self._database.awrite(self._changes.resting(leases))
                raise InputError(f"{type(self._saver).__name__} cannot prune threads") from None
            await self._database.awrite(self._changes.forgetting_history(leases))
        return len(ids)

    def _is_there(self, thread_id: str, access: Access | None) -> bool:
        try:
            self._records.get(thread_id, access)
        except NotFound:
            return False
        return True

    @asynccontextmanager
    async def _held(self, thread_ids: Iterable[str], access: Access | None) -> AsyncIterator[list[Lease]]:
        """Threads that nobody else works on for as long as the block lasts; the block's write lets go."""
        ids = list(thread_ids)
        async with self._in_turn(ids):
            leases = await self._database.awrite_soon(self._changes.holding(ids, access))
            try:
                yield leases
            finally:
                self._hooks.let_go(ids)

    @asynccontextmanager
    async def _in_turn(self, thread_ids: Iterable[str]) -> AsyncIterator[None]:
        """Threads that no other request to this process changes meanwhile: they come one after another."""
        async with AsyncExitStack() as held:
            for thread_id in sorted(set(thread_ids)):  # in one order, so that nobody waits for each other
                await held.enter_async_context(self._turns.setdefault(thread_id, asyncio.Lock()))
            yield
