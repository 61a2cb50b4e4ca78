"""Plain text: kept as it is, character by character."""

from __future__ import annotations

from podium.knowledge.formats.draft import Draft, decode


def read_text(data: bytes, name: str) -> Draft:
    """A draft of a plain text file.

    Args:
        data: The file.
        name: Its name, for messages.

    Raises:
        KnowledgeError: It is not UTF-8.
    """
    return Draft(text=decode(data, name))
