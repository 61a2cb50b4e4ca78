"""When nodes of graphs of others are recorded, and in what order."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from langchain_core.messages import BaseMessage, HumanMessage

from podium.runtime import hearing
from podium.runtime.hearing import Hearing
from podium.telemetry.records import Record, SpanRecord
from podium.telemetry.telemetry import Telemetry


class Kept:
    """A sink that keeps what it is given."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    async def write(self, records: Sequence[Record]) -> None:
        self.records += records


class Told:
    """A run that reports to a hearing."""

    def __init__(self) -> None:
        self._kept = Kept()
        self._telemetry = Telemetry(sink=self._kept)
        self.hearing = Hearing(self._telemetry, thread_id="a-thread", run_id="a-run")

    def begins(self, node: str, within: UUID | None = None) -> UUID:
        run_id = uuid4()
        metadata = {"langgraph_node": node}
        self.hearing.on_chain_start({}, {}, run_id=run_id, parent_run_id=within, metadata=metadata, name=node)
        return run_id

    def node(self, name: str, within: UUID | None = None) -> None:
        self.hearing.on_chain_end({}, run_id=self.begins(name, within))

    def uses(self, tool: str) -> UUID:
        run_id = uuid4()
        self.hearing.on_tool_start({"name": tool}, "x", run_id=run_id)
        return run_id

    @property
    def records(self) -> list[SpanRecord]:
        return [record for record in self._kept.records if isinstance(record, SpanRecord)]

    async def spans(self) -> list[tuple[str, str, str]]:
        """Name, error and the name of the span around, in the order of their ends."""
        self.hearing.close()
        await self._telemetry.flush()
        spans = self.records
        names = {span.span_id: span.name for span in spans}
        return [(span.name, span.error, names.get(span.parent_id, "")) for span in spans]


async def test_nothing_is_recorded_of_a_run_that_only_computes_for_a_moment() -> None:
    told = Told()
    told.node("first")
    told.node("second")
    assert await told.spans() == []
    assert not told.hearing.worth


async def test_once_a_tool_is_called_the_nodes_before_it_are_recorded_too() -> None:
    told = Told()
    told.node("first")
    outer = told.begins("outer")
    told.node("quiet", outer)
    inner = told.begins("inner", outer)
    call = uuid4()
    told.hearing.on_tool_start({"name": "scales"}, "{}", run_id=call, parent_run_id=inner)
    told.hearing.on_tool_end("3 kg", run_id=call)
    for one in (inner, outer):
        told.hearing.on_chain_end({}, run_id=one)
    told.node("last")
    assert await told.spans() == [
        ("first", "", ""),
        ("quiet", "", "outer"),
        ("scales", "", "inner"),
        ("inner", "", "outer"),
        ("outer", "", ""),
        ("last", "", ""),
    ]


async def test_a_failure_is_recorded_with_what_came_before_it() -> None:
    told = Told()
    told.node("first")
    told.hearing.on_chain_error(ValueError("no"), run_id=told.begins("second"))
    assert await told.spans() == [("first", "", ""), ("second", "ValueError", "")]


async def test_nodes_of_a_run_that_takes_long_are_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "WORTH_S", 0.0)
    told = Told()
    told.node("slow")
    assert await told.spans() == [("slow", "", "")]


async def test_a_node_that_is_called_off_is_recorded_as_such() -> None:
    told = Told()
    told.begins("endless")
    assert await told.spans() == [("endless", "Cancelled", "")]


async def test_a_node_takes_as_long_as_it_took_however_late_it_is_recorded() -> None:
    kept = Kept()
    telemetry = Telemetry(sink=kept)
    span = telemetry.span("node", "early")
    span.begin(None, ago=5.0)
    span.finish("", ago=2.0)
    await telemetry.flush()
    (record,) = kept.records
    assert isinstance(record, SpanRecord)
    assert record.seconds == pytest.approx(3.0, abs=0.5)


async def test_a_node_on_a_thread_of_its_own_that_goes_on_is_heard_no_more() -> None:
    told = Told()
    begun, ended = told.begins("left"), uuid4()
    told.hearing.on_tool_start({"name": "search"}, "x", run_id=ended, parent_run_id=begun)
    spans = await told.spans()
    told.hearing.on_tool_end("found", run_id=ended)
    told.node("late", within=begun)
    assert await told.spans() == spans
    assert [(name, error) for name, error, _ in spans] == [("search", "Cancelled"), ("left", "Cancelled")]


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("restless")
def test_threads_that_report_at_once_do_not_disturb_each_other() -> None:
    told = Told()
    told.hearing.on_tool_end("found", run_id=told.uses("search"))

    def work() -> None:
        for _ in range(200):
            told.node("node")

    with ThreadPoolExecutor(8) as pool:
        working = [pool.submit(work) for _ in range(8)]
    for one in working:
        one.result()


async def test_of_a_long_prompt_the_latest_messages_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "MOST_PROMPT", 25)
    told = Told()
    messages: list[BaseMessage] = [HumanMessage(f"message {number}") for number in range(1000)]
    told.hearing.on_chat_model_start({"name": "model"}, [messages], run_id=uuid4())
    await told.spans()
    (span,) = told.records
    assert json.loads(str(span.attributes["podium.messages"])) == [
        ["human", "message 998"],
        ["human", "message 999"],
    ]
