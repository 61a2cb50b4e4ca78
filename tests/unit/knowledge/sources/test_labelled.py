"""The project's labels count, not what a source says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from podium.core.evidence import Evidence
from podium.knowledge.sources.labelled import Labelled, Labels


class Boasting:
    name = "boasting"

    async def fetch(self, _query: str, _k: int) -> Sequence[Evidence]:
        return [
            Evidence(id="1", source="page", text="old", date="2025-01-01", trust="trusted", access="secret"),
            Evidence(id="2", source="boasting/page", text="new", date="2026-01-01", collection="handbook"),
            Evidence(id="3", source="page", text="undated"),
        ]


class Noon:
    def now(self) -> datetime:
        return datetime(2026, 1, 11, 12, tzinfo=UTC)


async def labelled(labels: Labels) -> Sequence[Evidence]:
    return await Labelled(Boasting(), labels, Noon()).fetch("x", 3)


async def test_trust_and_access_are_the_projects() -> None:
    found = await labelled(Labels(access="staff"))
    assert {(item.trust, item.access, item.collection) for item in found} == {
        ("untrusted", "staff", "boasting")
    }


async def test_what_is_older_than_the_limit_is_marked() -> None:
    old, new, undated = await labelled(Labels(max_age_days=30))
    assert (old.metadata["stale"], old.metadata["age_days"]) == (True, 375)
    assert "stale" not in new.metadata
    assert "stale" not in undated.metadata


async def test_sources_are_named_once_and_spans_are_whole() -> None:
    found = await labelled(Labels(cost=0.01))
    assert [item.source for item in found] == ["boasting/page", "boasting/page", "boasting/page"]
    assert all(item.end - item.start == len(item.text) for item in found)
    assert all(item.metadata["cost"] == 0.01 for item in found)


async def test_ids_of_two_sources_never_meet() -> None:
    class Other(Boasting):
        name = "other"

    ours = {item.id for item in await labelled(Labels())}
    theirs = {item.id for item in await Labelled(Other(), Labels(), Noon()).fetch("x", 3)}
    assert len(ours | theirs) == 6
