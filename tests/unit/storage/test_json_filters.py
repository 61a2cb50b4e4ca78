"""Which rows hold given JSON values, compared with a plain definition of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.storage.json_filters import holding
from podium.storage.json_text import dump_some

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([0.5, 1.0])
    | st.sampled_from(["", "1", "a"])
)
KEYS = st.sampled_from(["a", "b", 'a"b', "$.a", "a.b", "ä"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=2)
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=3)


def holds(held: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(held, Mapping) and all(k in held and holds(held[k], v) for k, v in wanted.items())
    if isinstance(wanted, list):
        return isinstance(held, list) and dump_some(held) == dump_some(wanted)
    return isinstance(held, bool) == isinstance(wanted, bool) and type(held) is not list and held == wanted


def found(held: Any, wanted: Mapping[str, Any]) -> bool:
    terms, values = holding("given", wanted)
    query = f"SELECT count(*) FROM (SELECT ? AS given) WHERE {' AND '.join(terms) or '1'}"
    with sqlite3.connect(":memory:") as connection:
        count = connection.execute(query, (dump_some(held), *values)).fetchone()[0]
    connection.close()
    return bool(count)


@given(held=OBJECTS, wanted=OBJECTS)
def test_a_row_is_found_where_it_holds_what_is_wanted(held: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert found(held, wanted) == holds(held, wanted)
    assert found({**wanted, "more": 1}, wanted)


@pytest.mark.parametrize(
    ("held", "wanted", "expected"),
    [
        ({"a": 1}, {"a": True}, False),
        ({"a": "1"}, {"a": 1}, False),
        ({"a": 1}, {"a": 1.0}, True),
        ({}, {"a": None}, False),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, True),
        ({"a": 10**30}, {"a": 10**30}, True),
    ],
)
def test_kinds_are_told_apart(held: Any, wanted: dict[str, Any], expected: bool) -> None:
    assert json.loads(dump_some(held)) == held
    assert found(held, wanted) is expected
