"""Splitting a request into clauses, and telling a question from an order."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from podium.agents.offline.spelling import corrected
from podium.agents.offline.text import words

Form = Literal["question", "order", "remark"]
"""What a clause is by its form: it asks, it tells somebody to do something, or it says something."""

MOST = 12
"""Clauses of one request that are looked at."""

_QUOTED = re.compile(r"\"[^\"\n]*\"|\u201c[^\u201d\n]*\u201d|(?<!\w)'[^'\n]+'(?!\w)")
_END = re.compile(r"(?<=[?!;])\s+|(?<=[a-z0-9)\]\"\u201d]\.)\s+(?=[A-Z])|\n+")
_JOIN = re.compile(
    r"[,;]?\s+(?:and\s+then|and\s+also|then|and\s+after\s+that|and\s+please|and)\s+|,\s+(?:also\s+)?",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:(?:hi|hello|hey|ok|okay|so|and|also|then|now|well|actually|no|yes|thanks|thank you"
    r"|please|kindly|just)\b[\s,.!:]*)+",
    re.IGNORECASE,
)
_ASKED_TO = re.compile(
    r"^(?:(?:can|could|would|will)\s+you\s+(?:please\s+|kindly\s+)?|i(?:'d| would)\s+like\s+(?:you\s+)?to\s+"
    r"|i\s+(?:want|need|wish)\s+(?:you\s+)?to\s+|i\s+want\s+|help\s+me\s+(?:to\s+)?|let's\s+|go\s+ahead\s+and\s+)",
    re.IGNORECASE,
)
_OPENERS_TEXT = """
what which who whom whose when where why how is are was were do does did can could may might must
should shall will would has have had am
"""
QUESTION_WORDS = frozenset(_OPENERS_TEXT.split())
"""Words that begin a question."""
_PREPOSITIONS = frozenset(
    [
        "in",
        "on",
        "at",
        "by",
        "from",
        "to",
        "for",
        "with",
        "under",
        "within",
        "after",
        "before",
        "until",
        "of",
        "up",
        "about",
        "than",
    ]
)
_WH = frozenset(["what", "which", "who", "whom", "whose", "when", "where", "why", "how"])
_TELL = re.compile(
    r"^(?:tell|show|give|explain|describe|say|let)\s+(?:me|us)?\s*(?:know\s+)?(?:about|what|which|who|when|where|why|how|whether|if)\b",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"^(?:(?:do\s+not|don't|dont|never|please\s+don't|you\s+(?:must|should)\s+not|no\s+need\s+to)\s+)(?P<rest>.+)$",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a request that asks or tells one thing.

    Attributes:
        text: Its words, without an opening such as "please".
        form: What it is by its form.
        question: For an order in the form of a question, such as "Can you send it?": the question.
    """

    text: str
    form: Form
    question: str = ""


def negated(clause: Clause, verbs: frozenset[str]) -> bool:
    """Whether a clause tells somebody not to do something.

    Args:
        clause: The clause.
        verbs: Words that begin an order.
    """
    match = _NOT.match(clause.text)
    first = next(iter(words(match["rest"])), "") if match else ""
    return first in verbs and not clause.text.rstrip().endswith("?")


def respelt(clause: Clause, verbs: frozenset[str]) -> Clause:
    """The clause with its first word as it is spelt, where it is a slip for one that begins an order.

    Args:
        clause: The clause.
        verbs: Words that begin an order.
    """
    first = next(iter(words(clause.text)), "")
    right = corrected(first, verbs) if clause.form == "remark" else ""
    if not right:
        return clause
    text = re.sub(re.escape(first), right, clause.text, count=1, flags=re.IGNORECASE)
    return replace(clause, text=text, form="order")


def split_clauses(request: str, verbs: frozenset[str]) -> list[Clause]:
    """The clauses of a request, in order.

    Args:
        request: The user's words.
        verbs: Words that begin an order, in lower case.
    """
    held: list[str] = []

    def hide(match: re.Match[str]) -> str:
        held.append(match[0])
        return f"\ue000{len(held) - 1}\ue001"

    masked = _QUOTED.sub(hide, request.replace("\ue000", " ").replace("\ue001", " "))
    pieces = [piece for sentence in _END.split(masked) for piece in _split(sentence, verbs)]
    found = [_clause(_shown(piece, held), verbs) for piece in pieces[:MOST]]
    return [clause for clause in found if clause.text]


def with_remarks(clauses: list[Clause]) -> list[Clause]:
    """The clauses with each remark told to the question after it; beside orders it stands for nothing."""
    if all(clause.form == "remark" for clause in clauses):
        return clauses
    found: list[Clause] = []
    said = ""
    for clause in clauses:
        if clause.form == "remark":
            said = f"{said} {clause.text}".strip()
            continue
        about = f"{said} {clause.text}" if said and clause.form == "question" else clause.text
        found.append(Clause(about, clause.form, clause.question))
        said = ""
    return found


def unquoted(text: str) -> str:
    """A text without what it quotes."""
    return _QUOTED.sub(" ", text)


def _shown(piece: str, held: list[str]) -> str:
    return re.sub("\ue000(\\d+)\ue001", lambda match: held[int(match[1])], piece)


def _split(sentence: str, verbs: frozenset[str]) -> list[str]:
    """Cut where a conjunction is followed by the beginning of another order or question."""
    parts: list[str] = []
    begin = 0
    for match in _JOIN.finditer(sentence):
        if parts and re.search(r"\b(?:that|saying)\b|:", sentence[begin : match.start()]):
            continue
        following = words(_LEAD.sub("", sentence[match.end() :][:80]))
        if following and match.start() > begin and _begins(following, verbs):
            parts.append(sentence[begin : match.start()])
            begin = match.end()
    parts.append(sentence[begin:])
    return [part.strip() for part in parts if part.strip()]


def _begins(following: list[str], verbs: frozenset[str]) -> bool:
    first, second = following[0], following[1] if len(following) > 1 else ""
    if first in _WH or (first in _PREPOSITIONS and second in ("which", "what", "whom")):
        return True
    if first in QUESTION_WORDS:
        return second in (
            "i",
            "you",
            "we",
            "they",
            "it",
            "he",
            "she",
            "there",
            "the",
            "my",
            "a",
            "this",
            "that",
        )
    return first in verbs and second not in ("", "is", "are", "was")


def _clause(text: str, verbs: frozenset[str]) -> Clause:
    text = _LEAD.sub("", text.strip()).strip()
    asked = _ASKED_TO.match(text)
    body = text[asked.end() :].strip() if asked else text
    first = next(iter(words(body)), "")
    if asked and (first in verbs or not _TELL.match(body)) and not _TELL.match(body):
        return Clause(body.rstrip("?").strip(), "order", text if text.endswith("?") else "")
    if _TELL.match(body):
        return Clause(body, "question")
    following = words(body)[:2]
    opening = first in QUESTION_WORDS or (first in _PREPOSITIONS and following[1:] and following[1] in _WH)
    if text.endswith("?") or opening:
        return Clause(text, "question")
    return Clause(body, "order" if first in verbs else "remark")
