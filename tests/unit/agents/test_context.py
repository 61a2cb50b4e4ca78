"""Assembling a call: within the budget, fenced, explained."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.agents.context import Material, assemble
from podium.agents.contracts import HistoryTurn
from podium.agents.fencing import defuse, fence
from podium.core.errors import ModelContextError
from podium.core.evidence import Evidence


def evidence(number: int, text: str, source: str = "", score: float = 0.5) -> Evidence:
    return Evidence(id=f"e{number}", source=source or f"{number}.md", text=text, score=score)


def material(*items: Evidence, turns: int = 0) -> Material:
    history = tuple(HistoryTurn(speaker="user", text=f"Turn {i} " + "words " * 20) for i in range(turns))
    return Material(instructions="Work.", request="What?", evidence=items, history=history)


@given(text=st.text(alphabet="<>ab\n evidence E1", max_size=60))
def test_no_text_closes_its_fence(text: str) -> None:
    fenced = fence("evidence E1", text)
    assert fenced.count(">>>") == 1
    assert fenced.count("<<<") == 1
    assert len(defuse(text)) == len(text)


def test_everything_stays_within_the_window_and_what_is_left_out_is_named() -> None:
    items = [evidence(i, f"Passage {i}: " + "some words here " * 30) for i in range(200)]
    assembled = assemble(material(*items, turns=500), 8_000)
    assert assembled.tokens <= 8_000
    shown = {item.id for item in assembled.evidence.values()}
    assert shown
    assert {left.item for left in assembled.left_out} >= {item.id for item in items} - shown


def test_the_same_passage_is_shown_once() -> None:
    assembled = assemble(material(evidence(1, "Same  words"), evidence(2, "same words", score=0.1)), 4_000)
    assert [item.id for item in assembled.evidence.values()] == ["e1"]
    assert assembled.left_out[0].reason == "duplicate of e1"


def test_passages_with_other_numbers_about_the_same_are_marked() -> None:
    one = evidence(1, "Returns are accepted within 30 days", score=0.9)
    two = evidence(2, "Returns are accepted within 14 days")
    text = str(assemble(material(one, two), 4_000).messages[1].content)
    assert 'may_disagree_with="2.md"' in text
    assert 'may_disagree_with="1.md"' in text


def test_a_request_that_cannot_fit_is_an_error_with_a_hint() -> None:
    with pytest.raises(ModelContextError) as caught:
        assemble(Material(instructions="Work.", request="x" * 100_000), 8_000)
    assert "models.window" in caught.value.hint
