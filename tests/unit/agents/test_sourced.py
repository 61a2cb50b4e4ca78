"""Documents and sources are searched together; what is down is named, what costs is counted."""

from __future__ import annotations

from collections.abc import Sequence

from podium.agents.contracts import RetrieveReply, RetrieveRequest
from podium.agents.sourced import SourcedRetriever
from podium.core.errors import SourceUnavailable
from podium.core.evidence import Evidence
from podium.core.plan import Step
from podium.core.usage import Usage
from podium.knowledge.sources.labelled import Labels
from podium.knowledge.sources.relevance import Relevance
from podium.knowledge.sources.sources import Managed, Sources, Terms

REQUEST = RetrieveRequest(
    step=Step(id="s1", kind="retrieve", instruction="The time.", query="when does the ferry leave"),
    request="When?",
    k=2,
)


class Documents:
    def __init__(self, *queries: str) -> None:
        self._queries = queries

    async def retrieve(self, _request: RetrieveRequest) -> RetrieveReply:
        return RetrieveReply(
            evidence=(Evidence(id="d", source="handbook.md", text="Boats.", score=0.2),),
            queries=self._queries,
            usage=Usage(model_calls=1, cost=0.5),
        )


class Timetable:
    name = "timetable"

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def fetch(self, query: str, _k: int) -> Sequence[Evidence]:
        self.asked.append(query)
        return [Evidence(id="t", source="timetable/1", text="The ferry leaves at nine.")]


class Down:
    name = "down"

    async def fetch(self, _query: str, _k: int) -> Sequence[Evidence]:
        raise SourceUnavailable("gone")


async def alike(_query: str, texts: Sequence[str]) -> list[float]:
    return [0.6 for _ in texts]


def retriever(*sources: Timetable | Down, queries: tuple[str, ...] = ("ferry leave",)) -> SourcedRetriever:
    managed = [Managed(source, Terms(labels=Labels(cost=0.25), retries=0)) for source in sources]
    return SourcedRetriever(Documents(*queries), Sources(managed, Relevance(alike)))


async def test_the_better_passage_comes_first_and_each_names_where_it_is_from() -> None:
    reply = await retriever(Timetable()).retrieve(REQUEST)
    assert [(item.source, item.collection) for item in reply.evidence] == [
        ("timetable/1", "timetable"),
        ("handbook.md", ""),
    ]


async def test_a_source_that_is_down_is_named_once_and_the_rest_answers() -> None:
    reply = await retriever(Down(), Timetable(), queries=("a", "b")).retrieve(REQUEST)
    assert reply.failed == ("down",)
    assert len(reply.evidence) == 2
    assert not reply.degraded


async def test_what_the_sources_cost_is_counted_on_top() -> None:
    reply = await retriever(Timetable(), queries=("a", "b")).retrieve(REQUEST)
    assert reply.usage == Usage(model_calls=1, cost=1.0)


async def test_each_passage_stands_there_once() -> None:
    reply = await retriever(Timetable(), queries=("ferry", "nine")).retrieve(REQUEST)
    assert [item.source for item in reply.evidence] == ["timetable/1", "handbook.md"]


async def test_a_retriever_that_names_no_query_searches_with_the_step() -> None:
    timetable = Timetable()
    await retriever(timetable, queries=()).retrieve(REQUEST)
    assert timetable.asked == ["when does the ferry leave"]
