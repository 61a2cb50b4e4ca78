"""Lists checkpoints page by page, so that a long history is never held at once."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple, get_checkpoint_id

from podium.storage import checkpoint_rows
from podium.storage.checkpoint_loader import CheckpointLoader

_PAGE = 32


class Listing:
    """One walk over checkpoints, newest first.

    Args:
        loader: Builds the checkpoints.
        config: Thread, and optionally namespace and checkpoint, to list; None for all threads.
        wanted: Metadata that must be equal.
        before: Only checkpoints committed before the one it names, in whichever namespace that is.
        limit: How many at most.
    """

    def __init__(
        self,
        loader: CheckpointLoader,
        config: RunnableConfig | None,
        wanted: dict[str, Any] | None,
        before: RunnableConfig | None,
        limit: int | None,
    ) -> None:
        self._loader = loader
        self._conditions = _conditions(config)
        self._thread_id = str(config["configurable"]["thread_id"]) if config else None
        self._wanted = wanted or {}
        self._before = get_checkpoint_id(before) if before else None
        self._below: int | None = None
        self._left = limit
        self.exhausted = limit is not None and limit <= 0

    def next_page(self, connection: sqlite3.Connection) -> list[CheckpointTuple]:
        """The next matching checkpoints; `exhausted` tells whether there may be more."""
        if self._before is not None:
            self._start_below(connection, self._before)
            self._before = None
        size = _PAGE if self._left is None else min(_PAGE, self._left)
        rows = checkpoint_rows.page(connection, self._conditions, self._below, size)
        self.exhausted = len(rows) < size
        if rows:
            self._below = rows[-1].seq
        matching = [row for row in rows if self._matches(row.metadata)]
        if self._left is not None:
            self._left -= len(matching)
            self.exhausted = self.exhausted or self._left <= 0
        return [self._loader.build(connection, row) for row in matching]

    def _start_below(self, connection: sqlite3.Connection, checkpoint_id: str) -> None:
        self._below = checkpoint_rows.seq_of(connection, self._thread_id, checkpoint_id)
        if self._below is None:
            # Not stored, so its id, which LangGraph makes increasing, is all there is to go by.
            self._conditions.append(("checkpoint_id<?", checkpoint_id))

    def _matches(self, metadata: str) -> bool:
        if not self._wanted:
            return True
        stored = json.loads(metadata)
        return all(key in stored and stored[key] == value for key, value in self._wanted.items())


def _conditions(config: RunnableConfig | None) -> list[tuple[str, object]]:
    if config is None:
        return []
    configurable = config["configurable"]
    conditions: list[tuple[str, object]] = [("thread_id=?", str(configurable["thread_id"]))]
    if (namespace := configurable.get("checkpoint_ns")) is not None:
        conditions.append(("checkpoint_ns=?", namespace))
    if checkpoint_id := get_checkpoint_id(config):
        conditions.append(("checkpoint_id=?", checkpoint_id))
    return conditions
