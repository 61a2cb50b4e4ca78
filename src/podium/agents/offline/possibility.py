"""Questions whether something can be done to a thing: they are answered, and the doing is offered."""

from __future__ import annotations

import re
from collections.abc import Iterable

from podium.agents.offline.schema import Slot
from podium.agents.offline.slots import candidates

_WHO = r"(?:i|we|he|she|they|one|someone|somebody|(?:the|a|my|our|this|that)\s+\w+)"
_STILL = r"(?:(?:still|also|please|just|even|now|already)\s+)*"
_POSSIBLE = r"(?:possible|allowed|permitted|ok|okay|too\s+late|fine)"
_ASKS = tuple(
    re.compile(rf"^(?:(?:so|and|but)\s+)?{words}$", re.IGNORECASE | re.DOTALL)
    for words in (
        rf"(?:can|could|may|might)\s+{_WHO}\s+{_STILL}(?P<order>(?!be\b).+)",
        rf"(?:is|would)\s+it\s+(?:be\s+)?{_STILL}{_POSSIBLE}\s+(?:for\s+{_WHO}\s+)?to\s+{_STILL}(?P<order>.+)",
        rf"(?:am|are|is)\s+{_WHO}\s+{_STILL}(?:allowed|able|permitted|entitled)\s+to\s+(?P<order>.+)",
        rf"(?:can|could|may|might)\s+(?P<thing>.+?)\s+{_STILL}be\s+{_STILL}(?P<done>\w+)(?P<rest>.*)",
    )
)


def order_in(question: str) -> str:
    """What a question asks to be possible, as an order: `cancel O-1` for "Can I still cancel O-1?"; or empty.

    Args:
        question: The user's words.
    """
    plain = question.strip().rstrip("?.! ")
    for asks in _ASKS:
        if match := asks.match(plain):
            held = match.groupdict()
            return held.get("order") or f"{held['done']} {held['thing']}{held['rest']}"
    return ""


def in_general(question: str, slots: Iterable[Slot]) -> str:
    """A question about one thing as a question about any thing of its kind, as documents speak of it.

    Args:
        question: The user's words.
        slots: Arguments whose codes name things.
    """
    for slot in slots:
        noun = slot.label.split()[-1] if slot.label else ""
        for value, (start, end) in reversed(list(candidates(slot, question)) if slot.is_id else []):
            before = re.sub(
                rf"(?:\b(?:the|my|our|your|this|that|an?|his|her|their)\s+)?(?:\b{re.escape(noun)}\s+)?$",
                "",
                question[:start],
                flags=re.IGNORECASE,
            )
            article = "an" if noun[:1].lower() in "aeiou" else "a"
            question = f"{before}{article} {noun or value}{question[end:]}"
    return question
