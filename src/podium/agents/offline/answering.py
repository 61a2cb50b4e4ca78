"""The estimated probability that the best quoted sentence answers a question.

A logistic of five things that speak for it or against it. The coefficients are fitted by
`benchmarks/answers/fit.py`, with L2 regularisation, on questions about the reference corpus (with an
answer, without one, and with the answering documents taken away) and on CLAP NQ; the intercept is moved so
that 0.5 is the place where, in cross-validation, about as many questions are answered from the right
document as questions without an answer are left alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from podium.agents.offline.support import Scored
from podium.agents.offline.text import Lexicon, covered
from podium.core.evidence import Evidence

ANSWERED = 0.5
"""The least probability that counts as an answer."""

INTERCEPT = -4.3

COEFFICIENTS: Mapping[str, float] = {
    "meaning": 7.7,
    "passage": 1.22,
    "form": 1.21,
    "lost": -2.89,
    "lead": 1.93,
}
"""What each of `features` counts."""


def features(
    best: Scored, evidence: Sequence[Evidence], weights: Mapping[str, float], lexicon: Lexicon
) -> dict[str, float]:
    """What speaks for a sentence as the answer.

    Args:
        best: The sentence.
        evidence: All that was found.
        weights: How much each term of the question counts.
        lexicon: For stems.

    Returns:
        `meaning`: cosine of question and sentence; `passage`: the retrieval's score of its passage;
        `form`: whether it has the form of an answer; `lost`: share of the question's words that its passage
        does not hold; `lead`: by how much its passage is ahead of the best one of another source.
    """
    own = best.sentence.evidence
    held = frozenset(lexicon.terms(own.text)) | best.sentence.around
    others = max((item.score for item in evidence if item.source != own.source), default=0.0)
    return {
        "meaning": best.meaning,
        "passage": best.passage,
        "form": best.form,
        "lost": 1.0 - covered(weights, held),
        "lead": own.score - others,
    }


def probability(found: Mapping[str, float]) -> float:
    """The logistic of the features.

    Args:
        found: What `features` gives.
    """
    z = INTERCEPT + sum(COEFFICIENTS[name] * value for name, value in found.items())
    return 1 / (1 + math.exp(-z))
