"""Scorers of what an answer stands on: is the right place cited, and does it carry what is said?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from podium.core.model import JsonValue
from podium.evals.case import Case, SpanRef
from podium.evals.observation import CitedSpan, Observation
from podium.evals.score import Score
from podium.evals.scorers.base import BuiltIn, scored, text_of, unjudged
from podium.guardrails.validators.grounding import content_words, support
from podium.knowledge.sentences import split_sentences

Part: TypeAlias = Literal["precision", "recall", "f1"]

_SILENT = frozenset({"abstained", "clarify", "refused"})


def same_source(one: str, other: str) -> bool:
    """Whether two names are of one source: equal, or one the end of the other's path."""
    left, right = PurePosixPath(one).parts, PurePosixPath(other).parts
    short = min(len(left), len(right))
    return short > 0 and left[-short:] == right[-short:]


def overlap(expected: SpanRef, cited: CitedSpan) -> float:
    """How much of the shorter of two spans both hold, within 0 and 1; a whole source holds its spans."""
    if not same_source(expected.source, cited.source):
        return 0.0
    if expected.start is None or expected.end is None or cited.start is None or cited.end is None:
        return 1.0 if expected.start is None or expected.end is None else 0.0
    shorter = min(expected.end - expected.start, cited.end - cited.start)
    common = min(expected.end, cited.end) - max(expected.start, cited.start)
    if shorter <= 0:
        return float(common >= 0)
    return max(0, common) / shorter


class _Citations(BuiltIn):
    """What citations of places that are expected have in common."""

    least: Annotated[float, Field(gt=0, le=1)] = 0.5
    """How much of the shorter span both have to hold."""

    def _precision(self, case: Case, observed: Observation) -> float:
        right = sum(
            any(overlap(place, cited) >= self.least for place in case.expected.sources)
            for cited in observed.citations
        )
        return right / len(observed.citations)

    def _recall(self, case: Case, observed: Observation) -> float:
        found = sum(
            any(overlap(place, cited) >= self.least for cited in observed.citations)
            for place in case.expected.sources
        )
        return found / len(case.expected.sources)


class CitationPrecision(_Citations):
    """Share of the citations that point to an expected place."""

    def __call__(self, case: Case, observed: Observation, /) -> Score | None:
        """The score; none where nothing is cited, which costs recall."""
        if not case.expected.sources:
            return None
        if not observed.citations:
            return unjudged("nothing is cited")
        return scored(self._precision(case, observed))


class CitationRecall(_Citations):
    """Share of the expected places that are cited."""

    def __call__(self, case: Case, observed: Observation, /) -> Score | None:
        """The score."""
        return scored(self._recall(case, observed)) if case.expected.sources else None


class CitationF1(_Citations):
    """Harmonic mean of both; 0 where nothing is cited."""

    def __call__(self, case: Case, observed: Observation, /) -> Score | None:
        """The score."""
        if not case.expected.sources:
            return None
        recall = self._recall(case, observed)
        precision = self._precision(case, observed) if observed.citations else 0.0
        both = precision + recall
        return scored(2 * precision * recall / both if both else 0.0, precision=precision, recall=recall)


class Support(BuiltIn):
    """Share of an answer's sentences that the cited words carry, by the critic's own measure without a model.

    It compares words and counts numbers double: what is said in other words than the source's scores low.
    """

    least: Annotated[float, Field(ge=0, le=1)] = 0.5
    """How much of a sentence's words its best passage has to hold."""
    evidence: Literal["cited", "retrieved"] = "cited"
    """What an answer may stand on; what was retrieved, where nothing is cited with its words."""
    shortest: Annotated[int, Field(ge=1)] = 3
    """Sentences with fewer words of their own are no claims."""

    def __call__(self, case: Case, observed: Observation, /) -> Score | None:  # noqa: ARG002 - nothing is expected
        """The score; none for an answer that claims nothing, or that shows nothing to stand on."""
        if observed.status in _SILENT:
            return unjudged("no claim is made")
        text = text_of(observed.output)
        claims = [text[start:end] for start, end in split_sentences(text)]
        claims = [claim for claim in claims if len(content_words(claim)) >= self.shortest]
        passages = self._passages(observed)
        if not claims or not passages:
            return unjudged("no evidence was observed" if claims else "no claim is made")
        bare = [claim for claim in claims if support(claim, passages) < self.least]
        shown: list[JsonValue] = [*bare]
        reason = f"not carried: {bare[0]!r}"[:300] if bare else ""
        return scored(1 - len(bare) / len(claims), reason, unsupported=shown)

    def _passages(self, observed: Observation) -> Sequence[str]:
        cited = [one.quote for one in observed.citations if one.quote]
        found = [one.text for one in observed.retrieved if one.text]
        return cited or found if self.evidence == "cited" else found or cited
