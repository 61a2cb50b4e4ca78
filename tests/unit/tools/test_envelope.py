"""Envelopes: one digest over everything that an approval covers."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.core.evidence import Provenance
from podium.core.model import JsonObject
from podium.tools import ActionEnvelope, EffectScope
from podium.tools.envelope import idempotency_key

ENVELOPE = ActionEnvelope(
    tool="refund",
    tool_version="1",
    args={"order": "O-1", "amount": 5},
    effect="compensable",
    target="order/O-1",
    preview={"before": 0, "after": 5},
    estimated_cost=0.5,
    idempotency_key="k" * 64,
    policy_version="1",
    provenance={"order": Provenance(origin="user")},
)
CHANGED: dict[str, Any] = {
    "schema_version": 2,
    "tool": "refund2",
    "tool_version": "2",
    "args": {"order": "O-1", "amount": 6},
    "effect": "irreversible",
    "target": "order/O-2",
    "preview": {"before": 0, "after": 6},
    "estimated_cost": 0.6,
    "idempotency_key": "l" * 64,
    "generation": 1,
    "policy_version": "2",
    "provenance": {"order": Provenance(origin="document")},
}
SCOPE = EffectScope("default", "local:ada", "thread", "run", "turn", "step", "checkpoint", "1")


def other_place(part: str) -> EffectScope:
    changed: dict[str, Any] = {part: "other"}
    return replace(SCOPE, **changed)


@pytest.mark.parametrize("field", ActionEnvelope.model_fields)
def test_every_field_counts(field: str) -> None:
    assert ENVELOPE.model_copy(update={field: CHANGED[field]}).digest != ENVELOPE.digest


def test_the_order_of_arguments_does_not_count() -> None:
    turned = ENVELOPE.model_copy(update={"args": {"amount": 5, "order": "O-1"}})
    assert turned.digest == ENVELOPE.digest
    assert len(ENVELOPE.digest) == 64


def test_a_digest_survives_json() -> None:
    assert ActionEnvelope.model_validate_json(ENVELOPE.model_dump_json()).digest == ENVELOPE.digest


@pytest.mark.parametrize("part", ["tenant", "thread_id", "turn_id", "step_id"])
def test_the_place_is_part_of_the_key(part: str) -> None:
    other = other_place(part)
    assert idempotency_key(other, "t", {}, 0) != idempotency_key(SCOPE, "t", {}, 0)


@pytest.mark.parametrize("part", ["principal", "run_id", "checkpoint_id", "policy_version"])
def test_what_changes_with_a_retry_is_not_part_of_the_key(part: str) -> None:
    other = other_place(part)
    assert idempotency_key(other, "t", {}, 0) == idempotency_key(SCOPE, "t", {}, 0)
    assert part in {field.name for field in fields(EffectScope)}


def test_tool_arguments_and_generation_are_part_of_the_key() -> None:
    choices: tuple[JsonObject, ...] = ({}, {"x": 1})
    keys = {
        idempotency_key(SCOPE, tool, args, generation)
        for tool in ("a", "b")
        for args in choices
        for generation in (0, 1)
    }
    assert len(keys) == 8


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_parts_cannot_run_into_each_other(thread: str, turn: str) -> None:
    one = idempotency_key(replace(SCOPE, thread_id=thread + turn, turn_id=""), "t", {}, 0)
    two = idempotency_key(replace(SCOPE, thread_id=thread, turn_id=turn), "t", {}, 0)
    assert (one == two) is (turn == "")
