"""Checking what a model quotes: words that stand in the evidence get their span, others are dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from podium.agents.fencing import defuse
from podium.agents.language.replies import CitationDraft
from podium.core.evidence import Citation, Evidence

MIN_QUOTE = 8
"""Characters; less proves nothing."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def cite(draft: CitationDraft, labels: Mapping[str, Evidence]) -> Citation | None:
    """The citation of a quote that stands in the evidence word for word; None otherwise.

    White space may differ. A quote under a wrong label counts where it really stands.

    Args:
        draft: What the model cites.
        labels: The evidence that it was shown, by label.
    """
    named = labels.get(draft.evidence.strip(" []"))
    others = [item for item in labels.values() if item is not named]
    for item in ([named] if named else []) + others:
        if (span := find_quote(draft.quote, item.text)) is not None:
            start, end = span
            return Citation(
                source=item.source,
                start=item.start + start,
                end=item.start + end,
                quote=item.text[start:end],
                evidence_id=item.id,
                title=item.title,
                date=item.date,
            )
    return None


def find_quote(quote: str, text: str) -> tuple[int, int] | None:
    """Where the quote stands in the text, in characters; None if it does not or is too short."""
    words = quote.strip().strip("\"“”'").split()
    if len(" ".join(words)) < min(MIN_QUOTE, max(1, len(text.strip()))):
        return None
    pattern = r"\s+".join(re.escape(word) for word in words)
    # Fencing replaces characters one for one, so positions in the fenced text hold in the original.
    found = re.search(pattern, defuse(text)) or re.search(pattern, text)
    return found.span() if found else None


def numbers_stand_in(statement: str, texts: Iterable[str]) -> bool:
    """Whether every number of the statement is in one of the texts."""
    said = set(_NUMBER.findall(statement))
    if not said:
        return True
    return said <= {number for text in texts for number in _NUMBER.findall(text)}
