"""Our saver keeps the checkpointer contract."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver

from podium.storage import Database, PodiumSaver
from podium.storage.encryption.cipher import Cipher
from podium.testing.checkpointer import CheckpointerContract


class TestPodiumSaver(CheckpointerContract):
    @asynccontextmanager
    async def open_saver(self, folder: Path) -> AsyncIterator[BaseCheckpointSaver[Any]]:
        with Database.open(folder / "podium.db") as database:
            yield PodiumSaver(database)


class TestEncryptedPodiumSaver(CheckpointerContract):
    @asynccontextmanager
    async def open_saver(self, folder: Path) -> AsyncIterator[BaseCheckpointSaver[Any]]:
        with Database.open(folder / "podium.db", cipher=Cipher([b"k" * 32])) as database:
            yield PodiumSaver(database)
