from __future__ import annotations

from podium.agents.contracts import HistoryTurn, RetrieveRequest
from podium.agents.offline.retriever import OfflineRetriever
from podium.core.evidence import Evidence
from podium.core.plan import Step


class Recorded:
    """A search that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, query: str, k: int, /) -> list[Evidence]:
        self.asked.append((query, k))
        return [Evidence(id="a", source="a.md", text="Same words.", score=0.5, start=0, end=11)]


def wanting(query: str, **more: object) -> RetrieveRequest:
    step = Step(id="s", kind="retrieve", instruction=query, query=query)
    return RetrieveRequest(step=step, request=query, **more)


async def test_words_that_only_ask_are_left_out() -> None:
    search = Recorded()
    await OfflineRetriever(search).retrieve(wanting("Please tell me how long a loan lasts"))
    assert [query for query, _ in search.asked] == ["how long a loan lasts"]


async def test_a_question_that_points_back_takes_the_conversation_along() -> None:
    search = Recorded()
    history = (HistoryTurn(speaker="user", text="How long is a loan?"),)
    await OfflineRetriever(search).retrieve(wanting("And for films?", history=history))
    assert search.asked[0][0] == "How long is a loan? And for films?"


async def test_each_attempt_looks_wider() -> None:
    search = Recorded()
    await OfflineRetriever(search).retrieve(wanting("How long is a loan?", attempt=1, gaps=("films",)))
    assert [query for query, _ in search.asked] == ["How long is a loan?", "films", "long loan"]
    assert all(k == 16 for _, k in search.asked)


async def test_a_passage_found_twice_is_given_once() -> None:
    reply = await OfflineRetriever(Recorded()).retrieve(wanting("loan", attempt=1, gaps=("films",)))
    assert [item.id for item in reply.evidence] == ["a"]
