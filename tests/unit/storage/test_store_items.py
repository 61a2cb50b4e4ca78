"""The store in SQLite beyond LangGraph's contract: whose it is, how long it keeps, what it searches by."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from langgraph.store.base import BaseStore
from tests.unit.storage.conftest import ManualClock

from podium.storage.database import Database
from podium.storage.store_batch import Searching
from podium.storage.store_items import SqlStore
from podium.storage.store_rows import Partition
from podium.testing.embedder import FakeEmbedder

if TYPE_CHECKING:
    from podium.models.embedding import Vectors

ADA, BOB = Partition("default", "ada"), Partition("default", "bob")
ELSEWHERE = Partition("other", "ada")
PATH = ("notes",)


@pytest.fixture
def store(database: Database, clock: ManualClock) -> SqlStore:
    return SqlStore(database, ADA, clock=clock)


def keys(store: BaseStore, **options: Any) -> list[str]:
    return [one.key for one in store.search(PATH, **options)]


@pytest.mark.parametrize("stranger", [BOB, ELSEWHERE])
def test_nobody_sees_another_ones_part(store: SqlStore, stranger: Partition) -> None:
    store.put(PATH, "a", {"v": 1})
    theirs = store.of(stranger)
    assert theirs.get(PATH, "a") is None
    assert theirs.search(()) == []
    assert theirs.list_namespaces() == []
    theirs.delete(PATH, "a")
    theirs.put(PATH, "a", {"v": 2})
    found = store.get(PATH, "a")
    assert found is not None
    assert found.value == {"v": 1}


def test_whose_part_it_is_is_asked_for_each_batch(database: Database) -> None:
    present = [ADA]
    store = SqlStore(database, lambda: present[0])
    store.put(PATH, "a", {})
    present[0] = BOB
    assert store.get(PATH, "a") is None


def test_what_is_put_outlives_the_process(path: Path) -> None:
    with Database.open(path) as database:
        SqlStore(database, ADA).put(PATH, "a", {"v": "ä"})
    with Database.open(path) as database:
        found = SqlStore(database, ADA).get(PATH, "a")
    assert found is not None
    assert found.value == {"v": "ä"}


def test_a_put_keeps_the_moment_of_making(store: SqlStore, clock: ManualClock) -> None:
    store.put(PATH, "a", {"v": 1})
    made = clock.now()
    clock.move(60)
    store.put(PATH, "a", {"v": 2})
    found = store.get(PATH, "a")
    assert found is not None
    assert (found.created_at, found.updated_at) == (made, clock.now())


def test_an_item_expires_unless_it_is_read(store: SqlStore, clock: ManualClock) -> None:
    store.put(PATH, "read", {}, ttl=10)
    store.put(PATH, "left", {}, ttl=10)
    store.put(PATH, "kept", {})
    clock.move(9 * 60)
    assert store.get(PATH, "read") is not None
    assert store.get(PATH, "left", refresh_ttl=False) is not None
    clock.move(60)
    assert store.get(PATH, "left") is None
    assert sorted(keys(store, refresh_ttl=False)) == ["kept", "read"]
    clock.move(9 * 60)
    assert keys(store) == ["kept"]


def test_a_search_keeps_what_it_finds_for_longer(store: SqlStore, clock: ManualClock) -> None:
    store.put(PATH, "a", {"n": 1}, ttl=10)
    store.put(PATH, "b", {"n": 2}, ttl=10)
    clock.move(9 * 60)
    assert keys(store, filter={"n": 1}) == ["a"]
    clock.move(60)
    assert keys(store) == ["a"]


def test_the_stores_own_time_counts_where_an_item_names_none(database: Database, clock: ManualClock) -> None:
    store = SqlStore(database, ADA, ttl={"default_ttl": 1, "refresh_on_read": False}, clock=clock)
    store.put(PATH, "a", {})
    store.put(PATH, "b", {}, ttl=None)
    clock.move(59)
    assert store.get(PATH, "a") is not None
    clock.move(1)
    assert keys(store) == ["b"]


async def test_sweeping_deletes_what_has_expired(
    store: SqlStore, database: Database, clock: ManualClock
) -> None:
    store.put(PATH, "a", {}, ttl=1)
    store.put(PATH, "b", {})
    clock.move(60)
    assert await store.asweep() == 1
    rows = database.read(lambda c: c.execute("SELECT key FROM store_items").fetchall())
    assert rows == [("b",)]


def test_an_expired_item_that_is_put_again_is_a_new_one(store: SqlStore, clock: ManualClock) -> None:
    store.put(PATH, "a", {}, ttl=1)
    clock.move(120)
    store.put(PATH, "a", {})
    found = store.get(PATH, "a")
    assert found is not None
    assert found.created_at == clock.now()


def test_rare_words_weigh_more(store: SqlStore) -> None:
    for number in range(5):
        store.put(PATH, f"tea{number}", {"text": "the tea", "number": number})
    store.put(PATH, "kettle", {"text": "kettle"})
    assert keys(store, query="the kettle", limit=1) == ["kettle"]
    found = store.search(PATH, query="the kettle", limit=1)[0]
    assert found.score is not None
    assert 0.5 < found.score < 1


def test_keys_of_values_are_no_words(store: SqlStore) -> None:
    store.put(PATH, "a", {"colour": "red"})
    assert store.search(PATH, query="colour")[0].score == 0


def test_vectors_that_are_missing_or_anothers_are_made_when_asked(database: Database) -> None:
    SqlStore(database, ADA).put(PATH, "a", {"text": "late parcels"})
    for name in ("first", "second"):
        embedder = _Counting(name)
        store = SqlStore(database, ADA, searching=Searching(embedder=embedder))
        assert store.search(PATH, query="parcels")[0].score
        texts = embedder.texts
        store.search(PATH, query="parcels")
        assert embedder.texts == texts + 1  # the question alone
    assert len(store.search(PATH)) == 1


def test_a_value_that_json_cannot_hold_is_refused(store: SqlStore) -> None:
    with pytest.raises(TypeError):
        store.put(PATH, "a", {"v": object()})
    assert store.get(PATH, "a") is None


class _Counting(FakeEmbedder):
    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.texts = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += len(texts)
        return super().embed(texts)
