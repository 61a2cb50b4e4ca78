"""Scorers of an answer's words. Where several answers are right, the best counts."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, field_validator

from podium.core.model import JsonValue
from podium.evals.case import Case
from podium.evals.observation import Observation
from podium.evals.score import Score
from podium.evals.scorers.alignment import longest_common
from podium.evals.scorers.base import BuiltIn, answers_of, scored, text_of, unjudged
from podium.evals.scorers.matchers import near, same

Ignored = Literal["case", "space", "punctuation", "articles"]

_PUNCTUATION = str.maketrans(dict.fromkeys(string.punctuation, " "))
_WORD = re.compile(r"\w+(?:[.,:]\d+)*")
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_NUMBER = re.compile(
    r"(?<!\w)(?:(?<![\w.)])[-+\u2212])?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?"
)


def normalised(text: str, ignore: Sequence[Ignored]) -> str:
    """The text without what does not count; always in one Unicode form."""
    text = unicodedata.normalize("NFC", text)
    if "case" in ignore:
        text = text.casefold()
    if "punctuation" in ignore:
        text = text.translate(_PUNCTUATION)
    if "articles" in ignore:
        text = _ARTICLES.sub(" ", text)
    return " ".join(text.split()) if "space" in ignore else text


def words(text: str) -> list[str]:
    """Words and numbers, folded to lower case."""
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())


class Exact(BuiltIn):
    """1 when the output is one of the right answers."""

    ignore: tuple[Ignored, ...] = ("space",)

    def __call__(self, case: Case, observed: Observation, /) -> Score | None:
        """The score."""
        right = answers_of(case)
        if not right:
            return None
        hit = any(self._same(answer, observed.output) for answer in right)
        return scored(float(hit), "" if hit else "is none of the right answers")

    def _same(self, answer: JsonValue, output: JsonValue) -> bool:
        if isinstance(answer, str) and isinstance(output, str):
            return normalised(answer, self.ignore) == normalised(output, self.ignore)
        return same(answer, output)


class Contains(BuiltIn):
    """1 when the output holds one of the right answers, or every one with `all`."""

    ignore: tuple[Ignored, ...] = ("case", "space")
    all: bool = False
    text: tuple[str, ...] = ()
    """What to look for in place of the case's answers."""

    def __call__(self, case: Case, observed: Observation, /) -> Score | None:
        """The score."""
        named = self.text or tuple(text_of(answer) for answer in answers_of(case))
        wanted = [text for text in named if normalised(text, self.ignore)]
        if not wanted:
            return unjudged("an empty text is in every other") if named else None
        held = normalised(text_of(observed.output), self.ignore)
        missing = [text for text in wanted if normalised(text, self.ignore) not in held]
        hit = not missing if self.all else len(missing) < len(wanted)
        return scored(float(hit), "" if hit else f"does not hold {missing[0]!r}")


class Regex(BuiltIn):
    """1 when the output matches the pattern somewhere."""

    pattern: str = ""
    """Empty for the case's own answers, each a pattern."""
    ignore_case: bool = False
    whole: bool = False
    """Whether the pattern has to match the whole output."""

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"no regular expression: {error}") from None
        return value

    def __call__(self, case: Case, observed: Observation, /) -> Score | None:
        """The score."""
        patterns = [self.pattern] if self.pattern else [text_of(answer) for answer in answers_of(case)]
        if not patterns:
            return None
        flags = re.IGNORECASE if self.ignore_case else 0
        find = re.fullmatch if self.whole else re.search
        hit = any(find(pattern, text_of(observed.output), flags) for pattern in patterns)
        return scored(float(hit), "" if hit else f"does not match {patterns[0]!r}")


class Numeric(BuiltIn):
    """1 when the output's last number is the expected one within a tolerance."""

    tolerance: Annotated[float, Field(ge=0)] = 1e-9
    """Absolute."""
    relative: Annotated[float, Field(ge=0)] = 0.0
    """Share of the expected number."""
    take: Literal["first", "last", "any"] = "last"

    def __call__(self, case: Case, observed: Observation, /) -> Score | None:
        """The score."""
        wanted = [number for answer in answers_of(case) for number in numbers_in(answer)[-1:]]
        if not wanted:
            return None
        found = numbers_in(observed.output)
        taken = {"first": found[:1], "last": found[-1:], "any": found}[self.take]
        hit = any(near(one, other, self.tolerance, self.relative) for one in taken for other in wanted)
        return scored(float(hit), "" if hit else f"{taken or 'no number'} is not {wanted}")


def numbers_in(value: JsonValue) -> list[float]:
    """The numbers of a text in order, or the number itself."""
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int | float):
        return [float(value)]
    found = _NUMBER.findall(text_of(value))
    return [float(number.replace(",", "").replace("\u2212", "-")) for number in found]


class TokenF1(BuiltIn):
    """Harmonic mean of the shares of words in common (SQuAD: Rajpurkar et al. 2016)."""

    ignore: tuple[Ignored, ...] = ("case", "punctuation", "articles", "space")

    def __call__(self, case: Case, observed: Observation, /) -> Score | None:
        """The score."""
        right = answers_of(case)
        if not right:
            return None
        made = self._tokens(observed.output)
        return scored(max(token_f1(self._tokens(answer), made) for answer in right))

    def _tokens(self, value: JsonValue) -> list[str]:
        return normalised(text_of(value), self.ignore).split()


class RougeL(BuiltIn):
    """ROUGE-L: the longest common subsequence of words, as F1 (Lin 2004)."""

    part: Literal["f1", "precision", "recall"] = "f1"

    def __call__(self, case: Case, observed: Observation, /) -> Score | None:
        """The score."""
        right = answers_of(case)
        if not right:
            return None
        made = words(text_of(observed.output))
        best = max((rouge_l(words(text_of(answer)), made) for answer in right), key=lambda item: item[2])
        precision, recall, f1 = best
        value = {"f1": f1, "precision": precision, "recall": recall}[self.part]
        return scored(value, precision=precision, recall=recall)


def token_f1(right: Sequence[str], made: Sequence[str]) -> float:
    """F1 of two bags of words; 1 when both are empty."""
    common = sum((Counter(right) & Counter(made)).values())
    return f1_of(common, len(made), len(right))


def rouge_l(right: Sequence[str], made: Sequence[str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of the longest common subsequence; 1 when both are empty."""
    common = longest_common(right, made)
    if not right and not made:
        return 1.0, 1.0, 1.0
    return _share(common, len(made)), _share(common, len(right)), f1_of(common, len(made), len(right))


def f1_of(common: float, made: int, right: int) -> float:
    """The harmonic mean of precision and recall; 1 when nothing was wanted and nothing made."""
    return 2 * common / (made + right) if made + right else 1.0


def _share(part: float, whole: int) -> float:
    return part / whole if whole else 0.0
