"""How well sentences of the evidence answer a question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from podium.agents.offline.answer_types import counted, type_match
from podium.agents.offline.protocols import Similarity
from podium.agents.offline.text import Lexicon, covered
from podium.core.evidence import Evidence
from podium.knowledge.sentences import split_sentences

MOST_PASSAGES = 16
MOST_COMPARED = 12
"""Sentences that are compared by meaning, the best by their words."""

SHORTEST, LONGEST = 8, 900
"""Characters of a sentence that can be quoted."""

LONG = 300
"""Characters from which a sentence is quoted by its parts."""

_PART = re.compile(r"(?<=;)\s+")
_HEADING = re.compile(r"^[^.!:;\n]{3,90}\??$")
_ROW = re.compile(r"^[^:;\n]{1,60}: [^;\n]*; [^:;\n]{1,60}: ")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage with its exact place.

    Attributes:
        evidence: The passage.
        start: Offset in the passage.
        end: Offset just after it in the passage.
        context: What stands above it: title, headings, the question it answers.
        terms: Its own terms.
        around: Terms of the context and of the sentence before.
    """

    evidence: Evidence
    start: int
    end: int
    context: str
    terms: frozenset[str]
    around: frozenset[str]

    @property
    def text(self) -> str:
        """The exact words."""
        return self.evidence.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence with what speaks for it, each in 0..1 but for the form.

    Attributes:
        sentence: The sentence.
        words: Share of the question's words that it holds itself.
        reach: Share that it holds together with what stands around it.
        meaning: Cosine of question and sentence, cut at 0.
        form: Whether it has the form of an answer; below 0 when it cannot be one.
        passage: The retrieval's score of its passage.
    """

    sentence: Sentence
    words: float
    reach: float
    meaning: float
    form: float
    passage: float

    @property
    def score(self) -> float:
        """All together; for ranking."""
        return (
            0.1 * self.words + 0.2 * self.reach + 0.33 * self.meaning + 0.08 * self.form + 0.29 * self.passage
        )


def sentences_of(evidence: Iterable[Evidence], lexicon: Lexicon) -> list[Sentence]:
    """All sentences that can be quoted: no headings, no questions."""
    found: list[Sentence] = []
    seen: set[tuple[str, int, str]] = set()
    for item in list(evidence)[:MOST_PASSAGES]:
        headings = str(item.metadata.get("headings") or "")
        above, before = headings.rsplit(" > ", 1)[-1], ""
        for start, end in _quotable(item.text):
            text = item.text[start:end]
            if _is_heading(text, item, headings):
                above, before = text.lstrip("# ").strip(), ""
                continue
            key = (item.source, item.start + start, text)
            if SHORTEST <= len(text) <= LONGEST and key not in seen:
                seen.add(key)
                context = " > ".join(dict.fromkeys(part for part in (item.title, above) if part))
                found.append(
                    Sentence(
                        evidence=item,
                        start=start,
                        end=end,
                        context=context,
                        terms=frozenset(lexicon.terms(text)),
                        around=frozenset(lexicon.terms(f"{item.title} {headings} {above} {before}")),
                    )
                )
            before = text
    return found


def _quotable(text: str) -> Iterator[tuple[int, int]]:
    """The places of sentences; what is longer than people read at once in its parts, but rows as a whole."""
    for start, end in split_sentences(text):
        sentence = text[start:end]
        if len(sentence) <= LONG or _ROW.match(sentence):
            yield start, end
            continue
        cuts = [0, *(match.end() for match in _PART.finditer(sentence)), len(sentence)]
        for first, last in pairwise(cuts):
            yield start + first, start + first + len(sentence[first:last].rstrip())


async def score_sentences(
    question: str,
    evidence: Sequence[Evidence],
    lexicon: Lexicon,
    similarity: Similarity,
    only: Callable[[Sentence], bool] | None = None,
) -> tuple[list[Scored], dict[str, float]]:
    """The sentences of the evidence, best first, and how much each term of the question weighs.

    Args:
        question: What they may answer.
        evidence: Where they stand, best first.
        lexicon: For stems.
        similarity: For meaning.
        only: Which sentences are wanted; None for the best by their words.
    """
    sentences = sentences_of(evidence, lexicon)
    weights = lexicon.rarity(lexicon.terms(question), [item.terms | item.around for item in sentences])
    unit = frozenset(lexicon.terms(counted(question)))
    wanted = sentences if only is None else [sentence for sentence in sentences if only(sentence)]
    first = sorted(
        (_by_words(question, sentence, weights, unit) for sentence in wanted), key=lambda item: -item.score
    )[:MOST_COMPARED]
    near = await similarity(question, [_compared(item.sentence) for item in first]) if first else []
    scored = [_with_meaning(item, value) for item, value in zip(first, near, strict=True)]
    return sorted(
        scored, key=lambda item: (-item.score, item.sentence.evidence.source, item.sentence.start)
    ), weights


def _compared(sentence: Sentence) -> str:
    """The sentence with what stands above it, as it is understood."""
    above = sentence.context.rsplit(" > ", 1)[-1]
    return f"{above}: {sentence.text}"[:600] if above else sentence.text[:600]


def _by_words(
    question: str, sentence: Sentence, weights: Mapping[str, float], unit: frozenset[str]
) -> Scored:
    # A number of something else is no answer to "how many".
    lacks_unit = bool(unit) and not unit & (sentence.terms | sentence.around)
    return Scored(
        sentence=sentence,
        words=covered(weights, sentence.terms),
        reach=covered(weights, sentence.terms | sentence.around),
        meaning=0.0,
        form=0.0 if lacks_unit else type_match(question, sentence.text),
        passage=sentence.evidence.score,
    )


def _with_meaning(item: Scored, value: float) -> Scored:
    return Scored(item.sentence, item.words, item.reach, max(value, 0.0), item.form, item.passage)


def _is_heading(text: str, item: Evidence, headings: str) -> bool:
    plain = text.lstrip("# ").strip()
    if plain == item.title or plain in headings.split(" > ") or text.startswith("#"):
        return True
    if _ROW.match(text):
        return False
    return plain.endswith("?") or (
        _HEADING.match(plain) is not None
        and not text.lstrip().startswith(("-", "*", "\u2022", "|"))
        and len(plain) < 60
    )
