"""Identifiers: random for things that happen, derived for things that must be found again."""

from __future__ import annotations

import hashlib
import uuid

_NAMESPACE = uuid.UUID("6f0f3b1e-6d53-4f0c-9a0f-2f7f8c1f5a11")


def new_id() -> str:
    """A fresh random identifier, in the UUID form that LangGraph servers and clients expect."""
    return str(uuid.uuid4())


def derived_id(*parts: str) -> str:
    """The same identifier for the same parts, always (UUID version 5).

    Args:
        parts: What identifies the thing; joined with a character that cannot occur in ids.
    """
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join(parts)))


def digest_of(data: bytes) -> str:
    """SHA-256 of the bytes as 64 hexadecimal characters."""
    return hashlib.sha256(data).hexdigest()
