"""A call, what became of it, and the world after a list of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a tool, with its arguments by name."""

    name: str
    arguments: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a call was let through; else `reason` says which rule or which lookup refuses it."""

    call: Call
    ok: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """The database after the calls, and one outcome for each of them in their order."""

    database: dict[str, Any]
    outcomes: tuple[Outcome, ...]
