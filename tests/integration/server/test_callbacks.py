"""Callbacks of runs: told to a real receiver, at least once, with one id, whatever comes between."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from langgraph_sdk.client import LangGraphClient
from langgraph_sdk.errors import UnprocessableEntityError

from podium.core.settings import CallbackSettings
from podium.runtime.callbacks import RunCallbacks
from podium.runtime.notifications.webhook import key_of, signature
from podium.runtime.serving.worker import RunEnd
from podium.storage.callbacks import Callback
from podium.storage.database import Database
from podium.storage.run_requests import RunRequest
from podium.testing.server import Server
from podium.testing.webhook_receiver import Answer, Received, WebhookReceiver

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
FAST = CallbackSettings(first_wait=0.01, longest_wait=0.01, attempts=3, timeout=2)


class _Clock:
    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def run_to(url: str, run_id: str = "r1") -> RunRequest:
    return RunRequest(run_id, "t1", "steps", metadata={"a": 1}, kwargs={"webhook": url}, started_at="s")


def note(callbacks: RunCallbacks, database: Database, run: RunRequest, end: RunEnd | None = None) -> None:
    work = callbacks.callback_for(run, end or RunEnd("success", "idle", b'{"text":"done"}'))
    assert work is not None
    database.write(work)


async def settled(callbacks: RunCallbacks, run_id: str = "r1") -> Callback:
    await until(lambda: [one for one in callbacks.stored.find(run_id) if one.status != "waiting"])
    return callbacks.stored.find(run_id)[0]


async def until(found: Callable[[], Any]) -> Any:
    async with asyncio.timeout(10):
        while True:
            if value := found():
                return value
            await asyncio.sleep(0.005)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    with Database.open(tmp_path / "podium.db") as opened:
        yield opened


# --- through the server ----------------------------------------------------------------------------


async def test_the_end_of_a_run_is_told(client: LangGraphClient, stock: Server) -> None:
    with WebhookReceiver() as receiver:
        run: Any = await client.runs.create(
            None, "steps", input={"text": ""}, webhook=receiver.url, metadata={"mine": 1}
        )
        told = json.loads((await until(lambda: receiver.received))[0].body)
    assert told["run_id"] == run["run_id"]
    assert told["status"] == "success"
    assert told["values"]["text"] == "ottf"
    assert told["metadata"]["mine"] == 1
    assert told["error"] is None
    moments = [told[name] for name in ("created_at", "run_started_at", "run_ended_at", "webhook_sent_at")]
    assert moments == sorted(moments)


async def test_a_failure_and_an_interrupt_are_told_too(client: LangGraphClient) -> None:
    with WebhookReceiver() as receiver:
        thread = await client.threads.create()
        await client.runs.create(thread["thread_id"], "asks", input={"question": "q"}, webhook=receiver.url)
        await client.runs.create(None, "steps", input={"text": "", "fails": True}, webhook=receiver.url)
        await until(lambda: len(receiver.received) == 2)
    told = {one["status"]: one for one in (json.loads(one.body) for one in receiver.received)}
    assert set(told) == {"interrupted", "error"}
    assert told["error"]["error"]["message"] == "three does not like this"


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "https://hooks.example.com/", "ftp://localhost/", "x"])
async def test_an_address_that_is_not_allowed_is_refused_at_once(client: LangGraphClient, url: str) -> None:
    with pytest.raises(UnprocessableEntityError):
        await client.runs.create(None, "steps", input={"text": ""}, webhook=url)


# --- by themselves ---------------------------------------------------------------------------------


async def test_a_refusal_is_tried_again_under_the_same_id(database: Database) -> None:
    callbacks = RunCallbacks(database, FAST, dev=True)
    with WebhookReceiver(Answer(503), Answer(429), Answer(200)) as receiver:
        async with callbacks.delivering():
            note(callbacks, database, run_to(receiver.url))
            assert (await settled(callbacks)).status == "delivered"
    assert len(receiver.received) == 3
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 1


@pytest.mark.parametrize(("answers", "attempts"), [([Answer(500)], 3), ([Answer(410)], 1)])
async def test_what_is_given_up_is_kept(database: Database, answers: list[Answer], attempts: int) -> None:
    callbacks = RunCallbacks(database, FAST, dev=True)
    with WebhookReceiver(*answers) as receiver:
        async with callbacks.delivering():
            note(callbacks, database, run_to(receiver.url))
            kept = await settled(callbacks)
    assert (kept.status, len(receiver.received)) == ("failed", attempts)
    assert str(answers[0].status) in kept.error
    assert json.loads(kept.payload)["run_id"] == "r1"


async def test_a_redirect_is_not_followed(database: Database) -> None:
    callbacks = RunCallbacks(database, FAST, dev=True)
    with WebhookReceiver() as inside, WebhookReceiver(Answer(307, {"location": inside.url})) as receiver:
        async with callbacks.delivering():
            note(callbacks, database, run_to(receiver.url))
            assert (await settled(callbacks)).status == "failed"
    assert not inside.received


async def test_a_target_that_hangs_is_tried_again_and_given_up(database: Database) -> None:
    settings = CallbackSettings(first_wait=0.01, longest_wait=0.01, attempts=2, timeout=0.3)
    callbacks = RunCallbacks(database, settings, dev=True)
    with WebhookReceiver(Answer(0)) as hanging:
        async with callbacks.delivering():
            note(callbacks, database, run_to(hanging.url))
            kept = await settled(callbacks)
    assert (kept.status, kept.attempts) == ("failed", 2)
    assert "did not answer within 0.3 seconds" in kept.error


async def test_a_name_that_leads_elsewhere_a_moment_later_is_not_followed_there(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving, asked = socket.getaddrinfo, list[str]()

    def found(host: str | bytes, port: int, *rest: Any, **more: Any) -> Any:
        if host not in ("hooks.example.com", b"hooks.example.com"):
            return resolving(host, port, *rest, **more)
        asked.append("hooks.example.com")
        address = "127.0.0.1" if len(asked) == 1 else "10.0.0.1"  # a name that is bound anew
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    settings = FAST.model_copy(update={"hosts": ("hooks.example.com", "127.0.0.0/8"), "attempts": 2})
    callbacks = RunCallbacks(database, settings)
    with WebhookReceiver() as receiver:
        url = receiver.url.replace("127.0.0.1", "hooks.example.com")
        async with callbacks.delivering():
            note(callbacks, database, run_to(url))
            assert (await settled(callbacks)).status == "delivered"
            note(callbacks, database, run_to(url, "r2"))
            refused = await settled(callbacks, "r2")
    assert receiver.received[0].headers["host"].startswith("hooks.example.com:")
    assert (refused.status, refused.attempts) == ("failed", 1)
    assert "not allowed" in refused.error
    assert (len(asked), len(receiver.received)) == (2, 1)  # each was looked up once: what was checked is used


async def test_a_callback_is_signed(database: Database) -> None:
    settings = FAST.model_copy(update={"secret_env": "HOOK"})
    callbacks = RunCallbacks(database, settings, dev=True, environment={"HOOK": SECRET})
    with WebhookReceiver() as receiver:
        async with callbacks.delivering():
            note(callbacks, database, run_to(receiver.url))
            one: Received = (await until(lambda: receiver.received))[0]
    moment, told = one.headers["webhook-timestamp"], one.headers["webhook-id"]
    assert one.headers["webhook-signature"] == signature(key_of(SECRET), told, moment, one.body)


async def test_without_its_secret_nothing_is_sent(database: Database) -> None:
    settings = FAST.model_copy(update={"secret_env": "HOOK"})
    callbacks = RunCallbacks(database, settings, dev=True, environment={})
    with WebhookReceiver() as receiver:
        async with callbacks.delivering():
            note(callbacks, database, run_to(receiver.url))
            kept = await settled(callbacks)
    assert (kept.status, receiver.received) == ("failed", [])
    assert "HOOK" in kept.error


async def test_what_an_earlier_process_left_is_delivered(database: Database) -> None:
    with WebhookReceiver() as receiver:
        note(RunCallbacks(database, FAST, dev=True), database, run_to(receiver.url))
        callbacks = RunCallbacks(database, FAST, dev=True)
        async with callbacks.delivering():
            assert (await settled(callbacks)).status == "delivered"
    assert len(receiver.received) == 1


async def test_what_was_under_way_when_a_process_was_killed_is_tried_again(database: Database) -> None:
    clock = _Clock()
    with WebhookReceiver() as receiver:
        killed = RunCallbacks(database, FAST, dev=True, clock=clock)
        note(killed, database, run_to(receiver.url))
        now = clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        until_then = (clock.now() + timedelta(seconds=7)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        taken = await killed.stored.atake(now=now, until=until_then, horizon="9", limit=9)
        assert [one.run_id for one in taken.callbacks] == ["r1"]
        again = RunCallbacks(database, FAST, dev=True, clock=clock)
        assert not (await again.stored.atake(now=now, until=until_then, horizon="9", limit=9)).callbacks
        clock.ahead = timedelta(seconds=8)
        async with again.delivering():
            assert (await settled(again)).status == "delivered"
    assert len(receiver.received) == 1


async def test_what_was_under_way_when_a_server_stopped_is_tried_again_at_once(database: Database) -> None:
    with WebhookReceiver(Answer(0), Answer(204)) as receiver:
        async with (stopped := RunCallbacks(database, FAST, dev=True)).delivering():
            note(stopped, database, run_to(receiver.url))
            await until(lambda: receiver.received)
        async with (again := RunCallbacks(database, FAST, dev=True)).delivering():
            assert (await settled(again)).status == "delivered"
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 1


async def test_a_run_is_told_once_however_often_its_end_is_noted(database: Database) -> None:
    callbacks = RunCallbacks(database, FAST, dev=True)
    with WebhookReceiver() as receiver:
        async with callbacks.delivering():
            for _ in range(3):
                note(callbacks, database, run_to(receiver.url))
            await settled(callbacks)
    assert len(callbacks.stored.find("r1")) == 1


async def test_many_are_told_while_one_hangs(database: Database) -> None:
    callbacks = RunCallbacks(database, FAST, dev=True)
    with WebhookReceiver(Answer(0)) as hanging, WebhookReceiver() as receiver:
        async with callbacks.delivering():
            note(callbacks, database, run_to(hanging.url, "hangs"))
            for number in range(60):
                note(callbacks, database, run_to(receiver.url, f"r{number}"))
            await until(lambda: len(receiver.received) == 60)
            assert callbacks.stored.find("hangs")[0].status == "waiting"


def test_a_run_without_an_address_notes_nothing(database: Database) -> None:
    callbacks = RunCallbacks(database, FAST)
    assert callbacks.callback_for(RunRequest("r", "t", "g"), RunEnd("success", "idle")) is None
