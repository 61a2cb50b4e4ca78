from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium.core.errors import ScorerError
from podium.evals.scorers.matchers import ABSENT, check, same

plain_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text().filter(lambda key: not key.startswith("$")), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(plain_json)
def test_everything_is_the_same_as_itself(value: Any) -> None:
    assert same(value, value)
    assert same({"$any": True}, value)
    assert same({"$in": [1, value]}, value)
    assert not same({"$not": value}, value)
    assert not same(value, [value])


@pytest.mark.parametrize(
    ("expected", "seen", "hit"),
    [
        (1, 1.0, True),
        (1, True, False),
        (False, 0, False),
        (None, 0, False),
        ("1", 1, False),
        ([1, 2], [2, 1], False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": 1, "b": 2}, {"a": 1}, False),
        ({"$subset": {"a": 1}}, {"a": 1, "b": 2}, True),
        ({"$unordered": [1, {"$regex": "x"}]}, ["ax", 1], True),
        ({"$unordered": [1, 1]}, [1, 2], False),
        ({"$regex": "^O-"}, "O-1", True),
        ({"$regex": "^o-", "flags": "i"}, "O-1", True),
        ({"$regex": "1"}, 1, False),
        ({"$approx": 3.5, "tolerance": 0.01}, 3.509, True),
        ({"$approx": 3.5, "tolerance": 0.01}, 3.52, False),
        ({"$approx": 19.9, "tolerance": 0.05}, 19.95, True),
        ({"$approx": 100, "relative": 0.1}, 109, True),
        ({"$approx": 1}, "1", False),
        ({"$contains": "b"}, "abc", True),
        ({"$contains": {"$gt": 2}}, [1, 3], True),
        ({"$contains": "a"}, {"a": 1}, True),
        ({"$contains": {"a": 1}}, {"a": 1, "b": 2}, True),
        ({"$contains": "a"}, 5, False),
        ({"$ignore_case": "Yes"}, " yes ", True),
        ({"$gte": 2}, 2, True),
        ({"$lt": 2}, 2, False),
        ({"$lte": 2}, True, False),
        ({"$type": "integer"}, 2.0, True),
        ({"$type": "number"}, True, False),
        ({"$type": "null"}, None, True),
        ({"a": {"$absent": True}}, {}, True),
        ({"a": {"$absent": True}}, {"a": None}, False),
        ({"a": {"$any": True}}, {}, False),
        ({"a": {"$not": 1}}, {}, True),
        (1, ABSENT, False),
        (None, ABSENT, False),
    ],
)
def test_matches(expected: Any, seen: Any, hit: bool) -> None:
    assert same(expected, seen) is hit


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"$rexeg": "x"}, r"\$rexeg"),
        ({"a": [{"$regex": "("}]}, "pattern"),
        ({"$regex": 5}, "str"),
        ({"$approx": "5"}, "number"),
        ({"$approx": 5, "tolerence": 1}, "tolerence"),
        ({"$in": "abc"}, "list"),
        ({"$type": "text"}, "text"),
    ],
)
def test_a_matcher_that_is_written_wrongly_is_named(wrong: Any, named: str) -> None:
    with pytest.raises(ScorerError, match=named):
        check(wrong)


def test_a_right_one_passes_the_check() -> None:
    check({"a": [{"$in": [1, {"$regex": "x"}]}], "b": {"$subset": {}}})
