from __future__ import annotations

import pytest

from podium.evals.case import Case, Expected, SpanRef
from podium.evals.observation import CitedSpan, Observation, Retrieved
from podium.evals.scorers.sources import (
    CitationF1,
    CitationPrecision,
    CitationRecall,
    Support,
    overlap,
    same_source,
)

TWO = (SpanRef(source="returns.md", start=0, end=100), SpanRef(source="fees.md"))


def case(*sources: SpanRef) -> Case:
    return Case(id="c", input="x", expected=Expected(sources=sources))


def cited(*spans: tuple[str, int, int]) -> Observation:
    return Observation(
        output="x", citations=tuple(CitedSpan(source=source, start=a, end=b) for source, a, b in spans)
    )


@pytest.mark.parametrize(
    ("spans", "precision", "recall", "f1"),
    [
        ([("returns.md", 0, 100), ("fees.md", 5, 9)], 1.0, 1.0, 1.0),
        ([("docs/returns.md", 20, 60)], 1.0, 0.5, 2 / 3),
        ([("returns.md", 90, 190)], 0.0, 0.0, 0.0),
        ([("returns.md", 0, 50), ("returns.md", 50, 100), ("other.md", 0, 9)], 2 / 3, 0.5, 4 / 7),
    ],
)
def test_citations_by_span(
    spans: list[tuple[str, int, int]], precision: float, recall: float, f1: float
) -> None:
    for scorer, value in ((CitationPrecision(), precision), (CitationRecall(), recall), (CitationF1(), f1)):
        found = scorer(case(*TWO), cited(*spans))
        assert found is not None
        assert found.value == pytest.approx(value)


def test_nothing_cited_costs_recall_and_has_no_precision() -> None:
    precision, recall = CitationPrecision()(case(*TWO), cited()), CitationRecall()(case(*TWO), cited())
    assert precision is not None
    assert precision.value is None
    assert recall is not None
    assert recall.value == 0.0


def test_without_expected_sources_nothing_is_judged() -> None:
    for scorer in (CitationPrecision(), CitationRecall(), CitationF1()):
        assert scorer(case(), cited(("a", 0, 1))) is None


def test_a_citation_without_a_place_is_no_span() -> None:
    assert overlap(TWO[0], CitedSpan(source="returns.md")) == 0.0
    assert overlap(TWO[1], CitedSpan(source="fees.md")) == 1.0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("returns.md", "docs/returns.md", True),
        ("a/returns.md", "b/returns.md", False),
        ("returns.md", "old-returns.md", False),
        ("", "returns.md", False),
    ],
)
def test_sources_are_one_by_the_end_of_their_path(one: str, other: str, same: bool) -> None:
    assert same_source(one, other) is same


QUOTE = CitedSpan(source="fees.md", quote="Returns are free within 30 days of delivery.")


def supported(output: str, **rest: object) -> float | None:
    observed = Observation.model_validate({"output": output, "citations": (QUOTE,), **rest})
    found = Support()(case(), observed)
    assert found is not None
    return found.value


def test_claims_stand_on_what_is_cited() -> None:
    assert supported(QUOTE.quote) == 1.0
    assert supported("Returns are free within 90 days. Shipping abroad costs seventy euro extra.") == 0.5
    assert supported("Gift cards expire after seventeen months.") == 0.0


def test_what_claims_nothing_or_shows_nothing_is_not_judged() -> None:
    assert supported("Yes.") is None
    assert supported("Nothing about that was found in my sources here.", status="abstained") is None
    assert supported("Returns are free within 30 days.", citations=()) is None


def test_what_was_retrieved_stands_in_where_nothing_is_quoted() -> None:
    hit = Retrieved(id="1", text=QUOTE.quote)
    assert supported("Returns are free within 30 days.", citations=(), retrieved=(hit,)) == 1.0
