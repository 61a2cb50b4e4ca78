"""Does each sentence of an answer stand on the evidence?

The measure is the share of a sentence's content words that its best passage holds, with numbers and
names in capitals counted double: a wrong figure is the usual way to be wrong while sounding right.
It needs no model; on the BEGIN set it is measured by `tests/integration/guardrails/test_public_data.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from podium.guardrails.finding import CheckContext, Finding

_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)?")
_MARK = re.compile(r"\[\d{1,3}\]")
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?=\S)[^.!?\n]*)*[.!?]*")
_STOP_WORDS = """
    a about above after again all also am an and any are as at be because been before being below
    between both but by can could did didn't do does doing don't down during each few for from further
    had has have having he her here hers him his how i i'm i've if in into is it it's its itself just
    know like me more most my no nor not now of off oh on once only or other our out over own really
    same she should so some such than that that's the their them then there these they think this those
    through to too under until up very was we well were what when where which while who whom why will
    with would yeah yes you your
"""
_STOP = frozenset(_STOP_WORDS.split())
_ENDINGS = ("ingly", "edly", "ing", "ies", "ied", "es", "ed", "ly", "s")


def grounding(
    text: str, context: CheckContext, *, least: float = 0.5, shortest: int = 3
) -> tuple[Finding, ...]:
    """Find sentences that neither the evidence nor the known texts carry; there is no fix.

    The finished message is let pass: it holds words of our own around a draft that was checked before.

    Args:
        text: What to check.
        context: Its evidence and known texts are what the answer may say.
        least: The support that every sentence needs, in 0..1.
        shortest: Sentences with fewer content words are let pass.
    """
    passages = [*(item.text for item in context.evidence), *context.known]
    if context.final or not passages:
        return ()
    sets = [frozenset(content_words(passage)) for passage in passages]
    return tuple(
        Finding("a sentence that the evidence does not carry", match.span())
        for match in _SENTENCE.finditer(text)
        if len(words := content_words(match[0])) >= shortest and _best(words, sets) < least
    )


def support(statement: str, passages: Sequence[str]) -> float:
    """How far the best of the passages carries the statement, in 0..1; 0 without passages.

    Args:
        statement: A sentence or a few.
        passages: What it is said to stand on.
    """
    words = content_words(statement)
    return _best(words, [frozenset(content_words(passage)) for passage in passages]) if words else 0.0


def content_words(text: str) -> list[str]:
    """The words that carry meaning, in order, folded to lower case and cut to a rough stem."""
    plain = _MARK.sub(" ", text).lower().replace("\u2019", "'")
    return [_stem(word) for word in (match[0] for match in _WORD.finditer(plain)) if word not in _STOP]


def _best(words: Sequence[str], passages: Iterable[frozenset[str]]) -> float:
    weights = [2.0 if word[0].isdigit() else 1.0 for word in words]
    total = sum(weights)
    held = (
        sum(weight for word, weight in zip(words, weights, strict=True) if word in passage)
        for passage in passages
    )
    return max(held, default=0.0) / total if total else 0.0


def _stem(word: str) -> str:
    word = word.removesuffix("'s")
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
