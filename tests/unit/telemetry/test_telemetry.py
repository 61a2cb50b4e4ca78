"""Spans nest, count, are logged and recorded with the same ids."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest

from podium.core.errors import DiskFull
from podium.telemetry.records import Record, SpanRecord, StepRecord
from podium.telemetry.telemetry import Telemetry


class Kept:
    def __init__(self) -> None:
        self.records: list[SpanRecord] = []

    async def write(self, records: Sequence[Record]) -> None:
        self.records += [record for record in records if isinstance(record, SpanRecord)]


class Full:
    async def write(self, records: Sequence[Record]) -> None:
        raise DiskFull("no space left")


async def test_spans_inside_a_span_share_its_trace_and_name_it_as_parent() -> None:
    sink = Kept()
    telemetry = Telemetry(sink=sink)
    with telemetry.span("run", "desk", thread_id="t1") as run, telemetry.span("node", "plan") as node:
        assert telemetry.current() is node
    assert telemetry.current() is None
    await telemetry.flush()
    inner, outer = sink.records
    assert (inner.trace_id, inner.parent_id) == (run.trace_id, run.span_id)
    assert outer.parent_id == ""
    assert re.fullmatch(r"[0-9a-f]{32}", run.trace_id)
    assert re.fullmatch(r"[0-9a-f]{16}", run.span_id)
    assert outer.attributes["gen_ai.conversation.id"] == "t1"


async def test_parallel_tasks_keep_their_own_parents() -> None:
    sink = Kept()
    telemetry = Telemetry(sink=sink)

    async def work(name: str) -> None:
        with telemetry.span("node", name):
            await asyncio.sleep(0)
            with telemetry.span("tool", name):
                await asyncio.sleep(0)

    with telemetry.span("run", "desk"):
        await asyncio.gather(work("a"), work("b"))
    await telemetry.flush()
    by = {(record.kind, record.name): record for record in sink.records}
    for name in ("a", "b"):
        assert by["tool", name].parent_id == by["node", name].span_id


async def test_a_generator_closed_elsewhere_leaves_no_current_span() -> None:
    telemetry = Telemetry()

    async def numbers() -> AsyncGenerator[int, None]:
        with telemetry.span("run", "desk"):
            yield 1

    async def first(items: AsyncGenerator[int, None]) -> int:
        return await anext(items)

    source = numbers()
    await asyncio.create_task(first(source))
    await source.aclose()
    assert telemetry.current() is None


def test_model_usage_and_errors_are_counted() -> None:
    telemetry = Telemetry()
    with telemetry.span("model", "gpt") as span:
        span.set(input_tokens=10, output_tokens=5, cost=0.25)
    with pytest.raises(KeyError), telemetry.span("tool", "refund"):
        raise KeyError("x")
    metrics = telemetry.metrics
    assert metrics.value("tokens", "gpt", "input") == 10
    assert metrics.value("cost", "gpt") == 0.25
    assert metrics.value("errors", "tool", "refund", "KeyError") == 1


def test_an_interrupt_of_the_graph_is_no_error() -> None:
    from langgraph.errors import GraphInterrupt

    telemetry = Telemetry()
    with pytest.raises(GraphInterrupt), telemetry.span("node", "human"):
        raise GraphInterrupt(())
    assert telemetry.metrics.value("errors", "node", "human", "GraphInterrupt") == 0


def test_prometheus_sees_what_was_counted() -> None:
    telemetry = Telemetry()
    telemetry.turn("completed")
    telemetry.effect("refund", "verified")
    telemetry.verdict("secrets", "input", "pass")
    telemetry.confidence(0.93, "act")
    telemetry.confidence(0.3, "escalate")
    with telemetry.span("node", "plan"):
        pass
    text = telemetry.metrics.exposition()
    assert 'podium_turns_total{status="completed"} 1.0' in text
    assert 'podium_effects_total{status="verified",tool="refund"} 1.0' in text
    assert 'podium_guardrail_verdicts_total{outcome="pass",rule="secrets",stage="input"} 1.0' in text
    assert "podium_escalations_total 1.0" in text
    assert 'podium_confidence_bucket{le="0.9",route="act"} 0.0' in text
    assert 'podium_confidence_bucket{le="1.0",route="act"} 1.0' in text
    assert 'podium_node_seconds_count{node="plan"} 1.0' in text


async def test_secrets_are_taken_out_before_anything_is_kept() -> None:
    sink = Kept()
    telemetry = Telemetry(sink=sink, redact=lambda text: text.replace("hunter2", "[secret]"))
    with telemetry.span("tool", "login", call_id="hunter2") as span:
        span.set(note="it is hunter2")
    await telemetry.flush()
    assert "hunter2" not in repr(sink.records)


async def test_a_sink_that_fails_costs_records_and_no_run() -> None:
    telemetry = Telemetry(sink=Full())
    telemetry.turn("completed")
    await telemetry.flush()
    assert telemetry.metrics.value("dropped_records") == 1


async def test_a_step_that_could_not_be_stored_is_given_again() -> None:
    given: list[list[Record]] = []

    class FullAtFirst:
        async def write(self, records: Sequence[Record]) -> None:
            given.append(list(records))
            if len(given) == 1:
                raise DiskFull("no space left")

    telemetry = Telemetry(sink=FullAtFirst())
    telemetry.step("plan", {"plan": {}}, thread_id="t", run_id="r", who="local:ada", tenant="default")
    telemetry.turn("completed")
    await telemetry.flush()
    await telemetry.flush()
    first, second = given
    assert (len(first), len(second)) == (2, 1)
    assert isinstance(second[0], StepRecord)


def test_every_span_is_a_json_line_with_its_ids(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "podium.jsonl"
    telemetry = Telemetry(log_file=path)
    with telemetry.span("run", "desk", run_id="r1") as run:
        telemetry.turn("completed")
    telemetry.close()
    event, line = (json.loads(text) for text in path.read_text(encoding="utf-8").splitlines())
    assert (line["event"], line["trace_id"], line["span_id"]) == ("run desk", run.trace_id, run.span_id)
    assert (line["podium.run.id"], line["level"]) == ("r1", "info")
    assert (event["event"], event["span_id"]) == ("turn", run.span_id)


def test_only_the_wanted_level_is_written(tmp_path: Path) -> None:
    path = tmp_path / "podium.jsonl"
    telemetry = Telemetry(log_file=path, level="warning")
    with telemetry.span("node", "fine"):
        pass
    with pytest.raises(ValueError), telemetry.span("node", "bad"):
        raise ValueError
    telemetry.close()
    lines = [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]
    assert [line["event"] for line in lines] == ["node bad"]


def test_a_log_that_cannot_be_written_fails_nothing(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    telemetry = Telemetry(log_file=tmp_path / "logs" / "podium.jsonl")
    with telemetry.span("run", "desk"):
        pass
    telemetry.close()
    assert telemetry.metrics.value("runs", "desk", "ok") == 1


def test_closing_twice_is_fine(tmp_path: Path) -> None:
    telemetry = Telemetry(log_file=tmp_path / "podium.jsonl")
    telemetry.close()
    telemetry.close()
    assert not (tmp_path / "podium.jsonl").exists()
