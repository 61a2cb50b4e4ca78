"""JSON is refused before it is parsed when it is deep, vast or none."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.core.errors import InputError
from podium.server.strict_json import MAX_CONTAINERS, MAX_DEPTH, check_json

LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text() | st.just('"[{\\"]}')
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=200
)


def storable(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


@given(VALUES, st.booleans())
def test_what_is_json_is_taken(value: Any, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    if storable(str(value)):
        check_json(text.encode())


@given(st.binary())
def test_any_bytes_are_taken_or_refused(body: bytes) -> None:
    try:
        check_json(body)
    except InputError:
        return
    json.loads(body)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"[[\\"{{":', "}]")])
def test_depth_is_what_counts(opening: str, closing: str) -> None:
    levels = opening.count("[", 0, 1) + opening.count("{", 0, 2)
    deepest = MAX_DEPTH // levels
    wide = json.dumps([["[" * 500, '"', "\\"]] * 200)
    check_json((opening * (deepest - 2) + wide + closing * (deepest - 2)).encode())
    with pytest.raises(InputError, match="deeper than 100"):
        check_json((opening * (deepest + 1) + "1" + closing * (deepest + 1)).encode())


def test_more_than_anybody_needs_is_refused() -> None:
    with pytest.raises(InputError, match="lists and objects"):
        check_json(b"[" + b"[]," * MAX_CONTAINERS + b"1]")


@pytest.mark.parametrize(
    "body", [b'["' + b"\\\\" * 4_000_000 + b'"]', b"[" * 8_000_000, b'"' * 8_000_001, b"{}" * 4_000_000]
)
def test_a_large_body_holds_nothing_up(body: bytes) -> None:
    began = time.process_time()
    try:
        check_json(body)
    except InputError:
        assert body
    assert time.process_time() - began < 2
