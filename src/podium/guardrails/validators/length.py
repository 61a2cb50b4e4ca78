"""Is the text too long, or empty?"""

from __future__ import annotations

from podium.guardrails.finding import CheckContext, Finding


def length(text: str, context: CheckContext, *, most: int = 20_000, least: int = 0) -> tuple[Finding, ...]:
    """Find a text that is longer or shorter than allowed; one that is too long is cut by a fix.

    Args:
        text: What to check.
        context: Unused; every check has the same shape.
        most: How many characters are allowed.
        least: How many characters there have to be, white space at the ends not counted.
    """
    del context
    if len(text) > most:
        return (
            Finding(f"the text has {len(text):,} characters, allowed are {most:,}", (most, len(text)), ""),
        )
    if len(text.strip()) < least:
        return (Finding(f"the text has fewer than {least:,} characters"),)
    return ()
