"""Our saver keeps the checkpointer contract."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver

from podium.storage import Database, PodiumSaver
from podium.testing.checkpointer import CheckpointerContract


class TestPodiumSaver(CheckpointerContract):
    @asynccontextmanager
    async def open_saver(self, folder: Path) -> AsyncIterator[BaseCheckpointSaver[Any]]:
        with Database.open(folder / "podium.db") as database:
            yield PodiumSaver(database)
