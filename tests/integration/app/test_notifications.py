"""People are told what waits and what went wrong, whatever dies in between, and no run waits for it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.graph import START, StateGraph

from podium.app.notifications import Notifications
from podium.app.podium import Podium
from podium.app.project import Project
from podium.app.results import Decision
from podium.core.errors import NotDelivered, UnknownName
from podium.graphs.state import PodiumState
from podium.runtime.notifications.channel import Notification
from podium.storage.database import Database
from podium.testing.command_line import CommandLine
from podium.testing.webhook_receiver import Answer, WebhookReceiver

REFUND = "Issue a refund of 24.90 for order O-10007"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
runs_commands = pytest.mark.filterwarnings("default")  # of libraries that the command loads
KILL = """
import os, signal, sys
from podium.app.podium import Podium
from podium.storage.runs import RunRecords
from podium.testing.crashpoints import KillAt

async def killed(self, *args, **more):
    os.kill(os.getpid(), signal.SIGKILL)

place = sys.argv[1]
times = 2 if place == "notify:collect" else 1  # it looks for news when it starts, too
if place == "run:ended":
    RunRecords.afinish_run = killed
with Podium.from_project(".", crash_points=KillAt(place, times)) as app:
    app.ask_sync(sys.argv[2])
"""


class LaterClock:
    """What a claim was given has passed."""

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(minutes=5)


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with WebhookReceiver() as opened:
        yield opened


@pytest.fixture
def told(desk: Path, receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project with a channel to the receiver."""
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    return with_channel(desk, f'kind = "webhook"\nurl = "{receiver.url}"\nsecret_env = "HOOK_SECRET"')


def with_channel(desk: Path, settings: str, name: str = "ops") -> Path:
    with (desk / "podium.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[notifications.{name}]\n{settings}\n")
    return desk


def bodies(receiver: WebhookReceiver) -> list[dict[str, Any]]:
    return [json.loads(one.body) for one in receiver.received]


def rows(desk: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(desk / ".podium" / "podium.db")) as db:
        return db.execute(sql).fetchall()


def change_world(desk: Path, sql: str) -> None:
    (file,) = (desk / ".podium" / "world").rglob("*.db")
    with closing(sqlite3.connect(file)) as db, db:
        db.execute(sql)


def delivered_later(desk: Path) -> None:
    """What the next start does, once the time of the process before it has passed."""
    project = Project.open(desk)
    with Database.open(project.database) as database:
        courier = Notifications(project, database, clock=LaterClock()).courier()
        courier.start()
        courier.close(10.0)


def test_an_approval_that_waits_is_told_once_with_what_to_type(told: Path, receiver: WebhookReceiver) -> None:
    with Podium.from_project(told) as app:
        reply = app.ask_sync(REFUND)
    with Podium.from_project(told) as app:
        app.pending_sync()
    (body,) = bodies(receiver)
    assert (body["event"], body["thread_id"]) == ("approval_waiting", reply.thread_id)
    assert f"podium resume {reply.thread_id} --approve" in body["text"]
    assert [action["digest"] for action in body["data"]["actions"]] == list(reply.interrupts[0].digests)
    assert "O-10007" not in json.dumps(body)  # what it acts on may be personal
    assert "24.90" not in json.dumps(body)


def test_an_answer_that_needs_nobody_tells_nobody(told: Path, receiver: WebhookReceiver) -> None:
    with Podium.from_project(told) as app:
        assert app.ask_sync("How long is the warranty on kettles?").status == "completed"
    assert receiver.received == []


def test_an_outcome_that_is_not_confirmed_is_told(told: Path, receiver: WebhookReceiver) -> None:
    with Podium.from_project(told) as app:
        thread = app.ask_sync(REFUND).thread_id
        change_world(
            told, "CREATE TRIGGER thief AFTER INSERT ON refunds BEGIN UPDATE refunds SET status='voided'; END"
        )
        app.resume_sync(thread, Decision(kind="approve"))
    assert [body["event"] for body in bodies(receiver)][-1] == "outcome_unverified"
    assert f"podium reconcile --thread {thread}" in bodies(receiver)[-1]["text"]


def test_an_undoing_that_fails_is_told(told: Path, receiver: WebhookReceiver) -> None:
    with Podium.from_project(told) as app:
        thread = app.ask_sync(REFUND).thread_id
        app.resume_sync(thread, Decision(kind="approve"))
        change_world(
            told, "CREATE TRIGGER stuck BEFORE UPDATE ON refunds BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        app.rollback_sync(thread, to=app.history_sync(thread)[-1].checkpoint_id)
        (effect,) = app.effects_sync(thread)
    events = [body["event"] for body in bodies(receiver)]
    assert events[0] == "approval_waiting"
    expected = {"compensation_failed": "compensation_failed", "compensation_in_doubt": "effect_in_doubt"}
    assert events[-1] == expected[effect.status]


@runs_commands
def test_a_broken_chain_is_told_once_a_day(told: Path, receiver: WebhookReceiver) -> None:
    with Podium.from_project(told) as app:
        app.ask_sync("How long is the warranty on kettles?")
    with closing(sqlite3.connect(told / ".podium" / "podium.db", isolation_level=None)) as db:
        db.execute("DROP TRIGGER audit_is_never_changed")
        db.execute('UPDATE audit SET body=replace(body, \'"kind":"\', \'"kind":"un\') WHERE seq=1')
    podium = CommandLine(told)
    for _ in range(2):
        assert podium("audit", "verify").error() == "chain_broken"
    (body,) = [body for body in bodies(receiver) if body["event"] == "chain_broken"]
    assert "Record 1 of the audit chain" in body["text"]


@pytest.mark.parametrize("place", ["run:ended", "notify:collect", "notify:before", "notify:after"])
def test_a_kill_loses_nothing_and_keeps_the_id(place: str, told: Path, receiver: WebhookReceiver) -> None:
    with Podium.from_project(told) as app:
        app.pending_sync()  # the channel is known, so that it hears of what follows
    killed = subprocess.run([sys.executable, "-c", KILL, place, REFUND], cwd=told, check=False)
    assert killed.returncode == -signal.SIGKILL
    before = bodies(receiver)
    assert len(before) == (1 if place == "notify:after" else 0)
    delivered_later(told)
    delivered_later(told)
    found = bodies(receiver)
    assert len(found) == len(before) + 1
    assert len({body["id"] for body in found}) == 1
    assert found[-1]["event"] == "approval_waiting"
    with Podium.from_project(told) as app:
        assert len(app.pending_sync()) == 1


def test_a_channel_that_is_down_neither_fails_nor_holds_up_a_run(desk: Path) -> None:
    with WebhookReceiver(Answer(0)) as hanging:
        with_channel(desk, f'kind = "webhook"\nurl = "{hanging.url}"\ntimeout = 100')
        with_channel(desk, 'kind = "webhook"\nurl = "http://127.0.0.1:1/"', "refused")
        with_channel(desk, 'kind = "command"\ncommand = ["./nobody"]', "missing")
        with_channel(desk, 'kind = "webhook"\nurl_env = "NOT_SET"', "unset")
        with Podium.from_project(desk) as app:
            assert app.ask_sync(REFUND).status == "interrupted"
            begun = time.monotonic()
        assert time.monotonic() - begun < 10
    found = dict(rows(desk, "SELECT channel, error FROM notifications WHERE status='waiting'"))
    assert set(found) == {"ops", "refused", "missing", "unset"}
    assert "NOT_SET" in found["unset"]


@runs_commands
def test_what_failed_is_shown_and_tried_again_by_hand(desk: Path) -> None:
    with WebhookReceiver(Answer(500), Answer(403), Answer(204)) as receiver:
        with_channel(desk, f'kind = "webhook"\nurl = "{receiver.url}"\nfirst_wait = 1000')
        podium = CommandLine(desk)
        assert podium("ask", REFUND, "--json").code == 3
        (letter,) = podium("notifications", "list", "--json").json["notifications"]
        assert (letter["status"], letter["attempts"], letter["error"]) == (
            "waiting",
            1,
            "127.0.0.1 answered with status 500",
        )
        assert podium("notifications", "retry").code == 1
        shown = podium("notifications", "list", "--status", "failed")
        assert "failed, 1 attempt" in shown.out
        assert "status 403" in shown.out
        assert "could not be delivered" in podium("doctor").out
        (again,) = podium("notifications", "retry", letter["id"][:10], "--json").json["notifications"]
        assert (again["status"], again["id"]) == ("delivered", letter["id"])
        assert len({body["id"] for body in bodies(receiver)}) == 1
        assert "Nothing waits" in podium("notifications", "retry").out
        assert podium("notifications", "retry", "ntf_none").error() == "not_found"
        assert podium("notifications", "list", "--status", "lost").error() == "input_invalid"


@runs_commands
def test_a_channel_is_tested_without_waiting_for_something_to_happen(
    told: Path, receiver: WebhookReceiver
) -> None:
    podium = CommandLine(told)
    assert "ops took it" in podium("notifications", "test", "ops").out
    assert bodies(receiver)[0]["event"] == "test"
    assert podium("notifications", "test", "nobody").error() == "unknown_name"
    assert "Nobody was told" in podium("notifications", "list").out  # a test is not kept
    with_channel(told, 'kind = "command"\ncommand = ["false"]', "no")
    assert podium("notifications", "test", "no").error() == "not_delivered"


@runs_commands
def test_the_secret_is_nowhere(told: Path, receiver: WebhookReceiver) -> None:
    raw = SECRET.removeprefix("whsec_").encode()
    podium = CommandLine(told)
    outputs = [
        podium("ask", REFUND),
        podium("notifications", "test", "ops"),
        podium("notifications", "list", "--json"),
        podium("notifications", "retry"),
        podium("doctor"),
        podium("config", "show", "--json"),
    ]
    assert not [ended for ended in outputs if raw.decode() in ended.out + ended.err]
    files = [path for path in (told / ".podium").rglob("*") if path.is_file()]
    assert len(files) > 3
    assert not [path for path in files if raw in path.read_bytes()]
    assert len(receiver.received) == 2
    assert not [one for one in receiver.received if raw in one.body or raw.decode() in str(one.headers)]


def test_whoever_builds_on_the_seam_tells_and_nothing_arrives_twice(
    told: Path, receiver: WebhookReceiver
) -> None:
    alert = Notification("alert_1", "alert", "2026-01-31T12:00:00.000000Z", "desk", "slow", "p95 is 3 s")
    with Podium.from_project(told) as app:
        for _ in range(2):
            app.upkeep.tell(alert, ["ops"])
        with pytest.raises(UnknownName, match="no channel nobody"):
            app.upkeep.tell(alert, ["nobody"])
    assert [(body["id"], body["event"], body["text"]) for body in bodies(receiver)] == [
        ("alert_1", "alert", "p95 is 3 s")
    ]


def test_attempts_are_counted_and_logged(desk: Path) -> None:
    with WebhookReceiver(Answer(500), Answer(204)) as receiver:
        with_channel(desk, f'kind = "webhook"\nurl = "{receiver.url}"\nfirst_wait = 0.05')
        with Podium.from_project(desk) as app:
            app.ask_sync(REFUND)
            until = time.monotonic() + 10
            while len(receiver.received) < 2:
                assert time.monotonic() < until
                time.sleep(0.01)
            telemetry = app.context.telemetry
        counted = telemetry.metrics.exposition()
    for status in ("waiting", "delivered"):
        labels = f'channel="ops",event="approval_waiting",status="{status}"'
        assert f"podium_notifications_total{{{labels}}} 1.0" in counted
    log = (desk / ".podium" / "logs" / "podium.jsonl").read_text(encoding="utf-8")
    assert "[ip] answered with status 500" in log  # addresses are personal data


async def test_a_secret_that_is_rotated_counts_at_once(desk: Path, receiver: WebhookReceiver) -> None:
    with_channel(desk, f'kind = "webhook"\nurl = "{receiver.url}"\nsecret_file = "hook.secret"')
    project = Project.open(desk)
    with Database.open(project.database) as database:
        notifications = Notifications(project, database, environ=os.environ)
        with pytest.raises(NotDelivered, match=r"hook\.secret cannot be read"):
            await notifications.test("ops")
        (desk / "hook.secret").write_text(SECRET)
        await notifications.test("ops")
    assert receiver.received[0].headers["webhook-signature"].startswith("v1,")


async def test_a_thread_inside_another_graph_is_answered_there(told: Path, receiver: WebhookReceiver) -> None:
    async with Podium.from_project(told) as app:
        outer = StateGraph(PodiumState)
        outer.add_node("desk", app.graph)
        outer.add_edge(START, "desk")
        graph = outer.compile(checkpointer=app.checkpointer)
        place: RunnableConfig = {"configurable": {"thread_id": "outer; rm -rf ~"}}
        request: Any = {"messages": [("user", REFUND)]}
        await graph.ainvoke(request, place)
    (body,) = bodies(receiver)
    assert (body["event"], body["thread_id"]) == ("approval_waiting", "outer; rm -rf ~")
    assert "go on with the graph around it" in body["text"]
    assert "podium threads show 'outer; rm -rf ~'" in body["text"]
