"""Reading values out of replies."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.core.errors import ModelOutputError
from podium.models.structured import find_object

JSON = st.dictionaries(
    st.text(max_size=8),
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=20), st.lists),
    max_size=4,
)


@given(value=JSON, fenced=st.booleans())
def test_an_object_is_found_in_prose_and_fences_unchanged(value: dict[str, object], fenced: bool) -> None:
    text = json.dumps(value)
    assert find_object(f"Here it is:\n```json\n{text}\n```\n" if fenced else text) == value


@given(value=JSON.filter(bool), share=st.floats(min_value=0, max_value=0.999))
def test_half_an_object_is_never_an_object(value: dict[str, object], share: float) -> None:
    text = json.dumps({"outer": 1, "value": value})
    try:
        found = find_object(text[: int(len(text) * share)])
    except ModelOutputError:
        return
    raise AssertionError(f"made {found} out of half a reply")


def test_trailing_commas_go_but_not_those_in_words() -> None:
    assert find_object('{"a": [1, 2,], "b": "x,]",}') == {"a": [1, 2], "b": "x,]"}


@pytest.mark.parametrize(
    "text", ["", "[1]", "{", '{"a": NaN}', '{"a": "\\ud800"}', "[" * 100_000, "x" * 300_000]
)
def test_what_is_no_object_is_an_output_error(text: str) -> None:
    with pytest.raises(ModelOutputError):
        find_object(text)
