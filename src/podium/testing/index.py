"""The contract that every index of vectors keeps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from podium.knowledge.index import Space

if TYPE_CHECKING:
    from podium.knowledge.index import Index, Vectors

SPACE = Space("handbook", "fake", 4)
OTHER = Space("letters", "fake", 4)


class IndexContract(ABC):
    """What every index keeps; inherit it as `Test…` and override `index`."""

    @pytest.fixture
    @abstractmethod
    def index(self, tmp_path: Path) -> Index:
        """The index under test, empty."""

    def test_finds_the_nearest_first(self, index: Index) -> None:
        index.upsert(SPACE, ["a", "b", "c"], vectors([1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 0, 1]))
        hits = index.query(SPACE, vectors([1, 0, 0, 0])[0], 2)
        assert [hit.id for hit in hits] == ["a", "b"]
        assert hits[0].similarity == pytest.approx(1, abs=1e-3)
        assert hits[1].similarity == pytest.approx(0.7071, abs=1e-3)

    def test_asking_for_more_than_there_is_gives_all(self, index: Index) -> None:
        index.upsert(SPACE, ["a", "b"], vectors([1, 0, 0, 0], [0, 1, 0, 0]))
        assert len(index.query(SPACE, vectors([1, 0, 0, 0])[0], 50)) == 2

    def test_an_empty_space_gives_nothing(self, index: Index) -> None:
        assert index.query(SPACE, vectors([1, 0, 0, 0])[0], 3) == []
        assert index.similarities(SPACE, vectors([1, 0, 0, 0])[0], ["a"]) == {}
        assert index.ids(SPACE) == set()

    def test_upsert_replaces(self, index: Index) -> None:
        index.upsert(SPACE, ["a"], vectors([1, 0, 0, 0]))
        index.upsert(SPACE, ["a"], vectors([0, 1, 0, 0]))
        assert index.query(SPACE, vectors([0, 1, 0, 0])[0], 5)[0].similarity == pytest.approx(1, abs=1e-3)
        assert index.ids(SPACE) == {"a"}

    def test_deleted_vectors_are_gone(self, index: Index) -> None:
        index.upsert(SPACE, ["a", "b"], vectors([1, 0, 0, 0], [0, 1, 0, 0]))
        index.delete(SPACE, ["a", "unknown"])
        assert index.ids(SPACE) == {"b"}
        assert [hit.id for hit in index.query(SPACE, vectors([1, 0, 0, 0])[0], 5)] == ["b"]

    def test_deleting_from_an_empty_space_is_no_error(self, index: Index) -> None:
        index.delete(SPACE, ["a"])
        assert index.ids(SPACE) == set()

    def test_counts(self, index: Index) -> None:
        assert index.count(SPACE) == 0
        index.upsert(SPACE, ["a", "b"], vectors([1, 0, 0, 0], [0, 1, 0, 0]))
        assert (index.count(SPACE), index.count(OTHER)) == (2, 0)

    def test_spaces_do_not_mix(self, index: Index) -> None:
        index.upsert(SPACE, ["a"], vectors([1, 0, 0, 0]))
        index.upsert(OTHER, ["b"], vectors([1, 0, 0, 0]))
        assert [hit.id for hit in index.query(SPACE, vectors([1, 0, 0, 0])[0], 5)] == ["a"]

    def test_similarities_leave_unknown_ids_out(self, index: Index) -> None:
        index.upsert(SPACE, ["a"], vectors([1, 1, 0, 0]))
        found = index.similarities(SPACE, vectors([1, 0, 0, 0])[0], ["a", "unknown"])
        assert found == {"a": pytest.approx(0.7071, abs=1e-3)}

    def test_what_was_written_is_there_after_reopening(self, index: Index) -> None:
        index.upsert(SPACE, ["a"], vectors([1, 0, 0, 0]))
        index.reopen()
        assert index.ids(SPACE) == {"a"}


def vectors(*rows: list[int]) -> Vectors:
    """Rows of length 1."""
    array = np.asarray(rows, dtype=np.float32)
    array /= np.linalg.norm(array, axis=1, keepdims=True)
    return array
