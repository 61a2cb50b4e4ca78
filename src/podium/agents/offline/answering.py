"""The estimated probability that the best quoted sentence answers a question.

A logistic of six things that speak for it or against it. The coefficients are fitted by
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

INTERCEPT = -4.83

COEFFICIENTS: Mapping[str, float] = {
    "meaning": 8.19,
    "passage": 0.28,
    "form": 1.53,
    "lost": -2.63,
    "lead": 2.73,
    "share": 2.18,
}
"""What each of `features` counts."""

USUAL_LEAD, USUAL_SHARE = 0.1, 0.25
"""Their averages over the questions of the fit."""


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
        does not hold; `lead`: by how much its passage is ahead of the best one of another source; `share`:
        how many of the passages are of its source. Where there is one source only, the last two say
        nothing, and are what they are on average.
    """
    own = best.sentence.evidence
    held = frozenset(lexicon.terms(own.text)) | best.sentence.around
    others = [item.score for item in evidence if item.source != own.source]
    return {
        "meaning": best.meaning,
        "passage": best.passage,
        "form": best.form,
        "lost": 1.0 - covered(weights, held),
        "lead": own.score - max(others) if others else USUAL_LEAD,
        "share": 1.0 - len(others) / len(evidence) if others else USUAL_SHARE,
    }


def probability(found: Mapping[str, float]) -> float:
    """The logistic of the features.

    Args:
        found: What `features` gives.
    """
    z = INTERCEPT + sum(COEFFICIENTS[name] * value for name, value in found.items())
    return 1 / (1 + math.exp(-z))
