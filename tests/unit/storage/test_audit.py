"""The audit chain in the database: appending, reading, checking, forgetting, putting away."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from podium.core.audit import AuditEntry, AuditKind
from podium.core.errors import NotFound
from podium.storage import Database
from podium.storage import audit_upkeep as upkeep
from podium.storage.audit import AuditFilter, AuditLog
from podium.storage.audit_rows import append

ADA = "local:ada"


def entry(number: int, *, kind: AuditKind = "plan", who: str = ADA, thread: str = "t-1") -> AuditEntry:
    at = f"2026-01-01T00:00:{number:02}.000000Z"
    return AuditEntry(kind, at, who, {"n": number}, {"words": f"secret-{number}"}, thread)


def filled(database: Database, count: int = 6) -> AuditLog:
    log = AuditLog(database)
    for number in range(count):
        log.append([entry(number)])
    return log


def tamper(path: Path, *statements: str) -> None:
    """Change the file behind the product's back; who can do that can also drop its triggers."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for trigger in ("audit_is_never_changed", "audit_is_put_away_by_segment"):
            connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        for statement in statements:
            connection.execute(statement)


def test_what_is_appended_reads_back_with_what_it_sealed(database: Database) -> None:
    log = AuditLog(database)
    log.append([entry(0), AuditEntry("end", "2026-01-01T00:00:01.000000Z", "runs", {"status": "failed"})])
    first, second = log.records()
    assert (first.seq, first.person, first.sealed, first.data) == (1, ADA, {"words": "secret-0"}, {"n": 0})
    assert ADA not in first.who
    assert (second.after, second.who, second.person, second.sealed) == (first.hash, "runs", "", None)
    assert log.check().head == log.head()


def test_nothing_personal_stands_in_the_chain_itself(database: Database) -> None:
    filled(database)
    bodies = database.read(lambda connection: connection.execute("SELECT body FROM audit").fetchall())
    assert not [body for (body,) in bodies if ADA in body or "secret" in body]


def test_a_person_has_one_name_in_the_chain(database: Database) -> None:
    log = filled(database, 2)
    log.append([entry(2, who="local:bob")])
    first, second, third = log.records()
    assert first.who == second.who != third.who


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (AuditFilter(thread_id="t-2"), [2]),
        (AuditFilter(thread_id="t-"), [0, 1, 2, 3]),
        (AuditFilter(kind="review"), [1]),
        (AuditFilter(actor="local:bob"), [3]),
        (AuditFilter(since="2026-01-01T00:00:01.000000Z", until="2026-01-01T00:00:03.000000Z"), [1, 2]),
        (AuditFilter(after=3), [3]),
        (AuditFilter(thread_id="elsewhere"), []),
    ],
)
def test_records_are_found_by_what_they_say(
    database: Database, wanted: AuditFilter, numbers: list[int]
) -> None:
    log = AuditLog(database)
    log.append([entry(0), entry(1, kind="review"), entry(2, thread="t-2"), entry(3, who="local:bob")])
    assert [record.data["n"] for record in log.records(wanted)] == numbers


def test_a_limit_keeps_the_latest(database: Database) -> None:
    assert [record.seq for record in filled(database).records(limit=2)] == [5, 6]


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE audit SET body=replace(body, '\"n\":3', '\"n\":7') WHERE seq=4", "changed"),
        ("UPDATE audit SET hash=replace(hash, substr(hash, 1, 2), '??') WHERE seq=4", "changed"),
        ("UPDATE audit SET body='{}' WHERE seq=4", "changed"),
        ('UPDATE audit_sealed SET value=\'{"words":"other"}\' WHERE seq=4', "changed"),
        ("UPDATE audit_sealed SET salt=x'00' WHERE seq=4", "changed"),
        ("DELETE FROM audit WHERE seq=4", "removed"),
    ],
)
def test_tampering_is_found_and_named(database: Database, path: Path, statement: str, kind: str) -> None:
    log = filled(database)
    tamper(path, statement)
    fault = log.check().fault
    assert fault is not None
    assert (fault.kind, fault.seq) == (kind, 4)


def test_a_sealed_value_that_belongs_to_no_record_is_found(database: Database, path: Path) -> None:
    log = filled(database)
    tamper(path, "INSERT INTO audit_sealed VALUES (99, x'00', '1')")
    fault = log.check().fault
    assert fault is not None
    assert fault.seq == 99


def test_the_database_itself_refuses_to_change_or_delete_records(database: Database) -> None:
    filled(database)
    for statement in ("UPDATE audit SET body='{}'", "DELETE FROM audit"):
        with pytest.raises(sqlite3.IntegrityError, match="an audit record"):
            database.execute(statement)


def test_a_step_that_fails_leaves_no_record(database: Database) -> None:
    log = filled(database, 2)

    def half(connection: sqlite3.Connection) -> None:
        append(connection, [entry(9)])
        raise RuntimeError("after its record")

    with pytest.raises(RuntimeError):
        database.write(half)
    log.append([entry(3)])
    assert [record.seq for record in log.records()] == [1, 2, 3]
    assert log.check().fault is None


def test_a_value_that_json_cannot_hold_is_recorded_all_the_same(database: Database) -> None:
    log = AuditLog(database)
    log.append([AuditEntry("effect", "", ADA, {}, {"result": [float("inf"), "\ud800"]}, "\ud800")])
    assert log.check().fault is None
    assert "inf" in str(log.records()[0].sealed)


@pytest.mark.parametrize(
    ("scope", "of", "gone"), [("thread", "t-2", [3]), ("record", "2", [2]), ("principal", ADA, [1, 2])]
)
def test_forgetting_leaves_the_chain_whole(
    database: Database, scope: upkeep.Scope, of: str, gone: list[int]
) -> None:
    log = AuditLog(database)
    log.append([entry(0), entry(1), entry(2, who="local:bob", thread="t-2")])
    erased = database.write(upkeep.erase(scope, of, who="local:root", reason="asked to", at="2026-02-01"))
    assert erased == len(gone)
    records = log.records()
    assert [record.seq for record in records[:3] if record.sealed is None] == gone
    assert (records[3].kind, records[3].data["values"], records[3].sealed) == (
        "erased",
        len(gone),
        {"reason": "asked to"},
    )
    assert log.check().fault is None
    if scope == "principal":
        assert [record.person for record in records[:3]] == ["", "", "local:bob"]
        assert ADA not in str(records)


def test_what_was_forgotten_is_not_in_the_file_any_more(path: Path) -> None:
    with Database.open(path) as database:
        AuditLog(database).append([AuditEntry("turn", "", "key:mallory", {}, {"text": "unforgettable"}, "t")])
        for scope, of in (("thread", "t"), ("principal", "key:mallory")):
            database.write(upkeep.erase(scope, of, who="x", reason="", at=""))  # type: ignore[arg-type]  # a pair
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    held = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"unforgettable" not in held
    assert b"mallory" not in held


def test_nobody_forgets_what_is_not_there(database: Database) -> None:
    filled(database)
    for scope, of in (("thread", "x"), ("principal", "x"), ("record", "99")):
        with pytest.raises(NotFound, match="knows no"):
            database.write(upkeep.erase(scope, of, who="x", reason="", at=""))  # type: ignore[arg-type]  # a pair


def test_the_records_of_a_run_are_linked_across_writers(path: Path) -> None:
    with Database.open(path) as one, Database.open(path) as two:
        for number in range(10):
            AuditLog((one, two)[number % 2]).append([entry(number)], durable=number % 3 == 0)
        assert AuditLog(one).check().records == 10


def test_a_run_is_on_record_with_its_versions(database: Database) -> None:
    from podium.storage.runs import RunRecord, RunRecords

    runs = RunRecords(database)
    runs.start_run(
        RunRecord(
            "r",
            "t",
            owner=ADA,
            kind="ask",
            models={"planner": "offline"},
            prompts={"planner": "1@abc"},
            policy_version="p1",
        )
    )
    runs.finish_run("r", "failed", error={"code": "model_timeout"})
    began, ended = AuditLog(database).records()
    assert (began.kind, began.person, began.data["models"], began.data["policy"]) == (
        "run",
        ADA,
        {"planner": "offline"},
        "p1",
    )
    assert (ended.kind, ended.run_id, ended.thread_id, ended.data) == (
        "end",
        "r",
        "t",
        {"status": "failed", "error": "model_timeout"},
    )
