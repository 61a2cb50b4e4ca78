"""What goes by age, what stays, and in how small steps."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from podium.app.retention import Retention, Swept, prune_project, pruning
from podium.core.audit import AuditEntry
from podium.core.operations_settings import RetentionSettings
from podium.storage import retention as old
from podium.storage.audit import AuditLog
from podium.storage.checkpointer import PodiumSaver
from podium.storage.database import Database
from podium.storage.leases import ThreadLeases

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OLD, NEW = "2026-01-01T00:00:00.000000Z", "2026-05-31T00:00:00.000000Z"
ALL = RetentionSettings(threads=30, checkpoints=10, events=30, runs=30)


class Fixed:
    def now(self) -> datetime:
        return NOW


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "podium.db") as opened:
        yield opened


def thread(database: Database, name: str, at: str, status: str = "idle") -> None:
    database.execute(
        "INSERT INTO threads(thread_id, status, created_at, updated_at) VALUES (?,?,?,?)",
        (name, status, at, at),
    )


def run(database: Database, name: str, at: str, thread_id: str = "t", status: str = "success") -> None:
    database.execute(
        "INSERT INTO run_requests(run_id, thread_id, graph_id, status, created_at, updated_at, ended_at)"
        " VALUES (?,?,'g',?,?,?,?)",
        (name, thread_id, status, at, at, at if status == "success" else None),
    )
    database.execute(
        "INSERT INTO stream_events(thread_id, run_id, event, form, data) VALUES (?,?,'values','json',x'00')",
        (thread_id, name),
    )


def event(database: Database, name: str, at: str) -> None:
    database.execute("INSERT INTO events(event_id, kind, at) VALUES (?,'span.node',?)", (name, at))


def effect(database: Database, thread_id: str, status: str) -> None:
    database.execute(
        "INSERT INTO effects(effect_id, idempotency_key, digest, thread_id, tool, effect_class, args, status,"
        " proposed_at) VALUES (?,?,'d',?,'t','reversible','{}',?,?)",
        (f"e-{thread_id}", f"k-{thread_id}", thread_id, status, OLD),
    )


def names(database: Database, table: str, column: str) -> list[str]:
    query = f"SELECT {column} FROM {table} ORDER BY 1"

    def work(connection: sqlite3.Connection) -> list[str]:
        return [row[0] for row in connection.execute(query)]

    return database.read(work)


def sweep(database: Database, settings: RetentionSettings = ALL, *, dry_run: bool = False) -> Swept:
    return asyncio.run(prune_project(database, settings, Fixed(), dry_run=dry_run))


def test_what_is_old_goes_and_the_rest_stays(database: Database) -> None:
    for name, at in (("old", OLD), ("new", NEW)):
        thread(database, f"thread-{name}", at)
        run(database, f"run-{name}", at, f"thread-{name}")
        event(database, f"event-{name}", at)
    would = sweep(database, dry_run=True)
    assert names(database, "threads", "thread_id") == ["thread-new", "thread-old"]
    assert sweep(database) == would == Swept(threads=1, events=1, runs=1)
    assert names(database, "threads", "thread_id") == ["thread-new"]
    assert names(database, "run_requests", "run_id") == ["run-new"]
    assert names(database, "stream_events", "run_id") == ["run-new"]
    assert names(database, "events", "event_id") == ["event-new"]


def test_nothing_goes_unless_the_manifest_says_so(database: Database) -> None:
    thread(database, "t", OLD)
    run(database, "r", OLD)
    event(database, "e", OLD)
    assert sweep(database, RetentionSettings()) == Swept()
    assert names(database, "events", "event_id") == ["e"]


@pytest.mark.parametrize("why", ["waits", "runs", "in doubt", "held", "by the clock"])
def test_a_thread_that_somebody_needs_stays(database: Database, why: str) -> None:
    thread(database, "t", OLD, "interrupted" if why == "waits" else "idle")
    match why:
        case "runs":
            run(database, "r", OLD, status="pending")
        case "in doubt":
            effect(database, "t", "in_doubt")
        case "held":
            ThreadLeases(database, holder="elsewhere:1:2").acquire("t", ttl=1e9)
        case "by the clock":
            database.execute(
                "INSERT INTO crons(cron_id, assistant_id, thread_id, schedule, created_at, updated_at)"
                " VALUES ('c','a','t','* * * * *',?,?)",
                (OLD, OLD),
            )
    swept = sweep(database, RetentionSettings(threads=30))
    assert (swept.threads, swept.kept) == (0, 1 if why == "held" else 0)
    assert names(database, "threads", "thread_id") == ["t"]


def test_effects_and_audit_records_stay_when_their_thread_goes(database: Database) -> None:
    thread(database, "t", OLD)
    effect(database, "t", "verified")
    AuditLog(database).append([AuditEntry("run", OLD, "clock", {}, None, "t")])
    assert sweep(database).threads == 1
    assert names(database, "effects", "thread_id") == ["t"]
    report = AuditLog(database).check()
    assert (report.records, report.fault) == (2, None)  # that it was deleted is one more


def test_one_write_deletes_a_bounded_number_of_rows(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        event(database, f"e{number}", OLD)
    monkeypatch.setattr(old, "BATCH", 3)
    before = database.stats.operations
    assert sweep(database, RetentionSettings(events=30)).events == 7
    assert database.stats.operations - before == 4  # 3, 3, 1, none


async def test_the_next_sweep_is_when_something_can_be_due(database: Database) -> None:
    saver = PodiumSaver(database)
    retention = Retention(ALL, database, pruning(database, saver, Fixed()), Fixed())
    assert await retention._seconds_left() == 10 * 86_400
    event(database, "e", "2026-05-05T00:00:00.000000Z")
    assert await retention._seconds_left() == 3 * 86_400
