"""What a graph is given for an event."""

from __future__ import annotations

import pytest

from podium.core.errors import InputError
from podium.core.model import JsonValue
from podium.runtime.triggers.templates import part_of, render

EVENT: dict[str, JsonValue] = {"id": "e1", "data": {"n": 7, "who": {"name": "Nora"}, "lines": [{"sku": "a"}]}}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ data.n }}", 7),
        (" {{data.lines.0.sku}} ", "a"),
        ("{{ data.who }}", {"name": "Nora"}),
        ("{{ data.who.name }} has {{ data.n }} of {{ data.lines }}", 'Nora has 7 of [{"sku": "a"}]'),
        ({"a": ["{{ id }}", 1, None]}, {"a": ["e1", 1, None]}),
        ("{ data.n }", "{ data.n }"),
        (3, 3),
    ],
)
def test_places_become_what_the_event_says(template: JsonValue, expected: JsonValue) -> None:
    assert render(template, EVENT) == expected


def test_what_an_event_says_is_never_a_template() -> None:
    said: dict[str, JsonValue] = {"data": {"text": "{{ secret }}"}, "secret": "s"}
    assert render("a {{ data.text }} b", said) == "a {{ secret }} b"


@pytest.mark.parametrize("path", ["data.x", "data.lines.1", "data.n.1", "data.lines.-1", "data.who.no"])
def test_what_is_missing_is_named(path: str) -> None:
    with pytest.raises(InputError, match=path):
        part_of(EVENT, path)
