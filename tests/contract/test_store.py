"""Every store keeps the published contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from langgraph.store.base import BaseStore
from langgraph.store.memory import InMemoryStore

from podium.storage.database import Database
from podium.storage.encryption.cipher import Cipher
from podium.storage.store_batch import Searching
from podium.storage.store_items import SqlStore
from podium.storage.store_rows import Partition
from podium.testing.embedder import FakeEmbedder
from podium.testing.store import SearchingStoreContract, StoreContract

ADA = Partition("default", "ada")


class TestLangGraphsOwnStore(StoreContract):
    def store(self, folder: Path) -> BaseStore:
        return InMemoryStore()


class TestLangGraphsOwnStoreWithAnIndex(SearchingStoreContract):
    def store(self, folder: Path) -> BaseStore:
        embedder = FakeEmbedder()
        return InMemoryStore(
            index={
                "dims": embedder.dimensions,
                "embed": lambda texts: embedder.embed(list(texts)).tolist(),
                "fields": ["$"],
            }
        )


class _Ours:
    @pytest.fixture(autouse=True)
    def _opened(self, tmp_path: Path) -> Iterator[None]:
        with Database.open(tmp_path / "podium.db") as self.database:
            yield


class TestEncryptedSqlStore(SearchingStoreContract):
    @pytest.fixture(autouse=True)
    def _opened(self, tmp_path: Path) -> Iterator[None]:
        with Database.open(tmp_path / "podium.db", cipher=Cipher([b"k" * 32])) as self.database:
            yield

    def store(self, folder: Path) -> BaseStore:
        return SqlStore(self.database, ADA)


class TestSqlStore(_Ours, SearchingStoreContract):
    def store(self, folder: Path) -> BaseStore:
        return SqlStore(self.database, ADA)


class TestSqlStoreWithAnEmbedder(_Ours, SearchingStoreContract):
    def store(self, folder: Path) -> BaseStore:
        return SqlStore(self.database, ADA, searching=Searching(embedder=FakeEmbedder()))
