from __future__ import annotations

from podium.core.evidence import Evidence
from podium.guardrails.finding import CheckContext
from podium.guardrails.validators.grounding import grounding, support

POLICY = "Returns are free within 30 days of delivery. The item must be unused and in its original box."
CONTEXT = CheckContext(stage="output", evidence=(Evidence(id="1", source="s", text=POLICY),))


def test_what_the_evidence_says_is_let_pass_in_other_forms_of_its_words() -> None:
    assert grounding("You can return items free within 30 days of delivery. [1]", CONTEXT) == ()


def test_a_sentence_that_the_evidence_does_not_carry_is_found_by_its_span() -> None:
    text = "Returns are free within 30 days. Shipping to Norway costs nine pounds extra."
    spans = [finding.span for finding in grounding(text, CONTEXT)]
    assert [text[slice(*span)].strip() for span in spans if span] == [
        "Shipping to Norway costs nine pounds extra."
    ]


def test_a_wrong_number_costs_more_than_a_wrong_word() -> None:
    said = "Returns are free within 30 days of delivery."
    assert support(said.replace("30", "90"), [POLICY]) < support(said.replace("free", "easy"), [POLICY])


def test_a_copied_sentence_has_full_support_and_an_empty_one_has_none() -> None:
    assert support("The item must be unused and in its original box.", [POLICY]) == 1.0
    assert support("", [POLICY]) == support("Returns are free.", []) == 0.0


def test_words_spread_over_two_passages_do_not_add_up() -> None:
    apart = ["The kettle boils water.", "The lamp has a blue shade."]
    assert support("The kettle has a blue shade", apart) < 1.0


def test_the_finished_message_and_one_without_sources_are_let_pass() -> None:
    text = "Shipping to Norway costs nine pounds extra."
    final = CheckContext(stage="output", evidence=CONTEXT.evidence, final=True)
    assert grounding(text, final) == grounding(text, CheckContext(stage="output")) == ()
    assert grounding(text, CheckContext(stage="output", known=(text,))) == ()
