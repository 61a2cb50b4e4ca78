"""The steps of a thread: its checkpoints as a tree, and what ran from each; no states are read."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from podium.core.clock import to_iso
from podium.storage.checkpoint_codec import decoded, unpack_entries
from podium.storage.checkpoint_rows import Lane, head_id
from podium.storage.database import Database

if TYPE_CHECKING:
    from langgraph.checkpoint.serde.base import SerializerProtocol

    from podium.storage.checkpoint_codec import Entry

_PAGE: Final = (
    "SELECT seq, checkpoint_id, parent_id, metadata FROM checkpoints"
    " WHERE thread_id=? AND checkpoint_ns=? AND seq>? ORDER BY seq LIMIT ?"
)
_WRITES: Final = (
    "SELECT task_id, task_path, entries FROM checkpoint_writes"
    " WHERE thread_id=? AND checkpoint_ns=? AND checkpoint_id=? ORDER BY task_path, task_id"
)
_PULLED: Final = "~__pregel_pull, "
_PUSHED: Final = "~__pregel_push, "
_SENDS: Final = "__pregel_tasks"
_ERROR: Final = "__error__"
_INTERRUPT: Final = "__interrupt__"
_INNER: Final = ("__", "branch:")
"""What the channels begin with that are no keys of a state."""
ROLLED_BACK_TO: Final = "podium_rolled_back_to"
"""In the metadata of a checkpoint by which a thread went back: the checkpoint that it went back to."""
_FIRST_UUID_DAY: Final = datetime(1582, 10, 15, tzinfo=UTC)
_UUID_WITH_TIME: Final = 6


@dataclass(frozen=True, slots=True)
class StepTask:
    """A node that ran from a checkpoint.

    Attributes:
        task_id: Unique within the thread.
        node: The node; empty where the checkpoint does not tell.
        wrote: The keys of the state that it wrote.
        error: Whether it failed, and did not run again.
        interrupted: Whether it waits for a person.
    """

    task_id: str
    node: str
    wrote: tuple[str, ...]
    error: bool
    interrupted: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A checkpoint, and what ran from it.

    Attributes:
        seq: Its place in the order in which checkpoints were stored.
        checkpoint_id: Unique within the thread.
        parent_id: The one before it; None for the first.
        step: The number of the step, as LangGraph counts them.
        source: What made it: `input`, `loop`, `update` or `fork`.
        went_back: Whether it is where a rollback began anew.
        run_id: The run that made it, as it was asked for; None where nobody says.
        at: When, ISO 8601 in UTC; empty where its id does not tell.
        tasks: What ran from it.
    """

    seq: int
    checkpoint_id: str
    parent_id: str | None
    step: int
    source: str
    went_back: bool
    run_id: str | None
    at: str
    tasks: tuple[StepTask, ...]


@dataclass(frozen=True, slots=True)
class StepPage:
    """A page of steps, the earliest first.

    Attributes:
        steps: The steps.
        more: Whether there are later ones.
        head: The checkpoint that was stored last.
    """

    steps: list[Step]
    more: bool
    head: str | None


class Steps:
    """Reads the steps of threads.

    Args:
        database: The open database.
        serde: How the checkpointer encodes values.
    """

    def __init__(self, database: Database, serde: SerializerProtocol) -> None:
        self._database = database
        self._serde = serde

    async def page(self, thread_id: str, *, namespace: str, after: int, limit: int) -> StepPage:
        """A page of steps.

        Args:
            thread_id: The thread.
            namespace: Of a subgraph; empty for the graph itself.
            after: The last seq already seen.
            limit: How many at most.
        """
        lane = Lane(thread_id, namespace)

        def work(connection: sqlite3.Connection) -> StepPage:
            rows = connection.execute(_PAGE, (*lane, after, limit + 1)).fetchall()
            steps = [self._step(connection, lane, row) for row in rows[:limit]]
            return StepPage(steps, len(rows) > limit, head_id(connection, lane))

        return await self._database.aread(work)

    def _step(
        self, connection: sqlite3.Connection, lane: Lane, row: tuple[int, str, str | None, str]
    ) -> Step:
        seq, checkpoint_id, parent_id, text = row
        metadata: Mapping[str, Any] = json.loads(text)
        run_id = metadata.get("run_id") or metadata.get("podium_run_id")
        step = metadata.get("step")
        return Step(
            seq=seq,
            checkpoint_id=checkpoint_id,
            parent_id=parent_id,
            step=step if isinstance(step, int) else 0,
            source=str(metadata.get("source", "")),
            went_back=ROLLED_BACK_TO in metadata,
            run_id=str(run_id) if run_id else None,
            at=_moment(checkpoint_id),
            tasks=tuple(self._tasks(connection, lane, checkpoint_id, parent_id)),
        )

    def _tasks(
        self, connection: sqlite3.Connection, lane: Lane, checkpoint_id: str, parent_id: str | None
    ) -> Iterator[StepTask]:
        rows = connection.execute(_WRITES, (*lane, checkpoint_id)).fetchall()
        sent: list[str] = []
        if parent_id is not None and any(path.startswith(_PUSHED) for _, path, _ in rows):
            sent = self._sent(connection, lane, parent_id)
        for task_id, path, packed in rows:
            yield _task(task_id, _node(path, sent), unpack_entries(packed))

    def _sent(self, connection: sqlite3.Connection, lane: Lane, checkpoint_id: str) -> list[str]:
        """To which nodes the tasks of a checkpoint sent something, in the order in which they then ran."""
        return [
            str(getattr(decoded(self._serde, encoding, data), "node", ""))
            for _, _, packed in connection.execute(_WRITES, (*lane, checkpoint_id))
            for _, _, encoding, data in unpack_entries(packed, (_SENDS,))
        ]


def _task(task_id: str, node: str, entries: Sequence[Entry]) -> StepTask:
    channels = [channel for _, channel, _, _ in entries]
    done = any(index >= 0 for index, _, _, _ in entries)
    return StepTask(
        task_id=task_id,
        node=node,
        wrote=tuple(dict.fromkeys(name for name in channels if not name.startswith(_INNER))),
        error=_ERROR in channels and not done,
        interrupted=_INTERRUPT in channels and not done,
    )


def _node(path: str, sent: Sequence[str]) -> str:
    """The node of a task: by its name, or by the place of what was sent to it."""
    if path.startswith(_PULLED):
        return path.removeprefix(_PULLED)
    place = path.removeprefix(_PUSHED).partition(",")[0].strip()
    return sent[int(place)] if place.isdecimal() and int(place) < len(sent) else ""


def _moment(checkpoint_id: str) -> str:
    """When a checkpoint was made, by its id, which LangGraph makes from the time."""
    try:
        number = UUID(checkpoint_id)
    except ValueError:
        return ""
    if number.version != _UUID_WITH_TIME:
        return ""
    ticks = (number.int >> 96) << 28 | ((number.int >> 80) & 0xFFFF) << 12 | ((number.int >> 64) & 0xFFF)
    return to_iso(_FIRST_UUID_DAY + timedelta(microseconds=ticks // 10))
