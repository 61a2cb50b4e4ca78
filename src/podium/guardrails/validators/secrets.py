"""Does the text hold a credential: an API key, a token, a private key, a password?

Every pattern starts at a token's boundary and its repetitions are bounded, so that the time is linear.
"""

from __future__ import annotations

import math
import re
from collections import Counter

from podium.guardrails.finding import CheckContext, Finding

_START = r"(?<![A-Za-z0-9_\-./+])"
_TOKENS = (
    ("AWS access key", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    ("GitHub token", r"gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{22,255}"),
    ("GitLab token", r"gl(?:pat|dt|rt|cbt|ptt|soat|ft|agent|imt)-[A-Za-z0-9_-]{20,64}"),
    ("API key", r"sk-(?:proj-|ant-|or-|svcacct-|admin-)?[A-Za-z0-9_-]{20,250}"),
    ("Slack token", r"xox[abeprs]-[A-Za-z0-9-]{10,250}|xapp-\d-[A-Za-z0-9-]{10,250}"),
    ("Stripe key", r"(?:sk|rk|pk|whsec)_(?:live|test)_[A-Za-z0-9]{10,250}|whsec_[A-Za-z0-9]{24,250}"),
    ("Google API key", r"AIza[A-Za-z0-9_-]{35}"),
    ("Google OAuth token", r"ya29\.[A-Za-z0-9_-]{20,400}"),
    ("npm token", r"npm_[A-Za-z0-9]{36}"),
    ("PyPI token", r"pypi-[A-Za-z0-9_-]{50,400}"),
    ("Hugging Face token", r"hf_[A-Za-z0-9]{30,60}"),
    ("SendGrid key", r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}"),
    ("LangSmith key", r"lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}"),
    ("DigitalOcean token", r"do[opr]_v1_[a-f0-9]{64}"),
    ("Twilio key", r"SK[a-f0-9]{32}(?![A-Za-z0-9])"),
    (
        "JSON web token",
        r"eyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,1000}",
    ),
)
_TOKEN = re.compile(
    _START + "(?:" + "|".join(f"(?P<t{i}>{pattern})" for i, (_, pattern) in enumerate(_TOKENS)) + ")"
)
_PREFIXES = re.compile(
    r"AKIA|ASIA|ABIA|ACCA|gh[pousr]_|github_pat_|gl[a-z]{2,5}-|sk-|xox|xapp|_live_|_test_|whsec_|AIza|ya29|npm_|pypi-"
    r"|hf_|SG\.|lsv2_|do[opr]_v1|SK[a-f0-9]|eyJ"
)
_BEGIN_KEY = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_END_KEY = re.compile(r"-----END (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_URL_PASSWORD = re.compile(r"://[^\s/:@]{1,100}:([^\s/:@]{1,200})@")
_BEARER = re.compile(r"\b(?:Bearer|Basic|Token)[ \t]{1,4}([A-Za-z0-9._~+/=-]{16,2000})")
_NAMES = (
    r"password|passwd|passphrase|passcode|pwd|secret|token|api[_-]?key|access[_-]?key|auth[_-]?key|credential"
)
_ASSIGNMENT = re.compile(
    rf"(?i:({_NAMES})s?)[\w-]{{0,20}}[\"']?[ \t]{{0,4}}(=>|:=|=|:)[ \t]{{0,4}}"
    r"(?:\"([^\"\n]{4,200})\"|'([^'\n]{4,200})'|([^\s\"',;<>{}()\[\]]{4,200}))"
)
_PASSWORD_WORDS = re.compile(
    r"(?i:password|passwort|passcode|passphrase)[ \t]{1,4}(?i:is)[ \t]{1,4}[\"'`]?([^\s\"'`,;]{6,100})"
)
_PLACEHOLDER = re.compile(
    r"(?i)^(?:[*x.•_-]+|<.*>|\$\{?.*|%.*%|\{\{.*|\[.*\]|none|null|true|false|your[_-].*|example.*|changeme|redacted"
    r"|os\.environ.*|getenv.*|process\.env.*)$"
)
_MIN_ENTROPY = 3.0
"""Bits per character below which a long value is taken for words; gitleaks uses 3.0 to 3.5."""


def secrets(text: str, context: CheckContext) -> tuple[Finding, ...]:
    """Find credentials; a fix puts `[secret]` in their place.

    Args:
        text: What to check.
        context: Unused; every check has the same shape.
    """
    del context
    spans = [*_private_keys(text), *_tokens(text), *_urls(text), *_headers(text), *_assignments(text)]
    return tuple(
        Finding(f"{'an' if name[0] in 'AE' else 'a'} {name}", span, "[secret]")
        for span, name in _without_overlap(spans)
    )


def _private_keys(text: str) -> list[tuple[tuple[int, int], str]]:
    if "-----BEGIN" not in text:
        return []
    spans: list[tuple[tuple[int, int], str]] = []
    position = 0
    while begin := _BEGIN_KEY.search(text, position):
        end = _END_KEY.search(text, begin.end())
        position = end.end() if end else len(text)
        spans.append(((begin.start(), position), "private key"))
    return spans


def _tokens(text: str) -> list[tuple[tuple[int, int], str]]:
    if not _PREFIXES.search(text):
        return []
    return [(match.span(), _TOKENS[int((match.lastgroup or "t0")[1:])][0]) for match in _TOKEN.finditer(text)]


def _urls(text: str) -> list[tuple[tuple[int, int], str]]:
    if "://" not in text:
        return []
    return [
        (match.span(1), "password in an address")
        for match in _URL_PASSWORD.finditer(text)
        if not _PLACEHOLDER.match(match[1])
    ]


def _headers(text: str) -> list[tuple[tuple[int, int], str]]:
    return [
        (match.span(1), "bearer token")
        for match in _BEARER.finditer(text)
        if any(character.isdigit() for character in match[1]) and entropy(match[1]) >= _MIN_ENTROPY
    ]


def _assignments(text: str) -> list[tuple[tuple[int, int], str]]:
    found: list[tuple[tuple[int, int], str]] = []
    for match in _ASSIGNMENT.finditer(text):
        group = next(i for i in (3, 4, 5) if match[i] is not None)
        if _looks_secret(match[1].lower(), match[2], match[group], quoted=group != 5):
            found.append((match.span(group), "password" if match[1].lower().startswith("pass") else "secret"))
    spoken = (
        (match.span(1), "password")
        for match in _PASSWORD_WORDS.finditer(text)
        if _is_mixed(match[1].rstrip(".!?")) and not _PLACEHOLDER.match(match[1])
    )
    return [*found, *spoken]


def _looks_secret(name: str, operator: str, value: str, *, quoted: bool) -> bool:
    if _PLACEHOLDER.match(value):
        return False
    if name.startswith("pass") or name == "pwd":
        # "Password: at least 8 characters" is prose; code and configuration use "=" or quotes.
        return len(value) >= 6 and (_is_mixed(value) or ((quoted or operator != ":") and " " not in value))
    return len(value) >= 12 and " " not in value and _is_mixed(value) and entropy(value) >= _MIN_ENTROPY


def _is_mixed(value: str) -> bool:
    kinds = (str.isdigit, str.isupper, str.islower, lambda c: not c.isalnum())
    return any(c.isdigit() for c in value) and sum(any(map(kind, value)) for kind in kinds) >= 2


def entropy(value: str) -> float:
    """Shannon entropy of the characters, in bits per character."""
    counts = Counter(value)
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())


def _without_overlap(spans: list[tuple[tuple[int, int], str]]) -> list[tuple[tuple[int, int], str]]:
    kept: list[tuple[tuple[int, int], str]] = []
    for span, name in sorted(spans, key=lambda item: (item[0][0], -item[0][1])):
        if not kept or span[0] >= kept[-1][0][1]:
            kept.append((span, name))
    return kept
