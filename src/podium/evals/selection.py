"""Which of a suite's cases a run takes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from podium.core.errors import InputError
from podium.core.model import JsonObject
from podium.evals.case import Case


@dataclass(frozen=True, slots=True)
class Selection:
    """What is left of the cases.

    Attributes:
        tags: Only cases with one of these; all when empty.
        ids: Only these; all when None.
        limit: At most so many, the first ones.
        shard: Which part of how many, both from 1: a case is in the same part always.
    """

    tags: frozenset[str] = frozenset()
    ids: frozenset[str] | None = None
    limit: int | None = None
    shard: tuple[int, int] | None = None

    def of(self, cases: Iterable[Case]) -> Iterator[Case]:
        """The cases that are taken, in order."""
        taken = 0
        for case in cases:
            if self.limit is not None and taken >= self.limit:
                return
            if self._takes(case):
                taken += 1
                if self.shard is None or _part(case.id, self.shard[1]) == self.shard[0]:
                    yield case

    def as_json(self) -> JsonObject:
        """What is narrowed, for the log; the shard is not, so that shards merge."""
        found: JsonObject = {}
        if self.tags:
            found["tags"] = [*sorted(self.tags)]
        if self.ids is not None:
            found["cases"] = len(self.ids)
        if self.limit is not None:
            found["limit"] = self.limit
        return found

    def _takes(self, case: Case) -> bool:
        if self.ids is not None and case.id not in self.ids:
            return False
        return not self.tags or not self.tags.isdisjoint(case.tags)


def parse_shard(text: str) -> tuple[int, int]:
    """A part such as `1/4`.

    Raises:
        InputError: It is none.
    """
    part, _, parts = text.partition("/")
    if part.isdigit() and parts.isdigit() and 1 <= int(part) <= int(parts):
        return int(part), int(parts)
    raise InputError(f"{text!r} is no shard", hint="Write the part and how many there are: 1/4.")


def _part(identifier: str, parts: int) -> int:
    return int.from_bytes(hashlib.sha256(identifier.encode()).digest()[:8], "big") % parts + 1
