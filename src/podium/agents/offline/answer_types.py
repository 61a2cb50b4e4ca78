"""What form an answer has to have: a span of time, an amount, a name, a reason."""

from __future__ import annotations

import re

_WORDED = "an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|half|once|twice"
_COUNT = rf"(?:\d[\d.,]*|{_WORDED})"
_NUMBER = re.compile(rf"\d|\b{_COUNT}\b(?<!\ba)(?<!\ban)", re.IGNORECASE)
_TIME = re.compile(
    rf"\b{_COUNT}[\s-](?:\w+\s)?(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|times?|decades?|centur(?:y|ies))\b"
    r"|\b\d{1,2}(?::\d{2})?\s?(?:am|pm|a\.m|p\.m|o'clock)\b|\b(?:midnight|noon|immediately|daily|weekly|monthly|always|never)\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:once|twice|every|each)\b"
    r"|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b|\b(?:1[5-9]|20)\d\d\b"
    r"|\b(?:after|before|when|as soon as|until)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"[\u00a3$\u20ac]\s?\d|\b\d[\d.,]*\s?(?:percent|per cent|pounds?|dollars?|euros?|pence|cents?)\b|\d\s?%"
    r"|\bfree\b|\bno charge\b|\bprice\b.{0,6}\d|\bmillion\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[a-z,;:(] )[A-Z][\w'-]+|^[A-Z]\w+ [A-Z]\w+")
_REASON = re.compile(
    r"\b(?:because|since|so that|due to|therefore|cannot|otherwise|in order|as a result|reason)\b|[;:]",
    re.IGNORECASE,
)

_SOUND = re.compile(r"\bdecibels?\b|\bdb\b|\bsilent\b", re.IGNORECASE)
_HEAT = re.compile(r"\bdegrees?\b|\u00b0|\b[cf]\b", re.IGNORECASE)
_WEIGHT = re.compile(
    r"\d\s?(?:kg|g|mg|lbs?|oz|kilo(?:gram)?s?|grams?|tonn?es?|tons?|pounds?|ounces?|stones?)\b"
    r"|\bweight[^;\n]{0,20}: \d",
    re.IGNORECASE,
)
_COLOUR = re.compile(
    r"\b(?:black|white|gr[ae]y|red|blue|green|yellow|brown|orange|pink|purple|violet|beige|cream|ivory|silver"
    r"|gold(?:en)?|bronze|copper|navy|turquoise|olive|charcoal|indigo|transparent|colou?rless|colou?rs)\b",
    re.IGNORECASE,
)
_STUFF = re.compile(
    r"\b(?:steel|iron|alumini?um|copper|brass|titanium|metals?|plastic|polyester|nylon|rubber|silicone|glass"
    r"|ceramic|porcelain|clay|stone|marble|granite|concrete|wood(?:en)?|oak|beech|pine|walnut|birch|bamboo|cork"
    r"|paper|cardboard|felt|leather|cotton|linen|wool|silk|canvas|down|feathers?|foam|latex|wax|enamel(?:led)?"
    r"|carbon|starch|fabric|fib(?:re|er)s?)\b",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w-])(?!\d{4}-\d\d-\d\d)\+?\(?\d[\d() /-]{5,}\d(?![\w-])")
_MAIL = re.compile(r"\w@\w|https?:|\bwww\.", re.IGNORECASE)
_LENGTH = re.compile(
    r"\d\s?(?:mm|cm|m|km|inch(?:es)?|ft|feet|foot|miles?|met(?:re|er)s?|yards?)\b|\d\s?[\"\u201d]|\d\s?[x\u00d7]\s?\d",
    re.IGNORECASE,
)
_POWER = re.compile(
    r"\d\s?(?:k?w|watts?|kilowatts?|v|volts?|amps?|m?ah|pascals?|k?pa|bar|lumens?|lm|lux|rpm|hp)\b",
    re.IGNORECASE,
)
_ANGLE = re.compile(r"\d\s?(?:\u00b0|degrees?\b)", re.IGNORECASE)
_ASKS = (
    (
        re.compile(
            r"\b(?:tele)?phone number\b"
            r"|\bnumber (?:do|can|should|to) (?:i |we |you |one )?(?:ring|call|phone)\b",
            re.IGNORECASE,
        ),
        _PHONE,
    ),
    (re.compile(r"\be-?mail address\b|\b(?:which|what) (?:url|website)\b", re.IGNORECASE), _MAIL),
    (re.compile(r"\b(?:which|what) colou?rs?\b", re.IGNORECASE), _COLOUR),
    (
        re.compile(
            r"\b(?:made|filled|lined|coated) (?:of|out of|from|with)\b"
            r"|\b(?:which|what) (?:material|fabric|metal|wood)\b",
            re.IGNORECASE,
        ),
        _STUFF,
    ),
    (
        re.compile(r"\bhow (?:bright|powerful)\b|\b(?:voltage|wattage|suction|brightness)\b", re.IGNORECASE),
        _POWER,
    ),
    (
        re.compile(
            r"\bhow (?:thick|tall|wide|deep|broad)\b|\b(?:height|width|thickness|diameter)\b", re.IGNORECASE
        ),
        _LENGTH,
    ),
    (re.compile(r"\b(?:what|which) angle\b", re.IGNORECASE), _ANGLE),
    (re.compile(r"\bhow (?:loud|noisy|quiet)\b|\bnoise level\b", re.IGNORECASE), _SOUND),
    (re.compile(r"\bhow (?:hot|warm|cold)\b|\btemperature\b", re.IGNORECASE), _HEAT),
    (
        re.compile(r"\bhow heavy\b|\bhow much\b.*\bweigh\b|\bheaviest\b|\bweight limit\b", re.IGNORECASE),
        _WEIGHT,
    ),
    (
        re.compile(r"\bhow (?:much|expensive)\b(?=.*\b(?:cost|pay|charge|price|fee|worth)\b)", re.IGNORECASE),
        _MONEY,
    ),
    (
        re.compile(r"\bwhat\b.*\b(?:cost|charge|price|fee)\b|\bhow expensive\b|\bvalue\b", re.IGNORECASE),
        _MONEY,
    ),
    (
        re.compile(
            r"\bhow (?:long|soon|quickly|fast|often|old|late|early)\b|\bwhen\b"
            r"|\bwhat (?:time|year|date|day)\b"
            r"|\b(?:which|what) (?:day|year|month|moment)\b|\b(?:until|by) (?:when|what)\b"
            r"|\bhow many (?:days|weeks|months|years|hours|minutes)\b",
            re.IGNORECASE,
        ),
        _TIME,
    ),
    (
        re.compile(
            r"\bhow (?:many|much|heavy|loud|big|large|high|tall|wide|deep|far|hot|warm)\b"
            r"|\b(?:share|percentage|maximum|minimum|largest|smallest|heaviest|weight|size|limit|score|temperature|capacity|number)\b",
            re.IGNORECASE,
        ),
        _NUMBER,
    ),
    (
        re.compile(
            r"^\W*(?:who|whose|whom)\b|\b(?:which|what) (?:company|person|team|country|city|actor)\b",
            re.IGNORECASE,
        ),
        _NAME,
    ),
    (re.compile(r"\bwhy\b", re.IGNORECASE), _REASON),
)


_EXACT = frozenset([_PHONE, _MAIL, _COLOUR, _STUFF, _SOUND, _HEAT, _WEIGHT, _POWER, _LENGTH, _ANGLE])
_COUNTED = re.compile(r"\bhow many (?:(?:more|different|other|working|of the) )?([a-z]+)", re.IGNORECASE)


def wanted(question: str) -> re.Pattern[str] | None:
    """The form of an answer to a question; None when any sentence may answer it."""
    return next((form for asks, form in _ASKS if asks.search(question)), None)


def counted(question: str) -> str:
    """What a question asks the number of, such as `days` in "how many working days"; empty when nothing."""
    match = _COUNTED.search(question)
    return match[1].lower() if match else ""


def type_match(question: str, sentence: str) -> float:
    """1 when the sentence has what the question asks for, a half when it asks for no form.

    Otherwise 0, or -1 where the form is exact: without a colour, "which colours" is not answered.
    """
    form = wanted(question)
    if form is None:
        return 0.5
    if form.search(sentence):
        return 1.0
    return -1.0 if form in _EXACT else 0.0
