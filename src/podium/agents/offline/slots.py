"""Filling the arguments of a tool from a user's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from podium.agents.offline.schema import Slot
from podium.core.model import JsonValue

SCANNED = 2000
"""Characters that are searched for values: a pattern is the tool's own and may be slow on long text."""

_COMMA = re.compile(r",\s?(?![^\[]*\])(?!\d*\})")
"""In a pattern: a comma that stands for itself, outside brackets and braces."""

_LOOSE = re.compile(r"\[\^|(?<!\\)\.[*+{]")
"""In a pattern: takes nearly anything, so that only a separator tells where it ends."""

_QUOTE = re.compile(r"\"([^\"\n]+)\"|\u201c([^\u201d\n]+)\u201d|(?<!\w)'([^'\n]+)'(?!\w)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DATE = re.compile(r"(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])")
_NUMBER = re.compile(
    r"(?<![\w.,-])[\u00a3$\u20ac]?\s?(-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?)(?![\w-]|[.,]\d)"
    r"(?!\s?%|\s?per\s?cent)",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"[\u00a3$\u20ac]\s?(\d+(?:,\d{3})*(?:\.\d{1,2})?)(?!\d)"
    r"|(?<![\w.,-])(\d+(?:,\d{3})*(?:\.\d{1,2})?)\s?(?:\u20ac|(?:pounds?|dollars?|euros?|gbp|usd|eur|quid)\b)",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b[A-Z][\w'.-]*(?:\s+(?:[a-z]{1,3}\s+)?[A-Z][\w'.-]*)*")
_SAYING = re.compile(
    r"(?:\bthat says\b|\bsaying(?: that)?\b|\bthat\b|\btext\b:?|\bmessage:|:)\s+(.+)$",
    re.IGNORECASE | re.DOTALL,
)
_BECAUSE = re.compile(
    r"\b(?:because(?: of)?|since|as it|due to|reason(?: is|:)?)\s+([^.;\n]{3,150})", re.IGNORECASE
)
_MONEY_WORDS = re.compile(
    r"\b(?:amount|price|money|pounds?|dollars?|euros?|cents?|pence|cost|total|fee)\b", re.IGNORECASE
)
_TEXT_WORDS = re.compile(r"\b(?:text|message|body|content|note|comment|says?)\b", re.IGNORECASE)
_NAME_WORDS = re.compile(r"\b(?:name|person|who|whom|user|title|query|search)\b", re.IGNORECASE)


@dataclass(slots=True)
class Filled:
    """What was found for a call.

    Attributes:
        args: Values by argument.
        ambiguous: Values of an argument that has more than one.
        missing: Required arguments without a value.
    """

    args: dict[str, JsonValue] = field(default_factory=dict)
    ambiguous: dict[str, list[JsonValue]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


def fill(slots: Sequence[Slot], text: str) -> Filled:
    """Find a value for each argument in a text; no part of the text serves twice.

    Args:
        slots: The arguments of one tool.
        text: The clause.
    """
    filled = Filled()
    left = text[:SCANNED]
    for slot in sorted(slots, key=_order):
        found = candidates(slot, left)
        if not found:
            continue
        values = list(dict.fromkeys(value for value, _ in found))
        if len(values) > 1:
            if slot.required:
                filled.ambiguous[slot.name] = list(values)
            continue
        filled.args[slot.name] = values[0]
        for start, end in {span for _, span in found}:
            left = left[:start] + " " * (end - start) + left[end:]
    filled.missing = tuple(
        slot.name
        for slot in slots
        if slot.required and slot.name not in filled.args and slot.name not in filled.ambiguous
    )
    return filled


def _order(slot: Slot) -> tuple[int, int]:
    """The most telling forms first, so that a loose one does not take their words."""
    if slot.is_id or slot.format:
        rank = 0
    elif slot.pattern and len(slot.pattern) > 30:
        rank = 1
    elif slot.choices:
        rank = 2
    elif slot.pattern or slot.type in ("number", "integer"):
        rank = 3
    elif slot.type == "boolean":
        rank = 4
    else:
        rank = 5
    return rank, not slot.required


Found = tuple[JsonValue, tuple[int, int]]
"""A value and where in the text it stands."""


def candidates(slot: Slot, text: str) -> list[Found]:
    """All values of an argument that a text holds, in order."""
    if slot.choices:
        return list(_choices(slot, text))
    match slot.type:
        case "integer" | "number":
            return list(_numbers(slot, text))
        case "boolean":
            return list(_flags(slot, text))
        case "string" if slot.pattern:
            return list(_matching(slot, text))
        case "string":
            return list(_texts(slot, text))
        case _:
            return []


def _choices(slot: Slot, text: str) -> Iterable[Found]:
    for choice in slot.choices:
        if isinstance(choice, str) and choice:
            plain = re.escape(choice.replace("_", " ").replace("-", " ")).replace("\\ ", r"[\s_-]+")
            if match := re.search(rf"(?<!\w){plain}(?!\w)", text, re.IGNORECASE):
                yield choice, match.span()


def _matching(slot: Slot, text: str) -> Iterable[Found]:
    core = slot.pattern.removeprefix("^").removesuffix("$")
    try:
        pattern = re.compile(rf"(?<![\w-])(?:{core})(?![\w-]|[.,]\d)", re.IGNORECASE)
        whole = re.compile(slot.pattern)
    except re.error:
        return
    if whole.search("7") and not whole.search("A"):
        yield from _amounts(whole, text)
        return
    found = list(pattern.finditer(text))
    if not found:
        yield from _unseparated(core, whole, text)
    for match in found:
        value = next((form for form in _cased(core, match[0]) if whole.search(form)), None)
        if value is not None:
            yield value, match.span()


def _unseparated(core: str, whole: re.Pattern[str], text: str) -> Iterable[Found]:
    """Values that lack commas of the pattern, where what a comma parts is told apart without it."""
    parts = _COMMA.split(core)
    if len(parts) < 2 or core.count("(") != core.count(")"):
        return
    try:
        between = [
            r"\s*,\s*" if _LOOSE.search(left) and _LOOSE.search(right) else r"(?:\s*,\s*|\s+)"
            for left, right in pairwise(parts)
        ]
        joined = "".join(
            f"(?P<part{number}>{part}){gap}"
            for number, (part, gap) in enumerate(zip(parts, [*between, ""], strict=True))
        )
        pattern = re.compile(rf"(?<![\w-]){joined}(?![\w-])", re.IGNORECASE)
    except re.error:
        return
    for match in pattern.finditer(text):
        plain = ", ".join(match[f"part{number}"].strip() for number in range(len(parts)))
        value = next((form for form in _cased(core, plain) if whole.search(form)), None)
        if value is not None:
            yield value, match.span()


def _cased(core: str, said: str) -> Iterable[str]:
    """A text as it is written, then with capitals in the parts that need them, then in capitals."""
    yield said
    parts, held = _COMMA.split(core), said.split(", ")
    if len(parts) == len(held) > 1:
        try:
            yield ", ".join(
                text if re.fullmatch(part, text) else text.upper()
                for part, text in zip(parts, held, strict=True)
            )
        except re.error:
            return
    yield said.upper()


def _amounts(whole: re.Pattern[str], text: str) -> Iterable[Found]:
    """Numbers in a text that fit a pattern; one with a currency goes before bare ones."""
    money = [(match[1] or match[2], match.span()) for match in _MONEY.finditer(text)]
    found = money or [(match[1], match.span()) for match in _NUMBER.finditer(text)]
    for written, span in found:
        value = next((form for form in _written(written) if whole.search(form)), None)
        if value is not None:
            yield value, span


def _written(number: str) -> Iterable[str]:
    plain = number.replace(",", "")
    yield plain
    whole, dot, rest = plain.partition(".")
    yield f"{whole}.{rest.ljust(2, '0')}" if dot else f"{whole}.00"


def _numbers(slot: Slot, text: str) -> Iterable[Found]:
    is_money = bool(_MONEY_WORDS.search(slot.words))
    money = [(match[1] or match[2], match.span()) for match in _MONEY.finditer(text)]
    plain = [(match[1], match.span()) for match in _NUMBER.finditer(text)]
    cents = bool(re.search(r"\b(?:cents?|pence)\b", slot.words, re.IGNORECASE))
    for written, span in (
        (money or plain) if is_money else [item for item in plain if item[1] not in dict(_spans(money))]
    ):
        try:
            value = Decimal(written.replace(",", ""))
        except InvalidOperation:
            continue
        if cents and money:
            value *= 100
        if slot.type == "integer":
            if value != value.to_integral_value():
                continue
            yield int(value), span
        else:
            yield float(value), span


def _spans(found: Iterable[tuple[str, tuple[int, int]]]) -> Iterable[tuple[tuple[int, int], bool]]:
    return ((span, True) for _, span in found)


def _flags(slot: Slot, text: str) -> Iterable[Found]:
    plain = re.escape(slot.label).replace("\\ ", r"\s+")
    if match := re.search(rf"\b(not?|without|don't)?\s*\b{plain}\b", text, re.IGNORECASE):
        yield not match[1], match.span()


def _texts(slot: Slot, text: str) -> Iterable[Found]:
    if slot.format == "email" or slot.label in ("e-mail", "email"):
        yield from ((match[0], match.span()) for match in _EMAIL.finditer(text))
    elif slot.format in ("date", "date-time"):
        yield from ((match[0], match.span()) for match in _DATE.finditer(text))
    elif slot.description.lower().startswith("why") or slot.name == "reason":
        yield from ((match[1].strip(), match.span(1)) for match in list(_BECAUSE.finditer(text))[:1])
    elif slot.required:
        yield from _free(slot, text)


def _free(slot: Slot, text: str) -> Iterable[Found]:
    """Text for an argument that takes any: what is quoted, what is said, an address, a name, a code."""
    quotes = [(next(filter(None, match.groups())), match.span()) for match in _QUOTE.finditer(text)]
    if quotes:
        yield from quotes[:1]
        return
    if _TEXT_WORDS.search(slot.words):
        if match := _SAYING.search(text):
            yield match[1].strip(), match.span(1)
        return
    if found := list(_like_examples(slot, text)):
        yield from found
        return
    if re.search(r"e-?mail", slot.words, re.IGNORECASE) and (match := _EMAIL.search(text)):
        yield match[0], match.span()
        return
    if _NAME_WORDS.search(slot.words):
        # The first word of a clause begins with a capital for another reason.
        first = re.match(r"\W*\w+", text)
        skip = first.end() if first else 0
        named = [match for match in _NAME.finditer(text, skip) if match[0] not in ("I", "I'm")]
        if named:
            longest = max(named, key=lambda match: len(match[0]))
            yield longest[0].removesuffix("'s").rstrip(".'"), longest.span()


def _like_examples(slot: Slot, text: str) -> Iterable[Found]:
    """Codes of the shape of an example, such as `AB-123` for `XY-987`."""
    for example in slot.examples:
        if (
            " " in example
            or "@" in example
            or not re.search(r"\d", example)
            or not re.search(r"[A-Za-z]", example)
        ):
            continue
        shape = re.sub(r"[A-Z]+", lambda m: f"[A-Z]{{{len(m[0])}}}", re.escape(example))
        shape = re.sub(r"(?<![{\d])\d+(?![\d}])", lambda m: rf"\\d{{{len(m[0])}}}", shape)
        try:
            yield from (
                (match[0], match.span()) for match in re.finditer(rf"(?<![\w-]){shape}(?![\w-])", text)
            )
        except re.error:
            continue


def question_for(
    slots: Sequence[Slot], purpose: str, ambiguous: dict[str, list[JsonValue]] | None = None
) -> str:
    """A question that asks for what is missing, from the schema's own words.

    Args:
        slots: What is missing.
        purpose: What it is for, such as "cancel an order".
        ambiguous: Values to choose from, by argument.
    """
    parts = []
    for slot in slots:
        options = (ambiguous or {}).get(slot.name) or list(slot.choices)
        described = slot.description.rstrip(".") or slot.label
        text = described[:1].lower() + described[1:]
        if options:
            text += " (" + ", ".join(map(str, options[:10])) + ")"
        elif slot.examples and not any(example in text for example in slot.examples):
            text += f" (for example {slot.examples[0]})"
        parts.append(text)
    lead = f"To {purpose} I need to know: " if purpose else "I need to know: "
    return lead + "; ".join(parts) + "."
