"""When nodes of graphs of others are recorded, and in what order."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

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

    async def spans(self) -> list[tuple[str, str, str]]:
        """Name, error and the name of the span around, in the order of their ends."""
        self.hearing.close()
        await self._telemetry.flush()
        spans = [record for record in self._kept.records if isinstance(record, SpanRecord)]
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
