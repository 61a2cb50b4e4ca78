from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.agents.offline.schema import slots_of
from podium.agents.offline.slots import candidates, fill, question_for
from podium.core.tool import ToolSpec


def slots(required: list[str], **properties: Any) -> Any:
    schema = {"type": "object", "properties": properties, "required": required}
    return slots_of(ToolSpec(name="t", description="Do.", args_schema=schema, effect="read"))


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"type": "string", "pattern": r"^AB-\d{3}$"}, "take ab-123 now", "AB-123"),
        ({"type": "string", "pattern": r"^\d{1,4}(\.\d{2})?$"}, "pay \u00a312.5 for AB-123", "12.50"),
        ({"type": "string", "enum": ["in transit", "lost"]}, "those in_transit", "in transit"),
        ({"type": "string", "format": "email"}, "to ann@example.org, please", "ann@example.org"),
        ({"type": "string", "format": "date"}, "until 2026-03-04", "2026-03-04"),
        ({"type": "integer", "description": "How many"}, "take 3 of AB-123", 3),
        ({"type": "number", "description": "The price in euros"}, "for 1,200.50 euros", 1200.5),
        ({"type": "integer", "description": "Amount in cents"}, "pay $12.50", 1250),
        ({"type": "string", "description": "The text of the note"}, 'write "Call me"', "Call me"),
        ({"type": "string", "description": "The person's name"}, "find Ada Byron's file", "Ada Byron"),
        ({"type": "string", "description": "Why it is done"}, "stop it because it is late", "it is late"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}], "description": "How many"}, "take 4", 4),
    ],
)
def test_a_value_is_read_as_its_schema_says(schema: dict[str, Any], text: str, value: object) -> None:
    assert fill(slots(["value"], value=schema), text).args == {"value": value}


def test_a_value_that_does_not_fit_is_missing() -> None:
    filled = fill(slots(["value"], value={"type": "string", "pattern": r"^AB-\d{3}$"}), "take AB-1234")
    assert filled.args == {}
    assert filled.missing == ("value",)


def test_no_word_serves_twice() -> None:
    held = slots(["a", "b"], a={"type": "string", "pattern": r"^\d{4}$"}, b={"type": "integer"})
    assert fill(held, "the code is 1234").missing == ("b",)


def test_two_values_for_one_argument_are_both_kept_for_a_question() -> None:
    held = slots(["a"], a={"type": "string", "pattern": r"^AB-\d$", "description": "The thing"})
    filled = fill(held, "AB-1 or AB-2")
    assert filled.ambiguous == {"a": ["AB-1", "AB-2"]}
    assert (
        question_for(held, "move a thing", filled.ambiguous)
        == "To move a thing I need to know: the thing (AB-1, AB-2)."
    )


def test_a_broken_pattern_fills_nothing() -> None:
    assert fill(slots(["a"], a={"type": "string", "pattern": "("}), "anything").missing == ("a",)


def test_references_into_definitions_are_followed() -> None:
    schema: Any = {
        "type": "object",
        "properties": {"state": {"$ref": "#/$defs/State"}},
        "$defs": {"State": {"enum": ["open", "closed"], "type": "string"}},
    }
    held = slots_of(ToolSpec(name="t", description="Do.", args_schema=schema, effect="read"))
    assert fill(held, "the closed ones").args == {"state": "closed"}


@given(st.text(max_size=400))
def test_every_candidate_stands_where_it_says(text: str) -> None:
    held = slots(["a"], a={"type": "string", "description": "The name of a person"})
    for _, (start, end) in candidates(held[0], text):
        assert 0 <= start < end <= len(text)


PLACE = r"^\d{1,3} [^,]{3,30}, [^,]{2,30}, [A-Z]{2}\d \d[A-Z]{2}$"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("to 4 Low Road, Ely, AB1 2CD", "4 Low Road, Ely, AB1 2CD"),
        ("to 4 Low Road, Ely AB1 2CD please", "4 Low Road, Ely, AB1 2CD"),
        ("to 4 Low Road, Ely, ab1 2cd", "4 Low Road, Ely, AB1 2CD"),
        ("to 4 Low Road,Ely,AB1 2CD", "4 Low Road, Ely, AB1 2CD"),
    ],
)
def test_commas_of_a_pattern_may_be_left_out_where_its_parts_are_plain(text: str, value: str) -> None:
    (held,) = slots(["place"], place={"type": "string", "pattern": PLACE})
    (found,) = candidates(held, text)
    assert found[0] == value


def test_commas_without_which_nobody_can_tell_the_parts_are_needed() -> None:
    (held,) = slots(["place"], place={"type": "string", "pattern": PLACE})
    assert candidates(held, "to 4 Low Road Ely AB1 2CD") == []


@pytest.mark.parametrize("text", ["take 20% off", "take 20 % off", "take 20 percent", "take 20 per cent"])
@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": r"^\d{1,4}(\.\d{2})?$"},
        {"type": "number", "description": "The amount in pounds"},
    ],
)
def test_a_percentage_is_no_amount(text: str, schema: dict[str, Any]) -> None:
    assert fill(slots(["amount"], amount=schema), text).args == {}


@given(
    st.from_regex(r"\d{1,3} [A-Z][a-z]{2,9}( [A-Z][a-z]{2,9})?", fullmatch=True),
    st.from_regex(r"[A-Z][a-z]{2,9}", fullmatch=True),
    st.from_regex(r"[A-Z]{2}[0-9] [0-9][A-Z]{2}", fullmatch=True),
    st.sampled_from([", ", ",", " "]),
)
def test_an_address_is_found_however_its_last_comma_is_written(
    street: str, town: str, code: str, comma: str
) -> None:
    (held,) = slots(["place"], place={"type": "string", "pattern": PLACE})
    (found,) = candidates(held, f"send it to {street}, {town}{comma}{code} please")
    assert found[0] == f"{street}, {town}, {code}"
