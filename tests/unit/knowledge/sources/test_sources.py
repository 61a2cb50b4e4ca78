"""Sources are asked together, scored by one measure, and one that fails is named."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from podium.core.errors import ConfigError, SourceError, SourceUnavailable
from podium.core.evidence import Evidence
from podium.knowledge.sources.labelled import Labels
from podium.knowledge.sources.relevance import MOST_COMPARED, Relevance
from podium.knowledge.sources.sources import Managed, Sources, Terms


async def common_words(query: str, texts: Sequence[str]) -> list[float]:
    wanted = set(query.casefold().split())
    return [len(wanted & set(text.casefold().split())) / max(len(wanted), 1) for text in texts]


class Fixed:
    def __init__(self, name: str, *texts: str) -> None:
        self.name = name
        self.texts = texts
        self.closed = False

    async def fetch(self, _query: str, _k: int) -> Sequence[Evidence]:
        return [
            Evidence(id=str(n), source=f"{self.name}/{n}", text=text, score=1.0)
            for n, text in enumerate(self.texts)
        ]

    def close(self) -> None:
        self.closed = True


class Down:
    name = "down"

    async def fetch(self, _query: str, _k: int) -> Sequence[Evidence]:
        raise SourceUnavailable("no answer")


QUICK = Terms(retries=0)
ferries = Fixed("ferries", "the ferry leaves at nine", "the harbour has a cafe")
buses = Fixed("buses", "the bus leaves at ten")


def asked(*sources: Fixed | Down, terms: Terms = QUICK) -> Sources:
    return Sources([Managed(source, terms) for source in sources], Relevance(common_words))


async def test_what_speaks_to_the_question_comes_first_wherever_it_is() -> None:
    found = await asked(buses, ferries).search("when does the ferry leave", 5)
    assert found.evidence[0].source == "ferries/0"
    assert [item.score for item in found.evidence] == sorted((i.score for i in found.evidence), reverse=True)
    assert all(0 <= item.score < 1 for item in found.evidence)
    assert {item.collection for item in found.evidence} == {"buses", "ferries"}


async def test_a_source_that_is_down_is_named_and_the_rest_goes_on() -> None:
    told: list[tuple[str, str]] = []
    sources = Sources(
        [Managed(Down(), QUICK), Managed(ferries, QUICK)],
        Relevance(common_words),
        lambda name, error: told.append((name, error.message)),
    )
    found = await sources.search("ferry", 5)
    assert found.failed == ("down",)
    assert found.evidence
    assert told == [("down", "no answer")]


async def test_only_the_sources_that_are_named_are_asked() -> None:
    found = await asked(Down(), buses, ferries).search("leaves", 5, only=["buses"])
    assert {item.collection for item in found.evidence} == {"buses"}
    assert found.failed == ()


async def test_a_fetch_is_paid_once_while_its_answer_is_kept() -> None:
    sources = asked(ferries, terms=Terms(labels=Labels(cost=0.25)))
    assert (await sources.search("ferry", 5)).cost == 0.25
    assert (await sources.search("ferry", 5)).cost == 0


async def test_no_words_ask_nobody() -> None:
    assert (await asked(Down()).search("  ", 5)).failed == ()


async def test_a_source_that_gives_much_is_compared_within_a_bound() -> None:
    compared: list[int] = []

    async def counting(query: str, texts: Sequence[str]) -> list[float]:
        compared.append(len(texts))
        return await common_words(query, texts)

    many = Fixed("many", *(f"passage {n} of many" for n in range(1_000)), "the ferry leaves at nine")
    found = await Sources([Managed(many)], Relevance(counting)).search("ferry", 3)
    assert compared == [MOST_COMPARED]
    assert found.evidence[0].text == "the ferry leaves at nine"
    assert len(found.evidence) == 3


def test_two_sources_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigError, match="two sources are called 'ferries'"):
        asked(ferries, ferries)


def test_closing_closes_each() -> None:
    source = Fixed("x")
    asked(source).close()
    assert source.closed


async def test_an_error_of_ones_own_is_named_too() -> None:
    class Broken:
        name = "broken"

        async def fetch(self, _query: str, _k: int) -> Sequence[Evidence]:
            raise KeyError("x")

    seen: list[SourceError] = []
    sources = Sources([Managed(Broken())], Relevance(common_words), lambda _, error: seen.append(error))
    assert (await sources.search("ferry", 1)).failed == ("broken",)
    assert "KeyError" in seen[0].message
