"""`Podium`: reads a project, composes everything, owns its lifetime."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from copy import copy
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, Unpack

from podium.app.brought import Brought, Options
from podium.app.lifetime import Lifetime, Running
from podium.app.project import Project
from podium.app.results import (
    CheckpointView,
    Decision,
    InterruptView,
    Reply,
    StreamEvent,
    ThreadView,
)
from podium.app.seams import Seams
from podium.app.undoing import EffectMethods
from podium.core.crashpoints import CrashPoints, NoCrashPoints
from podium.core.errors import PodiumError
from podium.core.principal import Principal, local_principal

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from opentelemetry.trace import Tracer, TracerProvider

    from podium.agents.foreign import AgentLike
    from podium.app.batch import BatchProgress
    from podium.app.batch_results import BatchReport
    from podium.app.brought import DatabaseLike, ToolLike
    from podium.app.composition import Composition
    from podium.app.governed import Governor
    from podium.app.ingests import Progress
    from podium.app.upkeep import Upkeep
    from podium.core.evidence import Evidence
    from podium.graphs.build import PodiumGraph
    from podium.graphs.context import GraphContext
    from podium.knowledge.documents import IngestReport
    from podium.knowledge.knowledge_base import KnowledgeBase
    from podium.storage.database import Database

T = TypeVar("T")


class Podium(EffectMethods):
    """A project in use.

    Opening reads the manifest only; the rest loads at first use, or behind `preload`. Every
    asynchronous method has a synchronous twin with the suffix `_sync`. Close it, or use it as a
    context manager, synchronous or asynchronous.

    Args:
        project: The project.
        model: Replaces the manifest's default model, such as `offline` or `openai:NAME`.
        principal: Who acts; the user of this machine when None.
        saver: Stores the checkpoints in place of the project's database; the caller closes it.
        database: Another SQLite file for runs, events and ledger: a path, or a SQLAlchemy engine for one.
        tracer: An OpenTelemetry tracer or provider that exports spans; the caller shuts it down.
        tools: Tools beside those in the project's files: actions, or LangChain tools.
        agents: Agents beside those in the project's files: functions and classes, declared with `@agent` or
            bare, LangGraph graphs and other Runnables.
        crash_points: Told of every node boundary and tool call; for tests.
        seams: What is put between the app and its models, knowledge and tools, such as faults.
    """

    def __init__(
        self,
        project: Project,
        *,
        model: str | None = None,
        principal: Principal | None = None,
        saver: BaseCheckpointSaver[Any] | None = None,
        database: DatabaseLike | None = None,
        tracer: Tracer | TracerProvider | None = None,
        tools: Iterable[ToolLike] = (),
        agents: Iterable[AgentLike] = (),
        crash_points: CrashPoints | None = None,
        seams: Seams | None = None,
    ) -> None:
        self.project = project
        self.principal = principal or local_principal()
        self._model = model
        self._brought = Brought(saver, database, tracer, tuple(tools), tuple(agents), seams or Seams())
        self._crash_points = crash_points or NoCrashPoints()
        self._lifetime = Lifetime(self._compose, str(project.folder))
        self._running = Running()

    @classmethod
    def from_project(cls, path: str | Path = ".", **options: Unpack[Options]) -> Self:
        """Open the project in a folder.

        Args:
            path: The folder with `podium.toml`, or with `langgraph.json` alone.
            options: What `Podium` itself takes beside a project.

        Raises:
            ConfigError: There is no manifest, or it is broken.
        """
        return cls(Project.open(path), **options)

    def acting_as(self, principal: Principal) -> Self:
        """The same app for somebody else; it is closed with this one, and needs no closing of its own.

        Args:
            principal: Who acts.
        """
        acting = copy(self)
        acting.principal = principal
        return acting

    def preload(self) -> None:
        """Start loading the heavy parts in the background; what fails is reported at first use."""
        self._lifetime.preload()

    @property
    def graph(self) -> PodiumGraph:
        """The project's default graph: a LangGraph graph with `invoke`, `ainvoke` and all the rest."""
        return self._parts.graph

    @property
    def context(self) -> GraphContext:
        """What the project's graphs are built with."""
        return self._parts.context

    def in_force(self) -> AbstractAsyncContextManager[None]:
        """Prompts and policy, read again where files have changed, and held for the block as for a run."""
        return self._parts.in_force()

    @property
    def upkeep(self) -> Upkeep:
        """What goes on beside the runs; it tells people over the channels of the manifest."""
        return self._parts.upkeep

    @property
    def governor(self) -> Governor:
        """What takes calls of governed tools through the ledger; see `podium.govern`."""
        return self._parts.governor

    @property
    def checkpointer(self) -> BaseCheckpointSaver[Any]:
        """What stores the threads; for a graph around the app's, so that rollback reaches its state too."""
        saver = self._parts.context.checkpointer
        assert saver is not None  # noqa: S101 - the composition root always names one
        return saver

    @property
    def database(self) -> Database:
        """Where runs, events, ledger and audit are stored."""
        return self._parts.database

    @property
    def knowledge(self) -> KnowledgeBase:
        """The project's knowledge base."""
        return self._parts.knowledge

    # Conversation

    async def ask(self, text: str, *, thread_id: str | None = None) -> Reply:
        """Take one turn.

        Args:
            text: The user's words.
            thread_id: The conversation to go on with, or the start of its id; a new one when None.

        Raises:
            InputError: The text is empty or no valid Unicode.
            NotFound: There is no such thread.
            ThreadInterrupted: The thread waits for a person.
        """
        return await _last_reply(self.stream(text, thread_id=thread_id))

    async def stream(self, text: str, *, thread_id: str | None = None) -> AsyncGenerator[StreamEvent, None]:
        """Take one turn and tell what happens in it; the last event carries the reply.

        Args:
            text: The user's words.
            thread_id: The conversation to go on with; a new one when None.
        """
        turn = (await self._ready()).turns.ask(text, thread_id, self.principal)
        async with aclosing(self._running.told(turn)) as events:
            async for event in events:
                yield event

    async def resume(self, thread_id: str, decision: Decision | None = None) -> Reply:
        """Answer what waits for a person, or go on with a turn that a crash cut off.

        Args:
            thread_id: The thread, or the start of its id.
            decision: The answer; None goes on where the thread stopped.

        Raises:
            NotFound: There is no such thread, or nothing waits in it.
            InputError: The decision does not fit what waits.
        """
        return await _last_reply(self.resume_stream(thread_id, decision))

    async def resume_stream(
        self, thread_id: str, decision: Decision | None = None
    ) -> AsyncGenerator[StreamEvent, None]:
        """Like `resume`, telling what happens."""
        turn = (await self._ready()).turns.resume(thread_id, decision, self.principal)
        async with aclosing(self._running.told(turn)) as events:
            async for event in events:
                yield event

    async def feedback(
        self,
        thread_id: str,
        *,
        rating: int | None = None,
        correction: str = "",
        reason: str = "",
        run_id: str | None = None,
    ) -> None:
        """Record what a person thinks of an answer.

        Args:
            thread_id: The thread, or the start of its id.
            rating: From -1 (bad) to 1 (good).
            correction: What the answer should have been.
            reason: Why.
            run_id: The run that is meant; the latest when None.
        """
        await (await self._ready()).threads.feedback(
            thread_id, rating, correction, reason, run_id, self.principal
        )

    async def batch(
        self,
        file: str | Path,
        *,
        out: str | Path | None = None,
        limit: int | None = None,
        concurrency: int = 4,
        retry_failed: bool = False,
        progress: BatchProgress | None = None,
    ) -> BatchReport:
        """Run a file of requests, one JSON object a line, each as a conversation of its own.

        Each result is appended to a file as soon as it is there. Run again, it goes on where it stopped:
        a line that has a result is not run again, and one that was cut off does nothing twice.

        Args:
            file: Lines such as `{"id": "q-1", "text": "…"}`.
            out: Where results go; `list.results.jsonl` beside `list.jsonl` when None.
            limit: How many lines to run at most this time.
            concurrency: How many at a time.
            retry_failed: Run those again that failed.
            progress: Told after every line: how many have a result, of how many, and the id of the last.

        Raises:
            InputError: The file cannot be read, or the results are something else.
            StorageError: A result cannot be written.
            ValueError: A number is less than one.
        """
        if concurrency < 1 or (limit is not None and limit < 1):
            raise ValueError("concurrency and limit are at least 1")
        from podium.app.batch import BatchOptions

        options = BatchOptions(Path(out) if out is not None else None, limit, concurrency, retry_failed)
        return await (await self._ready()).batches.run(Path(file), options, self.principal, progress)

    # Looking back

    async def pending(self, thread_id: str | None = None) -> tuple[InterruptView, ...]:
        """What waits for a person, in one thread or in all."""
        return await (await self._ready()).threads.pending(thread_id)

    async def history(self, thread_id: str) -> tuple[CheckpointView, ...]:
        """The checkpoints of a thread, newest first."""
        return await (await self._ready()).threads.history(thread_id)

    async def threads(self, *, limit: int = 50) -> tuple[ThreadView, ...]:
        """The conversations, the one changed last first."""
        return await (await self._ready()).threads.views(limit)

    async def transcript(self, thread_id: str) -> tuple[tuple[str, str], ...]:
        """What was said, as pairs of `user` or `assistant` and the text."""
        return await (await self._ready()).threads.transcript(thread_id)

    # Knowledge

    async def ingest(
        self,
        paths: Sequence[str | Path] = (),
        *,
        collection: str | None = None,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Read documents into the knowledge base; what has not changed is left alone.

        Args:
            paths: Files and folders; the collection's own when empty.
            collection: The collection; all that the manifest declares when None and no paths are given.
            progress: Told of every document: how many are done, of how many, and which.
        """
        return await (await self._ready()).ingests.ingest(paths, collection, progress, self.principal)

    async def search(
        self,
        text: str,
        *,
        k: int = 8,
        collection: str | None = None,
        failed: Callable[[str], None] | None = None,
        as_of: str = "",
    ) -> tuple[Evidence, ...]:
        """Search the documents and the sources beside them, as far as one may read; best first.

        Args:
            text: A question or words.
            k: How many passages at most.
            collection: Name of a collection or of a source; None for all.
            failed: Told of each source that could not be asked.
            as_of: An ISO date: documents as they were in force on that day.
        """
        return await (await self._ready()).ingests.search(text, k, collection, self.principal, failed, as_of)

    # Drawing

    def graph_mermaid(self) -> str:
        """The default graph as a Mermaid diagram."""
        return self.graph.get_graph().draw_mermaid()

    def graph_png(self) -> bytes:
        """The default graph as a picture, drawn without any connection."""
        from podium.graphs.drawing import draw_png

        return draw_png(self.graph.get_graph())

    # Synchronous twins

    def ask_sync(self, text: str, *, thread_id: str | None = None) -> Reply:
        """`ask`, waiting."""
        return self._wait(self.ask(text, thread_id=thread_id))

    def stream_sync(self, text: str, *, thread_id: str | None = None) -> Generator[StreamEvent, None, None]:
        """`stream`, waiting for each event."""
        yield from self._parts.context.portal.iterate(self.stream(text, thread_id=thread_id))

    def resume_sync(self, thread_id: str, decision: Decision | None = None) -> Reply:
        """`resume`, waiting."""
        return self._wait(self.resume(thread_id, decision))

    def resume_stream_sync(
        self, thread_id: str, decision: Decision | None = None
    ) -> Generator[StreamEvent, None, None]:
        """`resume_stream`, waiting for each event."""
        yield from self._parts.context.portal.iterate(self.resume_stream(thread_id, decision))

    def feedback_sync(
        self,
        thread_id: str,
        *,
        rating: int | None = None,
        correction: str = "",
        reason: str = "",
        run_id: str | None = None,
    ) -> None:
        """`feedback`, waiting."""
        self._wait(
            self.feedback(thread_id, rating=rating, correction=correction, reason=reason, run_id=run_id)
        )

    def batch_sync(
        self,
        file: str | Path,
        *,
        out: str | Path | None = None,
        limit: int | None = None,
        concurrency: int = 4,
        retry_failed: bool = False,
        progress: BatchProgress | None = None,
    ) -> BatchReport:
        """`batch`, waiting."""
        return self._wait(
            self.batch(
                file,
                out=out,
                limit=limit,
                concurrency=concurrency,
                retry_failed=retry_failed,
                progress=progress,
            )
        )

    def pending_sync(self, thread_id: str | None = None) -> tuple[InterruptView, ...]:
        """`pending`, waiting."""
        return self._wait(self.pending(thread_id))

    def history_sync(self, thread_id: str) -> tuple[CheckpointView, ...]:
        """`history`, waiting."""
        return self._wait(self.history(thread_id))

    def threads_sync(self, *, limit: int = 50) -> tuple[ThreadView, ...]:
        """`threads`, waiting."""
        return self._wait(self.threads(limit=limit))

    def transcript_sync(self, thread_id: str) -> tuple[tuple[str, str], ...]:
        """`transcript`, waiting."""
        return self._wait(self.transcript(thread_id))

    def ingest_sync(
        self,
        paths: Sequence[str | Path] = (),
        *,
        collection: str | None = None,
        progress: Progress | None = None,
    ) -> IngestReport:
        """`ingest`, waiting."""
        return self._wait(self.ingest(paths, collection=collection, progress=progress))

    def search_sync(
        self,
        text: str,
        *,
        k: int = 8,
        collection: str | None = None,
        failed: Callable[[str], None] | None = None,
        as_of: str = "",
    ) -> tuple[Evidence, ...]:
        """`search`, waiting."""
        return self._wait(self.search(text, k=k, collection=collection, failed=failed, as_of=as_of))

    # Lifetime

    def close(self) -> None:
        """Finish what is being written and let go of everything. Safe to call twice."""
        self._lifetime.close()

    async def aclose(self) -> None:
        """`close`, without blocking the event loop; streams that nobody reads on are ended."""
        await self._running.stop()
        if (parts := self._lifetime.ready) is not None:
            await parts.disconnect()
        await asyncio.to_thread(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _ready(self) -> Composition:
        """All parts; composing them takes a second of imports, which is spent off the event loop."""
        if (parts := self._lifetime.ready) is not None:
            return parts
        return await asyncio.to_thread(lambda: self._parts)

    @property
    def _parts(self) -> Composition:
        return self._lifetime.parts

    def _compose(self) -> Composition:
        from podium.app.composition import compose

        return compose(
            self.project,
            model=self._model,
            principal=self.principal,
            brought=self._brought,
            crash_points=self._crash_points,
        )

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            portal = self._parts.context.portal
        except BaseException:
            work.close()  # the project is broken: nobody will await it
            raise
        return portal.run(work)


async def _last_reply(events: AsyncGenerator[StreamEvent, None]) -> Reply:
    reply: Reply | None = None
    async for event in events:
        if event.kind == "reply":
            reply = Reply.model_validate(event.data)
    if reply is None:
        raise PodiumError(
            "the run ended without a reply", hint="Look at the run with 'podium threads history'."
        )
    return reply
