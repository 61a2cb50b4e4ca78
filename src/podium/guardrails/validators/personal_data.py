"""Does the text hold structured personal data: addresses and numbers with a form that can be checked?

Names and postal addresses need a model and are out of reach here. Card numbers must pass Luhn's check
(ISO/IEC 7812-1), bank accounts ISO 13616's (mod 97), US social security numbers the ranges in use.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from podium.guardrails.finding import CheckContext, Finding

Kind = Literal["e-mail", "phone", "card", "iban", "ssn", "ip"]

_EMAIL = re.compile(
    r"(?<![\w.%+-])[\w][\w.%+-]{0,63}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.){1,6}[A-Za-z]{2,24}(?![\w-])"
)
_PHONE = re.compile(
    r"(?<![\w.+/-])(?:\+\d{1,3}|00[1-9]\d{0,2}|\(\+?\d{1,5}\)|0\d{1,4}|\d{3}(?=[ .-]\d{3}[ .-]\d{4}))"
    r"(?:[ .\-/]{0,2}\(?\d{1,5}\)?){1,6}(?:[ ]{0,1}x\d{1,5})?(?!\w|-\d)"
)
_CARD = re.compile(r"(?<![\w.-])(?:1800|2131|2[2-7]\d\d|[3-6]\d{3})(?:[ -]?\d){9,15}(?![\w-])")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}")
_SSN = re.compile(r"(?<![\d-])(?!000|666|9\d\d)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\d-])")
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:])[0-9A-Fa-f:]{2,39}(?![\w:])")
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24,
    "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21,
    "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21,
    "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30,
    "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24,
    "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29, "VG": 24, "XK": 20,
}  # fmt: skip
_NAMES: dict[Kind, str] = {
    "e-mail": "an e-mail address",
    "phone": "a phone number",
    "card": "a payment card number",
    "iban": "a bank account number",
    "ssn": "a social security number",
    "ip": "an IP address",
}


def personal_data(
    text: str,
    context: CheckContext,
    *,
    kinds: Sequence[Kind] = ("e-mail", "phone", "card", "iban", "ssn", "ip"),
    allow_known: bool = True,
) -> tuple[Finding, ...]:
    """Find personal data of the given kinds; a fix puts the kind in its place, such as `[e-mail]`.

    Args:
        text: What to check.
        context: Its evidence and known texts say what the reader has already seen.
        kinds: What to look for.
        allow_known: Let pass what stands in the evidence or in the known texts.
    """
    spans = sorted(
        ((span, kind) for kind in kinds for span in _FINDERS[kind](text)), key=lambda item: item[0]
    )
    if not spans:
        return ()
    known = "\n".join((*context.known, *(item.text for item in context.evidence))) if allow_known else ""
    findings: list[Finding] = []
    position = 0
    for (start, end), kind in sorted(spans, key=lambda item: (item[0][0], _ORDER.index(item[1]))):
        if start < position or (known and text[start:end] in known):
            continue
        findings.append(Finding(_NAMES[kind], (start, end), f"[{kind}]"))
        position = end
    return tuple(findings)


def _emails(text: str) -> Iterator[tuple[int, int]]:
    if "@" in text:
        yield from (match.span() for match in _EMAIL.finditer(text))


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for match in _PHONE.finditer(text):
        digits = sum(character.isdigit() for character in match[0])
        separated = not match[0].isdigit()
        if 9 <= digits <= 17 and (separated or match[0].startswith("0")):
            yield match.span()


def _cards(text: str) -> Iterator[tuple[int, int]]:
    for match in _CARD.finditer(text):
        digits = [int(character) for character in match[0] if character.isdigit()]
        if 13 <= len(digits) <= 19 and is_luhn(digits):
            yield match.span()


def is_luhn(digits: Sequence[int]) -> bool:
    """Whether the last digit is Luhn's check digit of the others."""
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[-2::-2]]
    return (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for match in _IBAN.finditer(text):
        wanted = _IBAN_LENGTHS.get(match[0][:2])
        if wanted is None:
            continue
        kept = [i for i, character in enumerate(match[0]) if character != " "]
        if len(kept) < wanted:
            continue
        compact = "".join(match[0][i] for i in kept[:wanted])
        if is_iban(compact):
            yield match.start(), match.start() + kept[wanted - 1] + 1


def is_iban(compact: str) -> bool:
    """Whether the account number, written without spaces, passes ISO 13616's check."""
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def _ssns(text: str) -> Iterator[tuple[int, int]]:
    yield from (match.span() for match in _SSN.finditer(text))


def _ips(text: str) -> Iterator[tuple[int, int]]:
    for match in _IPV4.finditer(text):
        if _is_address(match[0]):
            yield match.span()
    for match in _IPV6.finditer(text):
        if match[0].count(":") >= 2 and _is_address(match[0]) and match[0] != "::":
            yield match.span()


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


_FINDERS: dict[Kind, Callable[[str], Iterator[tuple[int, int]]]] = {
    "e-mail": _emails,
    "card": _cards,
    "iban": _ibans,
    "ssn": _ssns,
    "ip": _ips,
    "phone": _phones,
}
_ORDER = tuple(_FINDERS)
