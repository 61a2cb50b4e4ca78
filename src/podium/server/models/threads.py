"""Threads and their states on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from podium.core.model import JsonObject, JsonValue, Model
from podium.runtime.serving.states import Update
from podium.server.models.runs import RunCommand, Uuid
from podium.server.wire import Body
from podium.storage.thread_changes import TimeToLive, TtlStrategy
from podium.storage.thread_search import SortBy, SortOrder, ThreadQuery, ThreadStatus

ThreadField = Literal[
    "thread_id",
    "created_at",
    "updated_at",
    "state_updated_at",
    "metadata",
    "config",
    "context",
    "status",
    "values",
    "interrupts",
    "error",
    "ttl",
]
Limit = Annotated[int, Field(ge=1, le=1_000)]
Offset = Annotated[int, Field(ge=0, le=2**31)]
Minutes = Annotated[float, Field(gt=0, le=525_600_000)]
Path = Annotated[
    str,
    StringConstraints(
        max_length=500, pattern=r"^(values|metadata|config|interrupts|error)(\.[^.\[\]]+|\[-?\d{1,9}\])*$"
    ),
]
"""A place in a thread, such as `values.messages[-1].content`."""


class Ttl(Body):
    """How long a thread is kept."""

    ttl: Minutes
    strategy: TtlStrategy = "delete"

    def kept(self) -> TimeToLive:
        """The time as the threads' storage takes it."""
        return TimeToLive(self.ttl, self.strategy)


class StateChange(Body):
    """A change of a state, as if a node had made it."""

    values: JsonObject | list[JsonValue] | None = None
    command: RunCommand | None = None
    as_node: str | None = None

    def update(self) -> Update:
        """The change as the graphs take it."""
        command = self.command.model_dump(exclude_unset=True) if self.command else None
        return Update(self.values, command, self.as_node)


class Superstep(Body):
    """Changes that were made side by side."""

    updates: Annotated[list[StateChange], Field(min_length=1, max_length=1_000)]


class ThreadCreate(Body):
    """A new thread."""

    thread_id: Uuid | None = None
    metadata: JsonObject | None = None
    if_exists: Literal["raise", "do_nothing"] = "raise"
    ttl: Minutes | Ttl | None = None
    """Minutes, or minutes and what happens then."""
    supersteps: Annotated[list[Superstep], Field(max_length=10_000)] | None = None

    def replay(self) -> list[list[Update]]:
        """The steps that make its first states."""
        return [[one.update() for one in step.updates] for step in self.supersteps or ()]


class ThreadPatch(Body):
    """What a thread has different; metadata is merged."""

    metadata: JsonObject | None = None
    ttl: Minutes | Ttl | None = None


class MetadataPatch(Body):
    """What a thread's metadata has different."""

    metadata: JsonObject


class ThreadFilter(Body):
    """Which threads."""

    metadata: JsonObject | None = None
    values: JsonObject | None = None
    """Their states have these values; asking so reads the state of each."""
    status: ThreadStatus | None = None
    ids: Annotated[list[Uuid], Field(max_length=1_000)] | None = None

    def query(self) -> ThreadQuery:
        """The filter as the threads' storage takes it."""
        return ThreadQuery(self.metadata or {}, self.status, self.ids)


class ThreadSearch(ThreadFilter):
    """Which threads, in which order, and what of them."""

    limit: Limit = 10
    offset: Offset = 0
    sort_by: SortBy | None = None
    sort_order: SortOrder | None = None
    select: list[ThreadField] | None = None
    extract: Annotated[dict[str, Path], Field(max_length=10)] | None = None
    """Values to tell under names of one's own, by their places."""

    def query(self) -> ThreadQuery:
        """The search as the threads' storage takes it."""
        return ThreadQuery(
            self.metadata or {},
            self.status,
            self.ids,
            self.sort_by or "created_at",
            self.sort_order or "desc",
        )

    def reads_heads(self) -> bool:
        """Whether anything of the threads' states is wanted."""
        paths = (self.extract or {}).values()
        return (
            self.select is None
            or not {"values", "interrupts"}.isdisjoint(self.select)
            or any(path.startswith(("values", "interrupts")) for path in paths)
        )


class ThreadPrune(Body):
    """Which threads to prune, and how far."""

    thread_ids: Annotated[list[Uuid], Field(max_length=10_000)]
    strategy: TtlStrategy = "delete"


class TtlShown(Model):
    """How long a thread is kept, as it is told."""

    strategy: TtlStrategy
    ttl_minutes: float
    expires_at: str


class InterruptShown(Model):
    """What waits for a person, as it is told."""

    id: str
    value: Any = None


class SelectedThread(Model):
    """What was asked for of a thread."""

    thread_id: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    state_updated_at: str | None = None
    metadata: JsonObject | None = None
    config: JsonObject | None = None
    context: JsonObject | None = None
    status: ThreadStatus | None = None
    values: Any = None
    interrupts: dict[str, list[InterruptShown]] | None = None
    error: JsonObject | None = None
    ttl: TtlShown | None = None
    extracted: JsonObject | None = None


class ThreadShown(Model):
    """A thread as it is told."""

    thread_id: str
    created_at: str
    updated_at: str
    state_updated_at: str | None
    metadata: JsonObject
    config: JsonObject
    context: JsonObject
    status: ThreadStatus
    values: Any
    """The latest state; null before there is one."""
    interrupts: dict[str, list[InterruptShown]]
    """What waits for a person, by task."""
    error: JsonObject | None
    ttl: TtlShown | None = None


class Pruned(Model):
    """How many threads were pruned."""

    pruned_count: int
