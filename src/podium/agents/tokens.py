"""Counting tokens without a tokenizer.

Every model has its own tokenizer, and the common ones download their tables at first use. An estimate that
is on the high side serves a budget as well: one token for every three bytes of UTF-8. English prose takes
four to five bytes a token and most other scripts three or more; dense digits and code come close to three.
"""

from __future__ import annotations

BYTES_PER_TOKEN = 3

MESSAGE_TOKENS = 4
"""What a message costs beside its text."""


def count_tokens(text: str) -> int:
    """An estimate on the high side of how many tokens the text takes."""
    size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
    return -(-size // BYTES_PER_TOKEN)


def clip_to_tokens(text: str, tokens: int, mark: str = " […]") -> str:
    """The beginning of the text that takes at most so many tokens, with a mark where it was cut."""
    if count_tokens(text) <= tokens:
        return text
    room = max(0, tokens * BYTES_PER_TOKEN - len(mark.encode()))
    kept = text.encode("utf-8", "replace")[:room].decode("utf-8", "ignore")
    return kept + mark if tokens * BYTES_PER_TOKEN >= len(mark.encode()) else ""
