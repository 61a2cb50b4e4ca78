"""Reading and changing the states of threads, each through the graph that it belongs to."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from podium.core.errors import ConfigError, InputError, NotFound, PodiumError, StorageError
from podium.graphs.build import is_governed
from podium.guardrails.redaction import redact
from podium.runtime.serving.graphs import GraphSource
from podium.runtime.serving.input import command_of
from podium.runtime.serving.snapshots import told_checkpoint, told_state
from podium.runtime.serving.worker import interrupts_of
from podium.storage.leases import CONFIG_KEY_FENCE
from podium.storage.threads import ThreadRecord
from podium.telemetry.langsmith import untraced

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.types import StateUpdate

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """A checkpoint of a thread, or its head.

    Attributes:
        checkpoint_id: Which; None for the latest.
        checkpoint_ns: The subgraph; empty for the graph itself.
        checkpoint_map: The checkpoints of the graphs around a subgraph.
    """

    checkpoint_id: str | None = None
    checkpoint_ns: str = ""
    checkpoint_map: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ThreadHead:
    """What a thread's latest state tells of it.

    Attributes:
        values: The state; None before there is one.
        interrupts: What waits for a person, by task.
        waits: Whether nodes are left to run.
        checkpoint_id: The checkpoint; empty before there is one.
    """

    values: Any = None
    interrupts: Mapping[str, Any] = field(default_factory=dict)
    waits: bool = False
    checkpoint_id: str = ""

    @property
    def status(self) -> str:
        """The thread's status while nothing runs in it."""
        return "interrupted" if self.waits else "idle"


@dataclass(frozen=True, slots=True)
class Update:
    """A change of a state, as if a node had made it.

    Attributes:
        values: What the node returned.
        command: A LangGraph command in place of values, in JSON.
        as_node: The node; None where the graph can tell.
    """

    values: Any = None
    command: Mapping[str, Any] | None = None
    as_node: str | None = None


class ThreadStates:
    """States of the threads of the graphs that are served.

    Args:
        graphs: The graphs.
        saver: Stores their checkpoints.
        own: The graph of a thread that names none but has a state, as those from the command line do.
    """

    def __init__(
        self,
        graphs: GraphSource,
        saver: BaseCheckpointSaver[Any],
        own: Callable[[ThreadRecord], str | None],
    ) -> None:
        self._graphs = graphs
        self._saver = saver
        self._own = own

    async def graph_of(self, thread: ThreadRecord) -> str | None:
        """The graph that a thread belongs to; None before it had any."""
        named = thread.metadata.get("graph_id")
        if isinstance(named, str):
            return named
        assistant = thread.metadata.get("assistant_id")
        if isinstance(assistant, str) and assistant in self._graphs.names():
            return assistant
        own = self._own(thread)
        if own is None or await self._saver.aget_tuple(_config(thread, Place())) is None:
            return None
        return own

    async def is_governed(self, name: str, place: Place | None = None) -> bool:
        """Whether the nodes of a graph, or of the subgraph at a place in it, decide what may be done.

        Args:
            name: The graph.
            place: Says which subgraph; None for the graph itself.

        Raises:
            UnknownName: There is no such graph.
        """
        async with self._graphs.opened(name, None, purpose="threads.read") as graph:
            if place is None or not place.checkpoint_ns:
                return is_governed(graph)
            found = graph.get_subgraphs(namespace=_nodes_of(place.checkpoint_ns), recurse=True)
            return any(is_governed(inner) for _, inner in found)

    async def head(self, thread: ThreadRecord) -> ThreadHead:
        """What the latest state tells; nothing where the thread's graph cannot be opened any more."""
        name = await self.graph_of(thread)
        if name is None:
            return ThreadHead()
        config = _config(thread, Place())
        try:
            async with self._graphs.opened(name, config, purpose="threads.read") as graph:
                snapshot = await graph.aget_state(config)
        except ConfigError:  # of a graph that is gone, or broken and told of at the start
            return ThreadHead()
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 - a graph that is broken must not keep threads from being listed
            _logger.warning("the state of thread %s cannot be read: %s", thread.thread_id, redact(str(error)))
            return ThreadHead()
        if snapshot.metadata is None:
            return ThreadHead()
        checkpoint = str(snapshot.config["configurable"]["checkpoint_id"])
        return ThreadHead(snapshot.values, interrupts_of(snapshot), bool(snapshot.next), checkpoint)

    async def state(self, thread: ThreadRecord, place: Place, *, subgraphs: bool = False) -> dict[str, Any]:
        """A state of a thread; an empty one where it has none yet.

        Args:
            thread: The thread.
            place: Which checkpoint.
            subgraphs: Whether the states of subgraphs are told within.

        Raises:
            NotFound: There is no such checkpoint.
            InputError: The graph has no such subgraph.
        """
        name = await self.graph_of(thread)
        if name is None:
            if place.checkpoint_id:
                raise unknown_checkpoint(thread, place)
            return _empty(thread)
        config = _config(thread, place)
        async with self._graphs.opened(name, config, purpose="threads.read") as graph:
            with _judged(thread):
                snapshot = await graph.aget_state(config, subgraphs=subgraphs)
        if snapshot.metadata is None and place.checkpoint_id:
            raise unknown_checkpoint(thread, place)
        return told_state(snapshot, thread.thread_id)

    async def history(
        self,
        thread: ThreadRecord,
        place: Place,
        *,
        limit: int,
        before: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> AsyncIterator[dict[str, Any]]:
        """States of a thread, newest first; only as many are read as are told.

        Args:
            thread: The thread.
            place: Of which subgraph, or which one checkpoint.
            limit: How many at most.
            before: Only those before this checkpoint.
            metadata: The checkpoints' metadata has these values.

        Raises:
            InputError: The graph has no such subgraph.
        """
        name = await self.graph_of(thread)
        if name is None:
            return
        config = _config(thread, place)
        until: RunnableConfig | None = None
        if before is not None:
            until = {"configurable": {"thread_id": thread.thread_id, "checkpoint_id": before}}
        asked = dict(metadata) if metadata else None
        async with self._graphs.opened(name, config, purpose="threads.read") as graph:
            states = graph.aget_state_history(config, filter=asked, before=until, limit=limit)
            with _judged(thread):
                async for snapshot in states:
                    yield told_state(snapshot, thread.thread_id)

    async def update(
        self,
        thread: ThreadRecord,
        place: Place,
        supersteps: Sequence[Sequence[Update]],
        *,
        fence: int,
    ) -> dict[str, Any]:
        """Change a thread's state as if nodes had run; returns what names the new checkpoint.

        Args:
            thread: The thread, held by the caller.
            place: The checkpoint to go on from.
            supersteps: Steps one after another, each of updates side by side.
            fence: Token of the thread's lease.

        Raises:
            NotFound: There is no such checkpoint.
            InputError: The thread names no graph, or the graph does not take an update.
        """
        name = await self.graph_of(thread)
        if name is None:
            raise InputError(
                f"thread {thread.thread_id} belongs to no graph yet",
                hint="Run it once, or set graph_id in its metadata.",
            )
        config = _config(thread, place)
        if place.checkpoint_id and await self._saver.aget_tuple(config) is None:
            raise unknown_checkpoint(thread, place)
        config["configurable"][CONFIG_KEY_FENCE] = fence
        async with self._graphs.opened(name, config, purpose="threads.update") as graph:
            steps = [[_given(update) for update in step] for step in supersteps]
            with _judged(thread), untraced():
                after = await graph.abulk_update_state(config, steps)
        return told_checkpoint(after, thread.thread_id)


def unknown_checkpoint(thread: ThreadRecord, place: Place) -> NotFound:
    """The error of whoever asks for a checkpoint that is not there."""
    return NotFound(
        f"thread {thread.thread_id} has no checkpoint {place.checkpoint_id}",
        hint=f"GET /threads/{thread.thread_id}/history tells which there are.",
    )


def _nodes_of(checkpoint_ns: str) -> str:
    """The path of nodes in a namespace, whose parts are `node:task` and numbers of repeated calls."""
    parts = checkpoint_ns.split("|")
    return "|".join(part.partition(":")[0] for part in parts if not part.isdigit())


@contextmanager
def _judged(thread: ThreadRecord) -> Iterator[None]:
    """What a graph raises of itself, its reducers and writers, is the caller's to mend."""
    try:
        yield
    except PodiumError:
        raise
    except Exception as error:
        text = " ".join(redact(str(error)).split()) or type(error).__name__
        raise InputError(
            f"the graph of thread {thread.thread_id} does not take this: {text}",
            hint="See the graph's schemas and nodes under /assistants.",
        ) from error


def _config(thread: ThreadRecord, place: Place) -> RunnableConfig:
    configurable: dict[str, Any] = {"thread_id": thread.thread_id, "checkpoint_ns": place.checkpoint_ns}
    if place.checkpoint_id:
        configurable["checkpoint_id"] = place.checkpoint_id
    if place.checkpoint_map:
        configurable["checkpoint_map"] = dict(place.checkpoint_map)
    return {"configurable": configurable}


def _empty(thread: ThreadRecord) -> dict[str, Any]:
    return {
        "values": {},
        "next": [],
        "tasks": [],
        "metadata": {},
        "created_at": None,
        "checkpoint": told_checkpoint({}, thread.thread_id),
        "parent_checkpoint": None,
        "interrupts": [],
    }


def _given(update: Update) -> StateUpdate:
    from langgraph.types import StateUpdate

    values: Any = update.values if update.command is None else command_of(update.command)
    return StateUpdate(values, update.as_node)
