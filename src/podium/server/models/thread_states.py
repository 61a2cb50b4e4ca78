"""States of threads on the wire."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import StringConstraints

from podium.core.model import JsonObject, JsonValue, Model
from podium.runtime.serving.states import Place
from podium.server.models.runs import CheckpointRef
from podium.server.models.threads import InterruptShown, Limit
from podium.server.wire import Body

StateField = Annotated[
    str,
    StringConstraints(
        pattern=r"^(values(\..{1,200})?|next|tasks|checkpoint|metadata|created_at|parent_checkpoint|interrupts)$"
    ),
]
"""A field of a state, or `values.<key>` for one of its values."""
CheckpointId = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class StateAt(Body):
    """Which checkpoint's state."""

    checkpoint: CheckpointRef | None = None
    subgraphs: bool = False
    select: list[StateField] | None = None


class StateUpdate(Body):
    """A change of a thread's state, as if a node had made it."""

    values: JsonObject | list[JsonValue] | None = None
    as_node: str | None = None
    checkpoint: CheckpointRef | None = None
    checkpoint_id: CheckpointId | None = None


class Configurable(Model):
    """LangGraph's configuration that names a checkpoint."""

    configurable: CheckpointRef


class HistorySearch(Body):
    """Which states of a thread."""

    limit: Limit = 10
    before: CheckpointId | CheckpointRef | Configurable | None = None
    metadata: JsonObject | None = None
    checkpoint: CheckpointRef | None = None
    select: list[StateField] | None = None

    def until(self) -> str | None:
        """The checkpoint before which the states are."""
        match self.before:
            case CheckpointRef(checkpoint_id=found):
                return found
            case Configurable(configurable=inner):
                return inner.checkpoint_id
            case _:
                return self.before


def place_of(ref: CheckpointRef | None, checkpoint_id: str | None = None) -> Place:
    """The checkpoint that is meant.

    Args:
        ref: How a client names it.
        checkpoint_id: What it is called where the other does not tell.
    """
    if ref is None:
        return Place(checkpoint_id)
    return Place(ref.checkpoint_id or checkpoint_id, ref.checkpoint_ns or "", ref.checkpoint_map)


class Checkpoint(Model):
    """What names a checkpoint, as it is told."""

    thread_id: str
    checkpoint_ns: str
    checkpoint_id: str | None
    checkpoint_map: JsonObject | None


class TaskShown(Model):
    """A task of a step, as it is told."""

    id: str
    name: str
    path: list[Any]
    error: str | None
    interrupts: list[InterruptShown]
    checkpoint: Checkpoint | None
    state: ThreadState | None
    result: Any


class ThreadState(Model):
    """A state as it is told; where fields were selected, only those."""

    values: Any = None
    next: list[str] = []
    tasks: list[TaskShown] = []
    metadata: JsonObject = {}
    created_at: str | None = None
    checkpoint: Checkpoint | None = None
    parent_checkpoint: Checkpoint | None = None
    interrupts: list[InterruptShown] = []


class StateUpdated(Model):
    """The checkpoint that an update made."""

    checkpoint: Checkpoint
    configurable: Checkpoint
    checkpoint_id: str
