"""Requests that cannot be understood without what was said before: "and on knives?", "where is it?"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from podium.agents.contracts import HistoryTurn
from podium.agents.offline.clauses import QUESTION_WORDS
from podium.agents.offline.matching import Known
from podium.agents.offline.protocols import Similarity
from podium.agents.offline.remarks import smalltalk_reply
from podium.agents.offline.schema import Slot
from podium.agents.offline.slots import candidates
from podium.agents.offline.text import Lexicon, clean, words

MOST_TURNS = 6
"""Earlier messages of the user that are looked at."""

LONGEST = 12
"""Words; a longer request says itself what it is about."""

NEAR = 0.25
"""The least likeness of what is put in the place of something to that something."""

_FRAGMENT = re.compile(
    r"^\W*(?:(?:ok|okay|so|then|thanks|thank you|great)\b[\s,.!]*)*"
    r"(?P<lead>(?:and\s+|but\s+)?(?:what|how)\s+about|(?:the\s+)?same\s+(?:for|with|question\s+for)|and|but|or|also)\b"
    r"[\s,:]*(?P<rest>[^?!;\n]+?)(?:\s+(?:too|then|please|instead))?\s*[?.!]*\s*$",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"^\W*(?:(?:and|but|so|ok|okay)\b[\s,]*)*(?:what\s+)?(?P<rest>(?:if|when|unless|once|after|before|until|while)\b"
    r"[^?!;\n]+?)\s*[?.!]*\s*$",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"\b(on|for|in|to|with|without|of|from|by|at|within|under|after|before|via|outside|inside|into|about)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|(?:this|that) one|(?:these|those) ones|this|that|these|those)\b"
    r"(?!\s+\w+ing\b)",
    re.IGNORECASE,
)
_EXPLETIVE = re.compile(
    r"\b(?:is|was|would|will|does|can|may|has)\s+it\b.*\b(?:to|that|when|if)\b|\b(?:that|this|these|those)\s+\w{3,}\s+\w",
    re.IGNORECASE,
)
_EDGES_TEXT = """
a an the my our your his her their some any and or is are was were be do does did can could may might
will would shall should must have has had i you we they it he she there not to if
"""
_EDGES = frozenset(_EDGES_TEXT.split())
_FRAME_TEXT = "i you we they it there long much many often far soon exactly tell me us about"
_FRAME = QUESTION_WORDS | frozenset(_FRAME_TEXT.split())
_WORD = re.compile(r"[\w'&/.-]*\w")


@dataclass(frozen=True, slots=True)
class Understood:
    """A request as it is to be read.

    Attributes:
        text: Its words, with what they leave out.
        about: What it is about beside its own words, for a search; empty when it says so itself.
        asks: Whether it only asks about something, as "and O-2?" does after an order about another.
    """

    text: str
    about: str = ""
    asks: bool = False


class FollowUps:
    """Completes requests from the user's earlier ones.

    Args:
        similarity: Finds what a word stands in the place of; None leaves it to the grammar.
        lexicon: For words that carry meaning.
    """

    def __init__(self, similarity: Similarity | None, lexicon: Lexicon) -> None:
        self._similarity = similarity
        self._lexicon = lexicon

    async def understand(
        self, text: str, history: Sequence[HistoryTurn], tools: Sequence[Known], verbs: frozenset[str]
    ) -> Understood:
        """The request with what it leaves out; as it is when it leaves out nothing, or nothing was said.

        Args:
            text: The user's words.
            history: What was said before, oldest first.
            tools: Their arguments tell which words are codes of things.
            verbs: Words that begin an order.
        """
        if not self._leans(text, verbs):
            return Understood(text)
        said = [turn for turn in history if turn.speaker == "user"][-MOST_TURNS:]
        before = ""
        for turn in said:
            earlier = clean(turn.text)
            if words(earlier) and not smalltalk_reply(earlier):
                before = (await self._completed(earlier, before, tools, verbs)).text
        done = await self._completed(text, before, tools, verbs)
        return done if done.text != text or done.about else self._from_answer(text, history, tools)

    def _leans(self, text: str, verbs: frozenset[str]) -> bool:
        """Whether a text may lean on what was said before."""
        if not 0 < len(words(text)) <= LONGEST or "\n" in text:
            return False
        return bool(_CONDITION.match(text) or _fragment(text, verbs) or self._points(text))

    def _points(self, text: str) -> bool:
        """Whether a question has a pronoun and hardly anything else for it to stand for."""
        asks = text.rstrip().endswith("?") or _first(text) in QUESTION_WORDS
        return bool(
            asks
            and _PRONOUN.search(text)
            and not _EXPLETIVE.search(text)
            and len(set(self._lexicon.terms(text))) <= 2
        )

    async def _completed(
        self, text: str, before: str, tools: Sequence[Known], verbs: frozenset[str]
    ) -> Understood:
        if not before or not self._leans(text, verbs):
            return Understood(text)
        asked = before.rstrip().endswith("?") or _first(before) in QUESTION_WORDS
        if (condition := _CONDITION.match(text)) and asked:
            return Understood(f"{_bare(before)} {condition['rest']}?")
        if fragment := _fragment(text, verbs):
            asks = text.rstrip().endswith("?") or "about" in fragment["lead"].lower()
            if swapped := _swapped(before, fragment["rest"], tools):
                return Understood(swapped, asks=asks and not asked)
            return Understood(await self._put(fragment["rest"], before)) if asked else Understood(text)
        held = list(dict.fromkeys(code for code, _, _ in _codes(before, tools)))
        if len(held) == 1:
            return Understood(_named(text, before, tools))
        return Understood(text, about=_topic(before)) if asked and not held else Understood(text)

    def _from_answer(self, text: str, history: Sequence[HistoryTurn], tools: Sequence[Known]) -> Understood:
        """A pronoun may stand for the one thing that the last answer names."""
        last = next((clean(turn.text) for turn in reversed(history) if turn.speaker == "assistant"), "")
        if self._points(text) and len({code for code, _, _ in _codes(last, tools)}) == 1:
            return Understood(_named(text, last, tools))
        return Understood(text)

    async def _put(self, rest: str, before: str) -> str:
        """An earlier question about something else: in the place of what is most like it, or added."""
        plain = _bare(before)
        preposition = _PREPOSITION.match(rest)
        thing = rest[preposition.end() :].strip() if preposition else rest.strip()
        spans = list(_spans(plain, preposition[1] if preposition else ""))
        place = await self._place(thing, plain, spans) if spans else None
        if place is None and preposition:
            place = await self._place(rest, plain, _phrases(plain))
            thing = rest.strip()
        if place is None:
            joint = " " if preposition else ", "
            return f"{plain}{joint}{rest.strip()}?"
        return f"{plain[: place[0]]}{thing}{plain[place[1] :]}?"

    async def _place(
        self, thing: str, plain: str, spans: Sequence[tuple[int, int]]
    ) -> tuple[int, int] | None:
        if not spans:
            return None
        if self._similarity is None:
            return min(spans, key=lambda span: (-span[0], span[1]))
        values = await self._similarity(thing, [plain[start:end] for start, end in spans])
        best = max(range(len(spans)), key=lambda number: values[number])
        return spans[best] if values[best] >= NEAR else None


def _fragment(text: str, verbs: frozenset[str]) -> re.Match[str] | None:
    """An opening such as "and" before words that are no order, no question and no sentence."""
    match = _FRAGMENT.match(text)
    if match is None:
        return None
    first = _first(match["rest"])
    whole = (
        len(words(match["rest"])) > 6
        or first in QUESTION_WORDS
        or first in ("if", "i", "we", "you", "please")
    )
    bare = (
        match["lead"].lower().split()[0] in ("and", "but", "or", "also")
        and "about" not in match["lead"].lower()
    )
    return None if whole or (bare and first in verbs) else match


def _first(text: str) -> str:
    return next(iter(words(text)), "")


def _bare(question: str) -> str:
    return question.strip().rstrip("?.! ")


def _topic(question: str) -> str:
    """What a question is about: without the words that make it a question."""
    plain = _bare(question)
    begin = 0
    for match in _WORD.finditer(plain):
        if match[0].casefold() not in _FRAME:
            break
        begin = match.end()
    return plain[begin:].strip()


def _codes(text: str, tools: Sequence[Known]) -> Iterator[tuple[str, tuple[int, int], Slot]]:
    """Codes of things in a text, with the arguments that they fit, each place once."""
    seen: set[tuple[int, int]] = set()
    for slot in (slot for known in tools for slot in known.slots if slot.is_id):
        for value, span in candidates(slot, text):
            if span not in seen:
                seen.add(span)
                yield str(value), span, slot


def _swapped(before: str, rest: str, tools: Sequence[Known]) -> str:
    """The earlier request about other things of a kind; empty when it names no one thing of that kind."""
    new = list(_codes(rest, tools))
    if not new:
        return ""
    old = [held for held in _codes(before, tools) if held[2].pattern == new[0][2].pattern]
    if len({value for value, _, _ in old}) != 1:
        return ""
    start, end = old[0][1]
    return before[:start] + " and ".join(dict.fromkeys(value for value, _, _ in new)) + before[end:]


def _named(text: str, before: str, tools: Sequence[Known]) -> str:
    """A question with the thing that was named before in the place of its pronoun."""
    value, _, slot = next(_codes(before, tools))
    return _PRONOUN.sub(f"{slot.label} {value}".strip(), text, count=1)


def _spans(plain: str, preposition: str) -> Iterator[tuple[int, int]]:
    """Places in a question where something else could stand: up to three words that say something.

    With a preposition, only right after the same one.
    """
    found = list(_WORD.finditer(plain))
    for number, first in enumerate(found):
        before = found[number - 1][0].casefold() if number else ""
        if preposition and before != preposition.casefold():
            continue
        for length in (1, 2, 3):
            held = found[number : number + length]
            if len(held) < length or not _may_stand(held, plain, inside=bool(preposition)):
                break
            yield first.start(), held[-1].end()


def _may_stand(held: Sequence[re.Match[str]], plain: str, *, inside: bool) -> bool:
    """Whether words side by side may be the name of something: none of them makes the question."""
    said = [match[0].casefold() for match in held]
    apart = re.search(r"[,;:()]", plain[held[0].start() : held[-1].end()])
    first_may = said[0] not in _EDGES or (inside and said[0] in ("a", "an", "the", "my", "your"))
    return (
        not apart
        and first_may
        and not any(word in QUESTION_WORDS or _PREPOSITION.fullmatch(word) for word in said)
    )


def _phrases(plain: str) -> list[tuple[int, int]]:
    """Whole phrases that begin with a preposition, up to the next."""
    starts = [match.start() for match in _PREPOSITION.finditer(plain)]
    ends = [*starts[1:], len(plain)][: len(starts)]
    return [
        (start, start + len(plain[start:end].rstrip(" ,"))) for start, end in zip(starts, ends, strict=True)
    ]
