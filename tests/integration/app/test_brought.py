"""A saver, a database, a tracer and tools of one's own in an app."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import create_engine, make_url

from podium.app.brought import database_file, tools_of
from podium.app.podium import Podium
from podium.app.results import Decision
from podium.core.errors import ConfigError
from podium.tools.langchain import from_langchain
from podium.tools.tool import Tool

QUESTION = "How long is the warranty on kettles?"
REFUND = "Issue a refund for order O-10007"


@tool
def order_fuel(litres: int) -> str:
    """Order fuel for the pump of the harbour."""
    return f"ordered {litres} litres"


async def test_another_saver_keeps_the_checkpoints(desk: Path) -> None:
    path = str(desk / "checkpoints.db")
    async with (
        AsyncSqliteSaver.from_conn_string(path) as saver,
        Podium.from_project(desk, saver=saver) as app,
    ):
        waiting = await app.ask(REFUND)
        done = await app.resume(waiting.thread_id, Decision(kind="approve"))
        assert done.status == "completed"
        again = await app.ask(QUESTION, thread_id=waiting.thread_id)
        assert again.status == "completed"
        assert len(await app.transcript(waiting.thread_id)) == 4
        start = (await app.history(waiting.thread_id))[-1]
        report = await app.rollback(waiting.thread_id, to=start.checkpoint_id)
        assert [view.after for view in report.undone] == ["compensated"]
        assert await app.transcript(waiting.thread_id) == ()
    with Podium.from_project(desk) as app:
        assert list(app.checkpointer.list({"configurable": {"thread_id": waiting.thread_id}})) == []


def test_another_database_keeps_the_rest(desk: Path, tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'ours.db'}")
    with Podium.from_project(desk, database=engine) as app:
        app.ask_sync(QUESTION)
    with Podium.from_project(desk, database=tmp_path / "ours.db") as app:
        assert len(app.threads_sync()) == 1
    with Podium.from_project(desk) as app:
        assert app.threads_sync() == ()
    engine.dispose()


def test_only_a_file_can_hold_the_ledger() -> None:
    with pytest.raises(ConfigError, match="memory"):
        database_file(create_engine("sqlite://"))
    with pytest.raises(ConfigError, match="postgresql"):
        database_file(cast("Any", SimpleNamespace(url=make_url("postgresql://localhost/shop"))))
    with pytest.raises(TypeError, match="a path or a SQLAlchemy engine"):
        database_file(7)  # type: ignore[arg-type]  # what the message is about


@pytest.mark.parametrize("given", ["provider", "tracer"])
def test_a_tracer_gets_the_spans_and_the_global_one_stays(desk: Path, given: str) -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    before = trace.get_tracer_provider()
    tracer = provider if given == "provider" else provider.get_tracer("shop")
    with Podium.from_project(desk, tracer=tracer) as app:
        reply = app.ask_sync(QUESTION)
    spans = {span.name: span for span in exporter.get_finished_spans()}
    run = spans["invoke_workflow support_desk"].attributes or {}
    assert run["gen_ai.conversation.id"] == reply.thread_id
    assert trace.get_tracer_provider() is before
    assert provider.get_tracer("still").start_span("open").is_recording()


def test_a_langchain_tool_is_an_action_and_of_unknown_reach(tmp_path: Path) -> None:
    (tmp_path / "podium.toml").write_text('[project]\nname = "harbour"\n', encoding="utf-8")
    with Podium.from_project(tmp_path, tools=[order_fuel], saver=InMemorySaver()) as app:
        assert app.context.toolbox.get("order_fuel").effect == "irreversible"
        assert app.context.policy.needs_person("order_fuel", "irreversible")
        waiting = app.ask_sync("Order fuel: 300 litres")
        assert [action.tool for action in waiting.interrupts[0].actions] == ["order_fuel"]
        done = app.resume_sync(waiting.thread_id, Decision(kind="approve"))
        assert [action.result for action in done.actions] == ["ordered 300 litres"]


def test_its_reach_can_be_said(desk: Path) -> None:
    with Podium.from_project(desk, tools=[from_langchain(order_fuel, effect="read")]) as app:
        assert app.context.toolbox.get("order_fuel").effect == "read"


def test_what_is_no_tool_and_what_has_the_name_of_another_is_refused(desk: Path) -> None:
    with pytest.raises(TypeError, match="is no tool: decorate it with @action"):
        tools_of([len])  # type: ignore[list-item]  # what the message is about
    with (
        Podium.from_project(desk, tools=[order_fuel, order_fuel]) as app,
        pytest.raises(ConfigError, match="already"),
    ):
        app.ask_sync(QUESTION)
    assert isinstance(tools_of([order_fuel])[0], Tool)
