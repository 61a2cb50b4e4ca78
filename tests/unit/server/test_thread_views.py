"""Threads and states as answers tell them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import HumanMessage

from podium.runtime.serving.states import ThreadHead
from podium.server.thread_views import extracted, state_view, thread_view, ttl_view
from podium.storage.threads import ThreadRecord

THREAD = ThreadRecord("one", "default", "ada", metadata={"a": {"b": [1, 2]}})


def view(values: Any) -> dict[str, Any]:
    return thread_view(THREAD, ThreadHead(values))


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("values.messages[-1].content", "hello"),
        ("values.messages[0].type", "human"),
        ("values.messages[1]", None),
        ("values.messages.content", None),
        ("values.none.at.all", None),
        ("values[0]", None),
        ("metadata.a.b[1]", 2),
        ("metadata", {"a": {"b": [1, 2]}}),
        ("error.message", None),
    ],
)
def test_a_place_in_a_thread_is_found_or_is_null(path: str, found: Any) -> None:
    told = view({"messages": [HumanMessage("hello")]})
    assert extracted(told, {"it": path}) == {"it": found}


NAMES = st.text("abc", min_size=1, max_size=3)


@given(names=st.lists(NAMES, min_size=1, max_size=4), index=st.integers(0, 3), value=st.integers(0, 9))
def test_every_place_is_found_by_its_path(names: list[str], index: int, value: int) -> None:
    values: Any = [None] * index + [value]
    for name in reversed(names):
        values = {name: values}
    path = f"values.{'.'.join(names)}[{index}]"
    assert extracted(view(values), {"it": path, "last": f"{path[: -len(str(index)) - 1]}-1]"}) == {
        "it": value,
        "last": value,
    }


def test_what_waits_is_what_the_state_says_or_else_what_was_stored() -> None:
    stored = ThreadRecord("one", interrupts={"task": [{"id": "old", "value": 1}]})
    head = ThreadHead({}, {"task": [{"id": "new", "value": 1}]}, checkpoint_id="latest")
    assert thread_view(stored, head)["interrupts"] == head.interrupts
    assert thread_view(stored, ThreadHead({}, checkpoint_id="latest"))["interrupts"] == {}
    assert thread_view(stored, ThreadHead())["interrupts"] == stored.interrupts
    assert thread_view(THREAD, None)["interrupts"] == {}


def test_how_long_a_thread_is_kept_is_told_when_asked_for() -> None:
    kept = ThreadRecord("one", ttl={"strategy": "delete", "ttl_minutes": 5}, expires_at="then")
    assert thread_view(kept, None, ttl=True)["ttl"] == {
        "strategy": "delete",
        "ttl_minutes": 5,
        "expires_at": "then",
    }
    assert "ttl" not in thread_view(kept, None)
    assert ttl_view(THREAD) is None


STATE = {"values": {"a": 1, "b": 2}, "next": [], "metadata": {}}


@pytest.mark.parametrize(
    ("select", "told"),
    [
        (None, STATE),
        (["next"], {"next": []}),
        (["values.a"], {"values": {"a": 1}}),
        (["values.a", "values.none"], {"values": {"a": 1}}),
        (["values", "values.a"], {"values": {"a": 1, "b": 2}}),
    ],
)
def test_only_what_is_selected_of_a_state_is_told(select: Any, told: Any) -> None:
    assert state_view(dict(STATE), select) == told
