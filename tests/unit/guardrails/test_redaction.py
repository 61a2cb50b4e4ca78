from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from podium.core.model import JsonValue
from podium.guardrails.redaction import redact

KEY = "ghp_" + "a1B2" * 9
json_values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


def test_secrets_go_at_any_depth_and_the_rest_stays() -> None:
    value: JsonValue = {
        "a": [{"b": f"use {KEY} now"}],
        "n": 3,
        "password": "hunter2",
        "api_key": "zzz",
        "token_count": "12",
    }
    assert redact(value) == {
        "a": [{"b": "use [secret] now"}],
        "n": 3,
        "password": "[secret]",
        "api_key": "[secret]",
        "token_count": "12",
    }


def test_a_secret_in_a_key_goes_too() -> None:
    assert redact({KEY: 1}) == {"[secret]": 1}


@given(json_values)
def test_redacting_twice_is_redacting_once(value: JsonValue) -> None:
    once = redact(value)
    assert redact(once) == once
