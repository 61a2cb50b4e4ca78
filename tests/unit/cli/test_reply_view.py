"""A reply as people read it."""

from __future__ import annotations

import io

from rich.console import Console

from podium.app.results import ActionView, ConfidenceView, InterruptView, Reply
from podium.cli.render.reply import preview_lines, show_factors, show_reply
from podium.core.confidence import Factor
from podium.core.evidence import Citation

ACTION = ActionView(
    digest="d" * 64,
    tool="move",
    args={"item_id": 7, "note": "x"},
    effect="reversible",
    status="proposed",
    target="item/7",
    preview={"before": {"place": "A", "size": 1}, "after": {"place": "B", "size": 1}},
)
THREAD = "0123456789ab"


def shown(reply: Reply) -> str:
    out = io.StringIO()
    show_reply(Console(file=out, width=200, markup=False, emoji=False), reply)
    return out.getvalue()


def test_an_answer_comes_with_numbered_quotes_and_confidence() -> None:
    reply = Reply(
        thread_id=THREAD,
        run_id="r",
        status="completed",
        answer="Two years [bold].",
        citations=(Citation(source="w.md", start=0, end=9, quote="two  years", date="2025-01-01"),),
        confidence=ConfidenceView(score=0.93, route="answer", reasons=("well_supported",)),
    )
    text = shown(reply)
    assert "Two years [bold]." in text
    assert "[1] w.md  2025-01-01" in text
    assert "“two years”" in text
    assert "very sure (0.93) · well supported" in text


def test_what_waits_shows_its_change_and_the_commands_that_answer_it() -> None:
    interrupt = InterruptView(
        id="i", thread_id=THREAD, digests=(ACTION.digest,), actions=(ACTION,), question="Move it?"
    )
    reply = Reply(
        thread_id=THREAD, run_id="r", status="interrupted", actions=(ACTION,), interrupts=(interrupt,)
    )
    text = shown(reply)
    assert text.count("item/7") == 1
    assert "place: A → B" in text
    assert "size" not in text
    assert "podium resume 01234567 --approve" in text
    assert """--edit '{"item_id": 7, "note": "x"}'""" in text


def test_control_sequences_of_a_document_are_not_printed() -> None:
    reply = Reply(thread_id=THREAD, run_id="r", status="completed", answer="\x1b[31mred")
    assert "\x1b" not in shown(reply)


def test_a_preview_of_another_form_is_listed() -> None:
    assert [line.plain for line in preview_lines({"sends": ["a"]})] == ['sends: ["a"]']


def test_factors_are_listed_with_their_values() -> None:
    out = io.StringIO()
    confidence = ConfidenceView(score=0.4, route="clarify", factors=(Factor(name="support", value=0.25),))
    reply = Reply(thread_id=THREAD, run_id="r", status="clarify", confidence=confidence)
    show_factors(Console(file=out, width=100), reply)
    assert "support" in out.getvalue()
    assert "0.25" in out.getvalue()
