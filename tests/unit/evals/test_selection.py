from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.core.errors import InputError
from podium.evals.case import Case
from podium.evals.selection import Selection, parse_shard


def _cases(ids: list[str], tags: tuple[str, ...] = ()) -> list[Case]:
    return [Case(id=one, input="?", tags=tags) for one in ids]


@given(st.lists(st.text(min_size=1, max_size=20), unique=True, max_size=40), st.integers(1, 6))
def test_shards_part_the_cases(ids: list[str], parts: int) -> None:
    shards = [Selection(shard=(part, parts)) for part in range(1, parts + 1)]
    found = [case.id for shard in shards for case in shard.of(_cases(ids))]
    assert sorted(found) == sorted(ids)


def test_a_limit_holds_for_all_shards_together() -> None:
    cases = _cases([f"c{n}" for n in range(50)])
    found = {case.id for part in (1, 2) for case in Selection(limit=10, shard=(part, 2)).of(cases)}
    assert found == {f"c{n}" for n in range(10)}


def test_tags_and_ids_narrow_the_cases() -> None:
    cases = [*_cases(["a", "b"], ("x",)), *_cases(["c"], ("y",))]
    assert [case.id for case in Selection(tags=frozenset({"x"})).of(cases)] == ["a", "b"]
    assert [case.id for case in Selection(ids=frozenset({"b", "c"})).of(cases)] == ["b", "c"]


@pytest.mark.parametrize("text", ["", "1", "0/4", "5/4", "a/b", "1/4/2", "-1/4"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no shard"):
        parse_shard(text)
