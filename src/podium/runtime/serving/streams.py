"""Streams of runs: stored first, then told to whoever follows, from wherever each of them stopped.

A follower is only a place in the log. What happened lately is kept in memory, within bounds, and told from
there; who is further behind, or came later, or reads slowly, is told from the database. So nobody who does
not read costs memory, and nobody misses anything.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, Protocol

from podium.runtime.serving.patches import Assembler
from podium.storage.database import Database
from podium.storage.stream_events import StreamEvent, StreamEvents, appending

ELSEWHERE_S = 0.5
"""How often the events of a run are looked for that another process carries out, or none does yet."""
PAGE = 200
RECENT_EVENTS = 128
RECENT_BYTES = 256 * 1024


class Told(NamedTuple):
    """An event as it is sent.

    Attributes:
        seq: Its id: where a reader that was cut off goes on.
        run_id: The run.
        event: Its name.
        data: JSON.
    """

    seq: int
    run_id: str
    event: str
    data: bytes


class Published(NamedTuple):
    """An event on its way: as it is stored, and as it is sent."""

    stored: StreamEvent
    data: bytes


class Feed:
    """What happened lately in one run or one thread."""

    def __init__(self, after: int) -> None:
        self.floor = after
        """The seq up to which only the database knows."""
        self.ended = False
        self._recent: deque[Told] = deque()
        self._bytes = 0
        self._waiting: set[asyncio.Future[None]] = set()
        self.followers = 0

    def tell(self, events: Iterable[Told]) -> None:
        """Add events, and wake who waits."""
        for event in events:
            self._recent.append(event)
            self._bytes += len(event.data)
        while self._recent and (len(self._recent) > RECENT_EVENTS or self._bytes > RECENT_BYTES):
            oldest = self._recent.popleft()
            self._bytes -= len(oldest.data)
            self.floor = oldest.seq
        self._wake()

    def end(self) -> None:
        """Note that nothing follows."""
        self.ended = True
        self._wake()

    def after(self, seq: int) -> list[Told]:
        """The events above a seq that is not below the floor."""
        found: list[Told] = []
        for event in reversed(self._recent):
            if event.seq <= seq:
                break
            found.append(event)
        return found[::-1]

    async def changed(self, seconds: float | None = None) -> bool:
        """Wait until there is more, or the end; False when the time ran out before."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            if seconds is None:
                await waiter
                return True
            return bool((await asyncio.wait([waiter], timeout=seconds))[0])
        finally:
            self._waiting.discard(waiter)

    def _wake(self) -> None:
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)


class Watch(Protocol):
    """Knows where runs are carried out."""

    def is_here(self, run_id: str) -> bool:
        """Whether this process carries the run out, so that its events are told as they come."""
        ...

    def is_over(self, run_id: str) -> bool:
        """Whether the run has ended, as it is stored."""
        ...


class StreamHub:
    """Stores what runs stream, and tells it.

    Args:
        database: The open database.
        base: Gives the state that a run's first states lean on: run, checkpoint → JSON values.
    """

    def __init__(self, database: Database, base: Callable[[str, str], Awaitable[Mapping[str, Any]]]) -> None:
        self._database = database
        self._events = StreamEvents(database)
        self._base = base
        self._feeds: dict[str, Feed] = {}
        self._pending: list[Published] = []
        self._flushing: asyncio.Task[None] | None = None
        self._bells: dict[str, set[asyncio.Event]] = {}
        self.is_closed = False

    @property
    def open_streams(self) -> int:
        """How many followers there are."""
        return sum(feed.followers for feed in self._feeds.values())

    def last_seq(self, run_id: str) -> int:
        """The place of the latest event of a run; 0 when there is none."""
        return self._events.last_seq(run_id=run_id)

    def stored(self, run_id: str) -> AsyncIterator[Told]:
        """The events of a run as far as they are stored."""
        return self.follow(run_id)

    def begin(self, run_id: str, *, anew: bool = False) -> None:
        """Note that a run is carried out here, so that what it streams is told from memory.

        Args:
            run_id: The run.
            anew: Whether it is known to have told nothing yet.
        """
        if anew:
            self._feeds.setdefault(run_id, Feed(0))
        else:
            self._feed(run_id, run_id=run_id)

    def publish(self, event: Published) -> None:
        """Store an event with the next ones, in order, and tell it then; `flushed` waits for that."""
        self._pending.append(event)

    async def flushed(self) -> None:
        """Wait until all that was published is stored."""
        while self._pending or self._flushing is not None:
            if self._flushing is None:
                if self._flush_at_once():
                    return
                self._flushing = asyncio.get_running_loop().create_task(self._flush())
            await asyncio.shield(self._flushing)

    async def end(self, run_id: str) -> None:
        """Tell everything that is left of a run, and that nothing follows."""
        await self.flushed()
        feed = self._feeds.get(run_id)
        if feed is not None:
            feed.end()
            if not feed.followers:
                del self._feeds[run_id]

    def close(self) -> None:
        """Let every follower go: what a run has still to tell, another process will."""
        self.is_closed = True
        for feed in self._feeds.values():
            feed.end()
        self.ring(self._bells)

    @contextmanager
    def listening(self, thread_id: str) -> Iterator[asyncio.Event]:
        """An event that is set when something happened in a thread, for as long as the block lasts."""
        bell = asyncio.Event()
        bells = self._bells.setdefault(thread_id, set())
        bells.add(bell)
        try:
            yield bell
        finally:
            bells.discard(bell)
            if not bells and self._bells.get(thread_id) is bells:
                del self._bells[thread_id]

    def is_listened_to(self, thread_id: str) -> bool:
        """Whether somebody wants to know what happens in a thread."""
        return thread_id in self._bells

    def ring(self, thread_ids: Iterable[str]) -> None:
        """Tell that something happened in threads."""
        if self._bells:
            for thread_id in set(thread_ids):
                for bell in self._bells.get(thread_id, ()):
                    bell.set()

    async def follow(self, run_id: str, *, after: int = 0, watch: Watch | None = None) -> AsyncIterator[Told]:
        """The events of a run, then what comes until it ends.

        Args:
            run_id: The run.
            after: The seq of the last event that the reader has; 0 for all.
            watch: Knows whether the run goes on, and where; None when it is over.
        """
        assembler = Assembler(lambda checkpoint: self._base(run_id, checkpoint))
        reader = _Reader(self._events, assembler, run_id, after)
        if run_id not in self._feeds and not _is_here(run_id, watch):
            over = watch is None or watch.is_over(run_id)
            async for event in reader.rest():
                yield event
            if over:
                return
        feed = self._feed(run_id, run_id=run_id)
        feed.followers += 1
        try:
            async for event in _live(run_id, feed, reader, watch):
                yield event
        finally:
            feed.followers -= 1
            if not feed.followers and self._feeds.get(run_id) is feed and not _is_here(run_id, watch):
                del self._feeds[run_id]

    def _feed(self, key: str, *, run_id: str) -> Feed:
        feed = self._feeds.get(key)
        if feed is None:
            feed = self._feeds[key] = Feed(self._events.last_seq(run_id=run_id))
        return feed

    def _flush_at_once(self) -> bool:
        """Store what is published if the database is free, as it mostly is: a task would cost more."""
        batch, self._pending = self._pending, []
        done = self._database.write_at_once(appending([one.stored for one in batch]))
        if done is None:
            self._pending = batch + self._pending
            return False
        self._tell(done[0], batch)
        return True

    async def _flush(self) -> None:
        """Store what is published; a task of its own, which no cancelled run cuts off."""
        try:
            while self._pending:
                batch, self._pending = self._pending, []
                seqs = await self._database.awrite_soon(appending([one.stored for one in batch]))
                self._tell(seqs, batch)
        finally:
            self._flushing = None

    def _tell(self, seqs: Sequence[int], batch: Sequence[Published]) -> None:
        told: dict[str, list[Told]] = {}
        for seq, one in zip(seqs, batch, strict=True):
            run = one.stored.run_id
            told.setdefault(run, []).append(Told(seq, run, one.stored.event, one.data))
        for run, events in told.items():
            if (feed := self._feeds.get(run)) is not None:
                feed.tell(events)
        self.ring(one.stored.thread_id for one in batch)


async def _live(run_id: str, feed: Feed, reader: _Reader, watch: Watch | None) -> AsyncIterator[Told]:
    while True:
        if reader.seq < feed.floor:
            async for event in reader.until(feed.floor):
                yield event
        elif found := feed.after(reader.seq):
            for event in found:
                reader.seq = event.seq
                yield event
        elif feed.ended:
            return
        elif not await feed.changed(_patience(run_id, watch)):
            over = watch is None or watch.is_over(run_id)
            async for event in reader.rest():
                yield event
            if over:
                return


def _is_here(run_id: str, watch: Watch | None) -> bool:
    return watch is not None and watch.is_here(run_id)


def _patience(run_id: str, watch: Watch | None) -> float | None:
    """Seconds to wait for events before the database is asked; None when they come by themselves."""
    return None if _is_here(run_id, watch) else ELSEWHERE_S


class _Reader:
    """Reads a run's events from the database, from a place in it."""

    def __init__(self, events: StreamEvents, assembler: Assembler, run_id: str, after: int) -> None:
        self._events = events
        self._assembler = assembler
        self._run_id = run_id
        self._primed = 0
        self.seq = after

    async def rest(self) -> AsyncIterator[Told]:
        """All that is stored."""
        while page := await self._page():
            for event in page:
                yield event

    async def until(self, seq: int) -> AsyncIterator[Told]:
        """What is stored, up to a seq at least."""
        while self.seq < seq and (page := await self._page()):
            for event in page:
                yield event
        self.seq = max(self.seq, seq)

    async def _page(self) -> list[Told]:
        if self._primed < self.seq:  # states before this place, on which later ones may lean
            for row in self._events.before(self._run_id, self.seq):
                if row.seq > self._primed:
                    await self._assembler.whole(row.event, row.form, row.data)
        found = [
            Told(
                row.seq,
                row.run_id,
                row.event,
                await self._assembler.whole(row.event, row.form, row.data),
            )
            for row in await self._events.of_run(self._run_id, self.seq, PAGE)
        ]
        if found:
            self.seq = self._primed = found[-1].seq
        return found
