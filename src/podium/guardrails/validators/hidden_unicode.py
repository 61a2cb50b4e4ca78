"""Does the text hold characters that a person does not see but a model reads?

Zero-width characters, direction overrides, tag characters (U+E0000 block) and runs of variation
selectors can carry a hidden message. Their honest uses pass: joiners inside emoji and inside scripts
that need them (Arabic, Persian, the Indic scripts), the tag sequences of flags, one variation selector
after a character that has variants, and direction marks in a text that is written right to left.
"""

from __future__ import annotations

import re
import unicodedata

from podium.guardrails.finding import CheckContext, Finding

_SUSPECT = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f")
_DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d")
_JOINING_SCRIPTS = (
    (0x0600, 0x08FF),
    (0x0900, 0x0DFF),
    (0x0F00, 0x109F),
    (0x1780, 0x18AF),
    (0xA840, 0xABFF),
)
_KINDS = (
    (0xE0000, 0xE007F, "tag characters that spell a hidden message"),
    (0xE0100, 0xE01EF, "variation selectors that can carry hidden data"),
    (0xFE00, 0xFE0F, "variation selectors that can carry hidden data"),
    (0x202A, 0x202E, "direction overrides that change what is seen"),
    (0x2066, 0x2069, "direction overrides that change what is seen"),
)


def hidden_unicode(text: str, context: CheckContext) -> tuple[Finding, ...]:
    """Find characters that hide text; a fix removes them.

    Args:
        text: What to check.
        context: Unused; every check has the same shape.
    """
    del context
    if text.isascii():
        return ()
    flags = [match.span() for match in _FLAG.finditer(text)]
    in_flag = {i for start, end in flags for i in range(start, end)}
    right_to_left = _RIGHT_TO_LEFT.search(text) is not None
    found = [
        match.start()
        for match in _SUSPECT.finditer(text)
        if match.start() not in in_flag and not _is_honest(text, match.start(), right_to_left=right_to_left)
    ]
    return tuple(
        Finding(_kind(text[start]), (start, end), _replacement(text, start)) for start, end in _runs(found)
    )


def _is_honest(text: str, at: int, *, right_to_left: bool) -> bool:
    character = text[at]
    before = text[at - 1] if at else ""
    after = text[at + 1] if at + 1 < len(text) else ""
    if character in _JOINERS:
        return _joins(character, before, after)
    if character in _DIRECTION_MARKS:
        return right_to_left
    if character == "\ufeff":
        return at == 0
    if "\ufe00" <= character <= "\ufe0f":
        return before != "" and _has_variants(before)
    if "\U000e0100" <= character <= "\U000e01ef":
        return before != "" and unicodedata.name(before, "").startswith("CJK ")
    if "\u180b" <= character <= "\u180f":
        return "\u1800" <= before <= "\u18aa"
    return False


def _joins(joiner: str, before: str, after: str) -> bool:
    if not before or not after:
        return False
    if _in_joining_script(before):
        return True
    picture = unicodedata.category(before) in ("So", "Sk") or before == "\ufe0f"
    return joiner == "\u200d" and picture and unicodedata.category(after) in ("So", "Sm")


def _in_joining_script(character: str) -> bool:
    return any(low <= ord(character) <= high for low, high in _JOINING_SCRIPTS)


def _has_variants(before: str) -> bool:
    # A selector that follows another one, or a plain letter, has nothing to select.
    if before in "#*0123456789":
        return True
    return unicodedata.category(before) in ("So", "Sm", "Po", "Pd", "Sk", "Lo")


def _runs(positions: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for at in positions:
        if runs and runs[-1][1] == at:
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return runs


def _replacement(text: str, start: int) -> str:
    return " " if text[start] in "\u115f\u1160\u3164\uffa0" else ""


def _kind(character: str) -> str:
    code = ord(character)
    for low, high, reason in _KINDS:
        if low <= code <= high:
            return reason
    return "characters that cannot be seen"
