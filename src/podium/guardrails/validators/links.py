"""Does an answer carry a link that nothing it rests on contains?

A link that a model makes up, or that an injected text makes it write, can carry data away when it is
opened or, as an image, when it is merely shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from podium.guardrails.finding import CheckContext, Finding

_LINK = re.compile(
    r"!?\[[^\]\n]{0,200}\]\([ \t]{0,4}(?P<target>[^()\[\]\s]{1,2000}+)[^()\[\]\n]{0,200}+\)"
    r"|(?<![A-Za-z0-9+.-])(?P<bare>(?:https?|ftp|wss?|data|javascript|file):(?://)?[^\s<>\"'`\])}]{1,2000})",
    re.IGNORECASE,
)
_HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}:|//")


def links(text: str, context: CheckContext, *, allow_hosts: Sequence[str] = ()) -> tuple[Finding, ...]:
    """Find links whose address stands neither in the evidence nor in the known texts.

    A fix puts `[link removed]` in their place.

    Args:
        text: What to check.
        context: Its evidence and known texts hold the links that may be used.
        allow_hosts: Hosts that may always be linked, with their subdomains.
    """
    if "](" not in text and ":" not in text:
        return ()
    known = "\n".join((*context.known, *(item.text for item in context.evidence)))
    findings: list[Finding] = []
    for match in _LINK.finditer(text):
        address = (match["target"] or match["bare"]).rstrip(".,;:!?")
        if (
            _HAS_SCHEME.match(address)
            and not _is_known(address, known)
            and not _is_allowed(address, allow_hosts)
        ):
            picture = match[0].startswith("!")
            reason = "an image from an unknown address" if picture else "a link to an unknown address"
            end = match.end() if match["target"] else match.start() + len(address)
            findings.append(Finding(reason, (match.start(), end), "[link removed]"))
    return tuple(findings)


def _is_known(address: str, known: str) -> bool:
    at = known.find(address)
    while at >= 0:
        after = known[at + len(address) : at + len(address) + 1]
        # A known address must not vouch for one that is cut short in the middle of a word.
        if not after or not (after.isalnum() or after in "-_"):
            return True
        at = known.find(address, at + 1)
    return False


def _is_allowed(address: str, hosts: Sequence[str]) -> bool:
    try:
        host = (urlsplit(address).hostname or "").lower()
    except ValueError:
        return False
    return any(host == allowed or host.endswith(f".{allowed}") for allowed in hosts)
