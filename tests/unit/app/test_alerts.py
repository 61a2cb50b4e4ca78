"""A rule that is broken is told once, and once when it holds again, whatever dies in between."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from podium.app.alerts import Alerts
from podium.app.notifications import Notifications
from podium.app.project import Project
from podium.core.audit import AuditEntry
from podium.core.errors import UnknownName
from podium.runtime.notifications.channel import Notification
from podium.storage.audit_rows import append
from podium.storage.database import Database

MANIFEST = """
[project]
name = "desk"

[notifications.people]
kind = "command"
command = ["true"]

[objectives]
success = 0.9

[alerts]
channels = ["people"]
queue = 10
burn_rate = 2.0
"""


class Moved:
    def __init__(self) -> None:
        self.moment = datetime(2026, 6, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "podium.toml").write_text(MANIFEST, encoding="utf-8")
    return Project.open(tmp_path)


@pytest.fixture
def database(project: Project) -> Iterator[Database]:
    with Database.open(project.database) as opened:
        yield opened


@pytest.fixture
def clock() -> Moved:
    return Moved()


def waiting(database: Database, runs: int) -> None:
    database.execute("DELETE FROM run_requests")
    for number in range(runs):
        database.execute(
            "INSERT INTO run_requests(run_id, thread_id, graph_id, status, created_at, updated_at)"
            " VALUES (?,'t','g','pending','','')",
            (f"r{number}",),
        )


def told(project: Project, database: Database) -> list[tuple[str, bool]]:
    letters = Notifications(project, database).letters(limit=100)
    data = [letter.payload["data"] for letter in reversed(letters)]
    return [(str(one["rule"]), bool(one["over"])) for one in data if isinstance(one, dict)]


def made(project: Project, database: Database, clock: Moved) -> Alerts:
    return Alerts(project, database, Notifications(project, database, clock=clock).post, clock)


async def test_each_change_is_told_once(project: Project, database: Database, clock: Moved) -> None:
    alerts = made(project, database, clock)
    assert await alerts.look() == []
    waiting(database, 10)
    for _ in range(3):
        assert await alerts.look() == ["queue"]
    waiting(database, 9)
    assert await alerts.look() == ["queue"]  # not yet clearly below
    waiting(database, 7)
    assert await alerts.look() == []
    assert await alerts.look() == []
    assert told(project, database) == [("queue", False), ("queue", True)]
    waiting(database, 10)
    await alerts.look()
    assert told(project, database) == [("queue", False), ("queue", True), ("queue", False)]


async def test_a_process_that_starts_anew_does_not_tell_again(
    project: Project, database: Database, clock: Moved
) -> None:
    waiting(database, 10)
    await made(project, database, clock).look()
    assert await made(project, database, clock).look() == ["queue"]
    assert told(project, database) == [("queue", False)]


async def test_what_was_noted_and_not_told_is_told_by_the_next_process(
    project: Project, database: Database, clock: Moved
) -> None:
    def killed(notification: Notification, channels: Collection[str]) -> None:
        del notification, channels
        raise KeyboardInterrupt

    waiting(database, 10)
    with pytest.raises(KeyboardInterrupt):
        await Alerts(project, database, killed, clock).look()
    assert told(project, database) == []
    await made(project, database, clock).look()
    assert told(project, database) == [("queue", False)]


async def test_a_budget_that_burns_too_fast_is_told(
    project: Project, database: Database, clock: Moved
) -> None:
    database.execute(
        "INSERT INTO runs(run_id, thread_id, status, started_at, ended_at) VALUES ('r','t','failed',?,?)",
        ("2026-06-01T11:59:00.000000Z", "2026-06-01T11:59:01.000000Z"),
    )
    assert await made(project, database, clock).look() == ["burn:success"]
    clock.moment += timedelta(hours=2)
    assert await made(project, database, clock).look() == []


def test_a_channel_that_nobody_declared_is_refused(project: Project, database: Database) -> None:
    text = MANIFEST.replace('channels = ["people"]', 'channels = ["nobody"]')
    (project.folder / "podium.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UnknownName, match="nobody"):
        made(Project.open(project.folder), database, Moved())


async def test_a_broken_audit_chain_is_told_once_and_once_when_it_is_whole_again(
    project: Project, database: Database, clock: Moved
) -> None:
    entries = [AuditEntry("run", f"2026-01-01T00:00:0{n}Z", "ada", {"n": n}) for n in range(5)]
    database.write(lambda connection: append(connection, entries))
    alerts = made(project, database, clock)
    await alerts.check_audit()
    assert await alerts.look() == []

    def tamper(connection: sqlite3.Connection) -> str:
        connection.execute("DROP TRIGGER audit_is_never_changed")
        body: str = connection.execute("SELECT body FROM audit WHERE seq=3").fetchone()[0]
        connection.execute("UPDATE audit SET body='{}' WHERE seq=3")
        return body

    body = database.write(tamper)
    assert await alerts.look() == []  # nobody has checked it since
    await alerts.check_audit()
    assert await alerts.look() == await alerts.look() == ["audit"]
    assert told(project, database) == [("audit", False)]
    (letter,) = Notifications(project, database).letters(limit=10)
    assert "podium audit verify" in str(letter.payload["text"])
    again = made(project, database, clock)  # after a restart nobody knows yet, and nobody is told anew
    assert await again.look() == ["audit"]
    database.execute("UPDATE audit SET body=? WHERE seq=3", (body,))
    await again.check_audit()
    assert await again.look() == []
    assert told(project, database) == [("audit", False), ("audit", True)]


async def test_a_running_server_checks_the_audit_chain_by_itself(
    project: Project, database: Database, clock: Moved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("podium.app.alerts._SETTLED_S", 0.0)
    checked = asyncio.Event()
    alerts = made(project, database, clock)
    monkeypatch.setattr(Alerts, "check_audit", lambda _: _set(checked))
    async with alerts.watching():
        await asyncio.wait_for(checked.wait(), 10)


async def _set(event: asyncio.Event) -> None:
    event.set()
