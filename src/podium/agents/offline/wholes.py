"""Orders about a part of a thing, or about all of a kind: what a tool for one thing must not guess."""

from __future__ import annotations

import re
from collections.abc import Iterable

from podium.agents.offline.clauses import Clause, unquoted
from podium.agents.offline.matching import Known
from podium.agents.offline.schema import Slot
from podium.agents.offline.slots import candidates
from podium.agents.offline.text import Lexicon, words

_PART = re.compile(
    r"\b(?:half|part|partly|partially|partial|some|a (?:third|quarter|bit|piece|portion)|only|just"
    r"|\d{1,3}(?:\.\d+)?\s?(?:%|per ?cent))(?!\w)",
    re.IGNORECASE,
)
_WHOLE_BY_DEFAULT = re.compile(
    r"\b(?:all|every\w*|whole|full|entire\w*|total|rest|remaining)\b.*\b(?:left out|omitted|not given|missing"
    r"|empty|none|null|absent|unset|default)\b",
    re.IGNORECASE | re.DOTALL,
)
_OBJECT_ENDS = re.compile(
    r"\b(?:of|in|from|on|for|with|to|as|at|because|since|due|by|that|which|who|and|or|if|unless|when|after|before)\b"
    r"|[,.;:()!?\ue000]",
    re.IGNORECASE,
)
_EMPTY_TEXT = """
a an the this that these those my our your his her its their whole full entire complete all everything
it them him back again now please also instead off out up down completely fully
"""
_EMPTY = frozenset(_EMPTY_TEXT.split())
_CODE = "\ue000"
_AFTERTHOUGHT = re.compile(r"[,.;:]|\b(?:because|since|due|as)\b", re.IGNORECASE)
_EACH = re.compile(r"\b(?:all|every|each|any)\b", re.IGNORECASE)
_LINKS_TEXT = "of the his her their my our your its these those one single"
_LINKS = frozenset(_LINKS_TEXT.split())


def part_meant(clause: Clause, known: Known, lexicon: Lexicon) -> str:
    """The words of an order that mean less than the whole thing that the tool deals with; empty for none.

    Only a tool that is told no more than which thing it is about can be taken to mean all of it.

    Args:
        clause: The order.
        known: The tool.
        lexicon: For stems.
    """
    if any(slot.required and not slot.is_id for slot in known.slots):
        return ""
    text = _without_codes(unquoted(clause.text), known.slots)
    if said := _PART.search(_AFTERTHOUGHT.split(text, maxsplit=1)[0]):
        return said[0].strip()
    found = _object(text, known)
    head = found.split()[-1] if found else ""
    if not head or head[:1].isupper() or head.casefold() in _EMPTY:
        return ""
    meant = lexicon.terms(head)
    return found if meant and not set(meant) & known.about else ""


def amount_of_part(known: Known, given: Iterable[str]) -> Slot | None:
    """The optional argument that says how much, where leaving it out means all of it.

    Args:
        known: The tool.
        given: Names of the arguments that have a value.
    """
    held = set(given)
    return next(
        (
            slot
            for slot in known.slots
            if not slot.required and slot.name not in held and _WHOLE_BY_DEFAULT.search(slot.description)
        ),
        None,
    )


def has_amount(known: Known, given: Iterable[str]) -> bool:
    """Whether the call already says how much."""
    held = set(given)
    return any(slot.name in held and _WHOLE_BY_DEFAULT.search(slot.description) for slot in known.slots)


def group_meant(clause: Clause, slot: Slot) -> str | None:
    """What is said of "all" things of a kind: `open` in "all the open orders"; None when no group is meant.

    Args:
        clause: The order.
        slot: The argument that names one thing of the kind.
    """
    noun = re.escape(slot.label.split()[-1]) if slot.label else "thing"
    text = unquoted(clause.text)
    for match in _EACH.finditer(text):
        if found := re.match(
            rf"((?:\s+[\w'-]+){{0,5}}?)\s+{noun}(?:s|es)?\b", text[match.end() :], re.IGNORECASE
        ):
            said = [word for word in found[1].split() if word.casefold() not in _LINKS]
            return " ".join(said)
    return None


def _object(text: str, known: Known) -> str:
    """What an order is about by its grammar: the words after the verb, or after the tool's own noun."""
    first = re.match(r"\W*[\w'-]+\s*", text)
    rest = text[first.end() :] if first else ""
    name = {*words(known.spec.name.replace("_", " ").replace("-", " "))}
    for _ in range(2):
        end = _OBJECT_ENDS.search(rest)
        held = [
            word for word in (rest[: end.start()] if end else rest).split() if word.casefold() not in _EMPTY
        ]
        own = bool(held) and held[-1].casefold() in name and held[-1].casefold() not in _things(known)
        if held and not own:
            return " ".join(held)
        if end is None or end[0].casefold() not in ("of", "on", "for"):
            return ""
        rest = rest[end.end() :]
    return ""


def _things(known: Known) -> set[str]:
    return {slot.label.split()[-1].casefold() for slot in known.slots if slot.is_id and slot.label}


def _without_codes(text: str, slots: Iterable[Slot]) -> str:
    spans = [span for slot in slots if slot.is_id for _, span in candidates(slot, text)]
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]}{_CODE}{text[end:]}"
    return text
