"""The contract of LangGraph's store, as a test class to inherit from."""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import pytest
from langgraph.store.base import BaseStore, GetOp, InvalidNamespaceError, ListNamespacesOp, PutOp, SearchOp

USERS = ("users", "ada")


class StoreContract(ABC):
    """What graphs may expect of a store.

    Inherit from it in a test module and say how to open a store::

        class TestMyStore(StoreContract):
            def store(self, folder):
                return MyStore(folder / "db")
    """

    @abstractmethod
    def store(self, folder: Path) -> BaseStore:
        """A fresh, empty store that keeps its data in `folder`."""

    def test_what_was_put_is_got(self, tmp_path: Path) -> None:
        """With its value, namespace, key and moments."""
        store = self.store(tmp_path)
        store.put(USERS, "likes", {"food": ["rye", {"with": "salt"}], "n": 1.5, "yes": True, "no": None})
        found = store.get(USERS, "likes")
        assert found is not None
        assert (found.namespace, found.key) == (USERS, "likes")
        assert found.value == {"food": ["rye", {"with": "salt"}], "n": 1.5, "yes": True, "no": None}
        assert found.created_at.tzinfo is not None
        assert found.created_at <= found.updated_at

    def test_what_is_not_there_is_none(self, tmp_path: Path) -> None:
        """Neither another key nor another namespace."""
        store = self.store(tmp_path)
        store.put(USERS, "a", {"v": 1})
        assert store.get(USERS, "b") is None
        assert store.get((*USERS, "more"), "a") is None

    def test_a_put_replaces(self, tmp_path: Path) -> None:
        """The whole value."""
        store = self.store(tmp_path)
        store.put(USERS, "a", {"v": 1, "w": 2})
        store.put(USERS, "a", {"v": 3})
        assert _value(store, "a") == {"v": 3}
        assert len(store.search(USERS)) == 1

    def test_a_value_that_is_changed_outside_is_not_changed_inside(self, tmp_path: Path) -> None:
        """Adding a key to what was put adds none to what is kept."""
        store = self.store(tmp_path)
        value: dict[str, Any] = {"v": 1}
        store.put(USERS, "a", value)
        value["w"] = 2
        assert _value(store, "a") == {"v": 1}

    def test_deleting_forgets_and_may_be_repeated(self, tmp_path: Path) -> None:
        """An item that is not there is deleted without an error."""
        store = self.store(tmp_path)
        store.put(USERS, "a", {"v": 1})
        store.delete(USERS, "a")
        store.delete(USERS, "a")
        assert store.get(USERS, "a") is None
        assert store.search(()) == []

    def test_a_search_is_under_a_prefix_of_whole_labels(self, tmp_path: Path) -> None:
        """`ad` is no beginning of `ada`."""
        store = self.store(tmp_path)
        store.put(USERS, "a", {})
        store.put((*USERS, "notes"), "b", {})
        store.put(("users", "ada2"), "c", {})
        store.put(("users",), "d", {})
        assert _keys(store.search(USERS)) == {"a", "b"}
        assert _keys(store.search(("users", "ad"))) == set()
        assert _keys(store.search(())) == {"a", "b", "c", "d"}

    def test_a_search_is_filtered(self, tmp_path: Path) -> None:
        """By values, nested ones and conditions."""
        store = self.store(tmp_path)
        store.put(USERS, "a", {"kind": "x", "n": 1, "in": {"deep": [1, 2]}})
        store.put(USERS, "b", {"kind": "y", "n": 2, "in": {"deep": [2, 1]}})
        store.put(USERS, "c", {"kind": "x", "n": 3, "in": {"deep": [1, 2], "more": 1}})
        cases: list[tuple[dict[str, Any], set[str]]] = [
            ({"kind": "x"}, {"a", "c"}),
            ({"kind": "x", "n": 3}, {"c"}),
            ({"kind": {"$eq": "y"}}, {"b"}),
            ({"kind": {"$ne": "x"}}, {"b"}),
            ({"n": {"$gt": 1}}, {"b", "c"}),
            ({"n": {"$gte": 2, "$lt": 3}}, {"b"}),
            ({"n": {"$lte": 1}}, {"a"}),
            ({"in": {"deep": [1, 2]}}, {"a", "c"}),
            ({"kind": "z"}, set()),
        ]
        for wanted, expected in cases:
            assert _keys(store.search(USERS, filter=wanted)) == expected, wanted

    def test_a_filter_with_an_unknown_condition_is_refused(self, tmp_path: Path) -> None:
        """It never lets everything through."""
        store = self.store(tmp_path)
        store.put(USERS, "a", {"n": 1})
        with pytest.raises(ValueError, match="near"):
            store.search(USERS, filter={"n": {"$near": 1}})

    def test_pages_hold_everything_once(self, tmp_path: Path) -> None:
        """With and without a filter."""
        store = self.store(tmp_path)
        for number in range(7):
            store.put(USERS, str(number), {"n": number, "even": number % 2 == 0})
        pages = [store.search(USERS, limit=3, offset=offset) for offset in (0, 3, 6)]
        assert [len(page) for page in pages] == [3, 3, 1]
        assert set.union(*map(_keys, pages)) == set(map(str, range(7)))
        even = [store.search(USERS, filter={"even": True}, limit=3, offset=offset) for offset in (0, 3)]
        assert [len(page) for page in even] == [3, 1]

    def test_namespaces_are_listed(self, tmp_path: Path) -> None:
        """By beginning, end and depth, wildcards included, in order."""
        store = self.store(tmp_path)
        for path in (("a", "b", "c"), ("a", "b", "d", "e"), ("a", "x"), ("z", "b", "c")):
            store.put(path, "k", {})
        assert store.list_namespaces() == [("a", "b", "c"), ("a", "b", "d", "e"), ("a", "x"), ("z", "b", "c")]
        assert store.list_namespaces(prefix=("a", "b")) == [("a", "b", "c"), ("a", "b", "d", "e")]
        assert store.list_namespaces(prefix=("*", "b")) == [
            ("a", "b", "c"),
            ("a", "b", "d", "e"),
            ("z", "b", "c"),
        ]
        assert store.list_namespaces(suffix=("c",)) == [("a", "b", "c"), ("z", "b", "c")]
        assert store.list_namespaces(max_depth=1) == [("a",), ("z",)]
        assert store.list_namespaces(max_depth=2, limit=2, offset=1) == [("a", "x"), ("z", "b")]

    def test_bad_namespaces_are_refused(self, tmp_path: Path) -> None:
        """Empty ones, labels that are empty or have a dot, and LangGraph's own."""
        store = self.store(tmp_path)
        for path in ((), ("a", ""), ("a.b",), ("langgraph", "x")):
            with pytest.raises(InvalidNamespaceError):
                store.put(path, "k", {})

    def test_a_batch_reads_what_was_there_before_it(self, tmp_path: Path) -> None:
        """And answers in the order of its operations; of two puts of one item the last counts."""
        store = self.store(tmp_path)
        store.put(USERS, "a", {"v": 1})
        results = store.batch(
            [
                PutOp(USERS, "a", {"v": 2}),
                GetOp(USERS, "a"),
                PutOp(USERS, "a", {"v": 3}),
                SearchOp(USERS),
                ListNamespacesOp(),
                PutOp(USERS, "b", None),
            ]
        )
        assert [one is None for one in results] == [True, False, True, False, False, True]
        assert getattr(results[1], "value", None) == {"v": 1}
        assert results[4] == [USERS]
        assert _value(store, "a") == {"v": 3}

    async def test_the_async_twins_do_the_same(self, tmp_path: Path) -> None:
        """All of them."""
        store = self.store(tmp_path)
        await store.aput(USERS, "a", {"v": 1})
        found = await store.aget(USERS, "a")
        assert found is not None
        assert found.value == {"v": 1}
        assert _keys(await store.asearch(USERS, filter={"v": 1})) == {"a"}
        assert await store.alist_namespaces() == [USERS]
        await store.adelete(USERS, "a")
        assert await store.aget(USERS, "a") is None

    def test_a_question_that_nothing_answers_better_finds_all(self, tmp_path: Path) -> None:
        """However a store searches, asking takes nothing away."""
        store = self.store(tmp_path)
        store.put(USERS, "a", {"text": "parcels are late"})
        store.put(USERS, "b", {"text": "tea is hot"})
        assert _keys(store.search(USERS, query="late parcels")) == {"a", "b"}


class SearchingStoreContract(StoreContract):
    """What graphs may expect of a store that searches by what is asked."""

    def test_what_answers_a_question_comes_first(self, tmp_path: Path) -> None:
        """With falling scores."""
        store = self.store(tmp_path)
        store.put(USERS, "tea", {"text": "tea is hot in the morning"})
        store.put(USERS, "late", {"text": "two parcels were late"})
        store.put(USERS, "one", {"text": "one parcel"})
        found = store.search(USERS, query="late parcels")
        assert found[0].key == "late"
        scores = [one.score or 0.0 for one in found]
        assert all(map(operator.ge, scores, scores[1:]))
        assert [one.key for one in store.search(USERS, query="late parcels", limit=1, offset=1)] == [
            found[1].key
        ]

    def test_what_is_not_indexed_comes_last_without_a_score(self, tmp_path: Path) -> None:
        """Where a put says so."""
        store = self.store(tmp_path)
        store.put(USERS, "hidden", {"text": "late parcels"}, index=False)
        store.put(USERS, "shown", {"text": "tea"})
        found = store.search(USERS, query="late parcels")
        assert [one.key for one in found] == ["shown", "hidden"]
        assert found[1].score is None

    def test_only_the_named_paths_are_searched(self, tmp_path: Path) -> None:
        """Paths reach into lists."""
        store = self.store(tmp_path)
        store.put(USERS, "a", {"notes": [{"text": "tea"}], "other": "late parcels"}, index=["notes[*].text"])
        store.put(USERS, "b", {"notes": [{"text": "late parcels"}]}, index=["notes[*].text"])
        assert store.search(USERS, query="late parcels")[0].key == "b"


def _keys(found: Any) -> set[str]:
    return {one.key for one in found}


def _value(store: BaseStore, key: str) -> dict[str, Any]:
    found = store.get(USERS, key)
    assert found is not None
    return found.value
