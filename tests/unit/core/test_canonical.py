"""Canonical JSON: equal values have equal digests, different ones different, the rest is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import assume, given
from hypothesis import strategies as st

from podium.core.canonical import canonical_bytes, canonical_digest, to_json
from podium.core.errors import InputError

SAFE = 2**53 - 1
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-SAFE, SAFE)
    | st.floats(-SAFE, SAFE)
    | st.floats(min_value=1e21, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def same(a: Any, b: Any) -> bool:
    """Equality of JSON: numbers by value, but true is not 1."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    numbers = isinstance(a, int | float) and isinstance(b, int | float)
    return bool((numbers or type(a) is type(b)) and a == b)


def shuffled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(value)}
    if isinstance(value, list):
        return tuple(shuffled(item) for item in value)
    return value


@given(VALUES)
def test_order_of_keys_and_tuples_do_not_matter(value: Any) -> None:
    assert canonical_digest(shuffled(value)) == canonical_digest(value)


@given(VALUES)
def test_a_round_trip_through_json_keeps_the_digest(value: Any) -> None:
    assert canonical_digest(json.loads(json.dumps(to_json(value)))) == canonical_digest(value)
    assert canonical_digest(json.loads(canonical_bytes(value))) == canonical_digest(value)


@given(VALUES, VALUES)
def test_different_values_have_different_digests(a: Any, b: Any) -> None:
    assume(not same(a, b))
    assert canonical_digest(a) != canonical_digest(b)


@pytest.mark.parametrize(
    ("a", "b"), [(True, 1), (0, False), ("1", 1), (None, ""), ([], {}), ({"a": None}, {})]
)
def test_values_that_python_confuses_are_kept_apart(a: Any, b: Any) -> None:
    assert canonical_digest(a) != canonical_digest(b)


@pytest.mark.parametrize(("a", "b"), [(1, 1.0), (0.0, -0.0), (1e21, 10.0**21), ((1, (2,)), [1, [2]])])
def test_equal_values_of_other_types_are_the_same(a: Any, b: Any) -> None:
    assert canonical_digest(a) == canonical_digest(b)


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"a": [float("nan")]}, r"\$\.a\[0\]"),
        ([float("inf")], r"\$\[0\]"),
        ({"n": 2**53}, "2\\^53"),
        ({"n": -(2**53)}, "2\\^53"),
        ({"n": 2.0**53}, "2\\^53"),
        ("\ud800", "surrogate"),
        ({"\udfff": 1}, "surrogate"),
        ({1: "a"}, "not text"),
        ({"a": {1, 2}}, "set"),
        ({"a": b"x"}, "bytes"),
    ],
)
def test_what_has_no_canonical_form_is_refused(value: Any, where: str) -> None:
    with pytest.raises(InputError, match=where):
        canonical_digest(value)


def test_deep_nesting_is_refused_and_the_stack_holds() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(InputError, match="levels deep"):
        canonical_bytes(value)


def test_the_example_of_the_standard() -> None:
    """RFC 8785, section 3.2.2."""
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    assert canonical_bytes(value) == (
        b'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        b'"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


@given(VALUES)
def test_the_fast_way_writes_what_the_standard_says(value: Any) -> None:
    assert canonical_bytes(value) == rfc8785.dumps(to_json(value))
