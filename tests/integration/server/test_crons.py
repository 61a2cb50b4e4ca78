"""Crons through LangGraph's own client: made, found, changed, deleted, and what they start."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from langgraph_sdk.client import LangGraphClient
from langgraph_sdk.errors import NotFoundError, UnprocessableEntityError

from podium.testing.server import Server

NOBODYS = "6f0f3b1e-6d53-4f0c-9a0f-2f7f8c1f5a11"
YEARLY = "0 0 1 1 *"


def mark() -> dict[str, Any]:
    """Metadata that no other test's crons have."""
    return {"test": uuid.uuid4().hex}


async def until(found: Callable[[], Any]) -> Any:
    async with asyncio.timeout(10):
        while True:
            if value := found():
                return value
            await asyncio.sleep(0.01)


async def answer(ask: Callable[[], Awaitable[Any]]) -> Any:
    async with asyncio.timeout(10):
        while True:
            if value := await ask():
                return value
            await asyncio.sleep(0.01)


def make_due(stock: Server, cron_id: str) -> str:
    """Have a cron be due now."""
    due = "2026-01-01T00:00:00.000000Z"
    stock.services.database.execute("UPDATE crons SET next_run_at=? WHERE cron_id=?", (due, cron_id))
    stock.services.triggers.engine.nudge()
    return due


async def test_a_new_cron_tells_when_it_is_due(client: LangGraphClient) -> None:
    end = datetime.now(UTC) + timedelta(days=900)
    made: Any = await client.crons.create(
        "steps",
        schedule="30 9 * * 1-5",
        timezone=ZoneInfo("Europe/Berlin"),
        input={"text": "x"},
        metadata={"mine": 1},
        config={"tags": ["t"]},
        context={"c": 1},
        interrupt_before=["two"],
        interrupt_after="*",
        webhook="http://127.0.0.1:9/x",
        multitask_strategy="enqueue",
        on_run_completed="keep",
        end_time=end,
        stream_mode=["values"],
        stream_subgraphs=True,
        stream_resumable=True,
        durability="async",
    )
    due = datetime.fromisoformat(made["next_run_date"]).astimezone(ZoneInfo("Europe/Berlin"))
    assert (due.hour, due.minute, due.weekday() < 5) == (9, 30, True)
    assert made["assistant_id"] == (await client.assistants.get("steps"))["assistant_id"]
    assert (made["schedule"], made["timezone"], made["enabled"]) == ("30 9 * * 1-5", "Europe/Berlin", True)
    assert (made["on_run_completed"], made["thread_id"], made["metadata"]) == ("keep", None, {"mine": 1})
    assert datetime.fromisoformat(made["end_time"]) == end
    assert made["payload"]["input"] == {"text": "x"}
    assert made["payload"]["interrupt_after"] == "*"
    assert made["user_id"]
    await client.crons.delete(made["cron_id"])


async def test_crons_are_found_counted_and_deleted(client: LangGraphClient) -> None:
    marked = mark()
    thread = await client.threads.create()
    one: Any = await client.crons.create("steps", schedule=YEARLY, metadata=marked)
    two: Any = await client.crons.create_for_thread(
        thread["thread_id"], "asks", schedule="0 0 * * *", metadata=marked, enabled=False
    )
    ids = [one["cron_id"], two["cron_id"]]

    async def found(**wanted: Any) -> list[str]:
        return [cron["cron_id"] for cron in await client.crons.search(metadata=marked, **wanted)]

    assert await found() == ids[::-1]
    assert await found(sort_by="created_at", sort_order="asc") == ids
    assert await found(limit=1, offset=1) == ids[:1]
    assert await found(assistant_id="asks") == ids[1:]
    assert await found(assistant_id=one["assistant_id"]) == ids[:1]
    assert await found(assistant_id="nothing") == []
    assert await found(thread_id=thread["thread_id"]) == ids[1:]
    assert await found(enabled=True) == ids[:1]
    assert await found(sort_by="next_run_date", sort_order="asc") == ids[::-1]
    assert await client.crons.count(metadata=marked) == 2
    assert await client.crons.count(metadata=marked, assistant_id="asks") == 1
    assert await client.crons.count(metadata=marked, thread_id=thread["thread_id"]) == 1
    chosen: list[Any] = list(await client.crons.search(metadata=marked, select=["cron_id", "now"], limit=1))
    assert set(chosen[0]) == {"cron_id", "now"}
    assert two["next_run_date"] is None
    for cron_id in ids:
        await client.crons.delete(cron_id)
        with pytest.raises(NotFoundError):
            await client.crons.delete(cron_id)
    assert await client.crons.count(metadata=marked) == 0


async def test_a_cron_is_changed(client: LangGraphClient) -> None:
    made: Any = await client.crons.create(
        "steps", schedule=YEARLY, input={"text": "a"}, end_time=datetime(2200, 1, 1, tzinfo=UTC)
    )
    changed: Any = await client.crons.update(
        made["cron_id"], schedule="0 12 * * *", timezone="Asia/Kolkata", durability="exit"
    )
    assert datetime.fromisoformat(changed["next_run_date"]).strftime("%H:%M") == "06:30"
    assert changed["payload"] == {"input": {"text": "a"}, "durability": "exit"}
    assert changed["end_time"] == made["end_time"]
    off: Any = await client.crons.update(made["cron_id"], enabled=False, end_time=None, metadata={"n": 1})
    assert (off["enabled"], off["next_run_date"], off["end_time"], off["metadata"]) == (
        False,
        None,
        None,
        {"n": 1},
    )
    on: Any = await client.crons.update(made["cron_id"], enabled=True, input={"text": "b"})
    assert on["next_run_date"]
    assert on["payload"]["input"] == {"text": "b"}
    await client.crons.delete(made["cron_id"])


async def test_what_cannot_be_made_or_changed(client: LangGraphClient) -> None:
    bad: list[dict[str, Any]] = [
        {"schedule": "every day"},
        {"schedule": "0 0 30 2 *"},
        {"schedule": YEARLY, "timezone": "Nowhere/Land"},
        {"schedule": YEARLY, "webhook": "http://10.0.0.1/"},
        {"schedule": YEARLY, "end_time": datetime(1, 1, 1, tzinfo=UTC)},
        {"schedule": YEARLY, "multitask_strategy": "other"},
        {"schedule": YEARLY, "config": {"configurable": {"podium_principal": "root"}}},
    ]
    for one in bad:
        with pytest.raises(UnprocessableEntityError):
            await client.crons.create("steps", **one)
    with pytest.raises(NotFoundError):
        await client.crons.create("nothing", schedule=YEARLY)
    with pytest.raises(NotFoundError):
        await client.crons.create_for_thread(NOBODYS, "steps", schedule=YEARLY)
    with pytest.raises(NotFoundError):
        await client.crons.update(NOBODYS, enabled=False)
    with pytest.raises(UnprocessableEntityError):
        await client.crons.delete("no-uuid")
    thread = await client.threads.create()
    made: Any = await client.crons.create_for_thread(thread["thread_id"], "steps", schedule=YEARLY)
    with pytest.raises(UnprocessableEntityError):
        await client.crons.update(made["cron_id"], on_run_completed="keep")
    with pytest.raises(UnprocessableEntityError):
        await client.crons.update(made["cron_id"], schedule="x")


async def test_a_cron_in_a_thread_starts_its_run_there_once(client: LangGraphClient, stock: Server) -> None:
    thread = await client.threads.create()
    made: Any = await client.crons.create_for_thread(
        thread["thread_id"], "steps", schedule=YEARLY, input={"text": ""}, metadata={"mine": 1}
    )
    make_due(stock, made["cron_id"])
    run = (await answer(lambda: client.runs.list(thread["thread_id"])))[0]
    await client.runs.join(thread["thread_id"], run["run_id"])
    assert run["metadata"]["cron_id"] == made["cron_id"]
    assert run["metadata"]["mine"] == 1
    due = make_due(stock, made["cron_id"])  # the same firing, as after a crash before it was noted
    await until(lambda: _next(stock, made["cron_id"]) != due)
    assert len(await client.runs.list(thread["thread_id"])) == 1
    state: Any = await client.threads.get_state(thread["thread_id"])
    assert state["values"]["text"] == "ottf"


async def test_a_cron_without_a_thread_keeps_its_threads_where_asked(
    client: LangGraphClient, stock: Server
) -> None:
    made: Any = await client.crons.create(
        "steps", schedule=YEARLY, input={"text": ""}, on_run_completed="keep", metadata=mark()
    )
    make_due(stock, made["cron_id"])
    wanted = {"cron_id": made["cron_id"]}
    found = await answer(lambda: client.threads.search(metadata=wanted, status="idle"))
    assert len(found) == 1


async def test_a_cron_whose_assistant_is_gone_is_switched_off(client: LangGraphClient, stock: Server) -> None:
    assistant = await client.assistants.create("steps")
    made: Any = await client.crons.create(assistant["assistant_id"], schedule=YEARLY, metadata=mark())
    await client.assistants.delete(assistant["assistant_id"])
    make_due(stock, made["cron_id"])
    await answer(lambda: client.crons.search(metadata=made["metadata"], enabled=False))


def test_each_caller_sees_their_own(stock: Server) -> None:
    ours = stock.client(stock.key("a", owner="key:a"))
    made = ours.post("/runs/crons", json={"assistant_id": "steps", "schedule": YEARLY}).json()
    place = f"/runs/crons/{made['cron_id']}"
    for key in (stock.key("b", owner="key:b"), stock.key("c", "admin", tenant="other", owner="key:a")):
        stranger = stock.client(key)
        assert stranger.patch(place, json={"enabled": False}).status_code == 404
        assert stranger.delete(place).status_code == 404
        assert stranger.post("/runs/crons/search", json={}).json() == []
        assert stranger.post("/runs/crons/count", json={}).json() == 0
    assert ours.delete(place).status_code == 204


def test_an_unknown_field_is_refused(stock: Server) -> None:
    bodies = {
        "/runs/crons": {"assistant_id": "steps", "schedule": YEARLY, "colour": 1},
        "/runs/crons/search": {"colour": 1},
        "/runs/crons/count": {"limit": 1},
    }
    for path, body in bodies.items():
        assert stock.client().post(path, json=body).status_code == 422


def _next(stock: Server, cron_id: str) -> Any:
    query = "SELECT next_run_at FROM crons WHERE cron_id=?"
    return stock.services.database.read(lambda c: c.execute(query, (cron_id,)).fetchone()[0])
