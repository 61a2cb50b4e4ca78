"""Making, changing and removing threads: whose they are, and who works on them."""

from __future__ import annotations

from typing import Any, Protocol

import pytest

from podium.core.errors import Conflict, LeaseLost, NotFound, ThreadBusy
from podium.core.principal import Access
from podium.storage import Database
from podium.storage.leases import ThreadLeases
from podium.storage.run_requests import RunRequest, RunRequests, insert
from podium.storage.stream_events import StreamEvent, appending
from podium.storage.thread_changes import ThreadChanges, ThreadSettlement, TimeToLive
from podium.storage.threads import ThreadRecord, ThreadRecords

ALL = Access("default")
HERS = Access("default", "ada")
HIS = Access("default", "bob")


class ManualClock(Protocol):
    def move(self, seconds: float) -> None: ...


@pytest.fixture
def leases(database: Database, clock: Any) -> ThreadLeases:
    return ThreadLeases(database, clock)


@pytest.fixture
def changes(leases: ThreadLeases, clock: Any) -> ThreadChanges:
    return ThreadChanges(leases, clock)


@pytest.fixture
def records(database: Database, clock: Any) -> ThreadRecords:
    return ThreadRecords(database, clock)


@pytest.fixture(autouse=True)
def _hers(database: Database, changes: ThreadChanges) -> None:
    made = ThreadRecord("one", "default", "ada", metadata={"a": 1}, config={"tags": ["x"]})
    assert database.write(changes.creating(made, HERS)) == (ThreadRecords(database).get("one"), True)


def request(database: Database, run_id: str, status: Any = "running") -> None:
    run = RunRequest(run_id, "one", "graph", tenant="default", owner="ada", status=status)
    database.write(lambda connection: insert(connection, run))
    database.write(appending([StreamEvent(0, "one", run_id, "values", "json", b"{}")]))


def test_what_is_stored_comes_back(records: ThreadRecords) -> None:
    thread = records.get("one", HERS)
    assert (thread.metadata, thread.config, thread.status) == ({"a": 1}, {"tags": ["x"]}, "idle")
    assert (thread.interrupts, thread.error, thread.ttl, thread.expires_at) == (None, None, None, None)


def test_an_id_that_is_taken_is_given_back_only_to_who_may_see_it(
    database: Database, changes: ThreadChanges
) -> None:
    again = ThreadRecord("one", "default", "bob")
    with pytest.raises(Conflict):
        database.write(changes.creating(again, HERS))
    assert database.write(changes.creating(again, HERS, keeps=True))[1] is False
    with pytest.raises(Conflict):
        database.write(changes.creating(again, HIS, keeps=True))


def test_metadata_is_merged_and_time_is_counted_from_now(
    database: Database, changes: ThreadChanges, clock: ManualClock
) -> None:
    clock.move(60)
    changed = database.write(changes.changing("one", HERS, {"b": 2}, TimeToLive(1.5)))
    assert changed.metadata == {"a": 1, "b": 2}
    assert changed.ttl == {"strategy": "delete", "ttl_minutes": 1.5}
    assert changed.updated_at == "2026-01-02T03:05:05.000000Z"
    assert changed.expires_at == "2026-01-02T03:06:35.000000Z"
    kept = database.write(changes.changing("one", HERS, {}))
    assert kept.expires_at == changed.expires_at


@pytest.mark.parametrize("access", [HIS, Access("elsewhere")])
def test_nobody_else_changes_holds_or_removes_a_thread(
    database: Database, changes: ThreadChanges, access: Access
) -> None:
    works: list[Any] = [
        changes.changing("one", access, {}),
        changes.holding(["one"], access),
        changes.removing(["one"], access),
    ]
    for work in works:
        with pytest.raises(NotFound):
            database.write(work)


def test_a_thread_that_is_worked_on_is_not_held(
    database: Database, changes: ThreadChanges, leases: ThreadLeases
) -> None:
    request(database, "run", "pending")
    with pytest.raises(Conflict, match="not ended"):
        database.write(changes.holding(["one"], HERS))
    database.write(RunRequests(database).settle("run", "success"))
    lease = leases.acquire("one")
    with pytest.raises(ThreadBusy):
        database.write(changes.removing(["one"], HERS))
    leases.release(lease)
    database.write(changes.removing(["one"], HERS))


def test_a_thread_is_let_go_as_it_stands_then(
    database: Database, changes: ThreadChanges, leases: ThreadLeases, records: ThreadRecords
) -> None:
    held = database.write(changes.holding(["one"], HERS))
    told = {"task": [{"id": "i", "value": 1}]}
    database.write(changes.resting(held, ThreadSettlement("interrupted", told)))
    thread = records.get("one")
    assert (thread.status, thread.interrupts) == ("interrupted", told)
    assert thread.state_updated_at is not None
    with pytest.raises(LeaseLost):
        leases.renew(held[0])


def test_a_thread_for_which_a_run_waits_stays_busy(
    database: Database, changes: ThreadChanges, records: ThreadRecords
) -> None:
    held = database.write(changes.holding(["one"], HERS))
    request(database, "run", "pending")
    database.write(changes.resting(held, ThreadSettlement("idle")))
    assert records.get("one").status == "busy"


def test_the_same_thread_twice_is_held_once(database: Database, changes: ThreadChanges) -> None:
    assert len(database.write(changes.holding(["one", "one"], ALL))) == 1


def test_nothing_is_removed_when_one_of_several_cannot_be(
    database: Database, changes: ThreadChanges, records: ThreadRecords
) -> None:
    with pytest.raises(NotFound):
        database.write(changes.removing(["one", "none"], HERS))
    assert records.get("one").thread_id == "one"


def test_the_token_of_a_removed_thread_is_never_given_out_again(
    database: Database, changes: ThreadChanges, leases: ThreadLeases
) -> None:
    token = leases.acquire("one")
    leases.release(token)
    database.write(changes.removing(["one"], HERS))
    assert leases.acquire("one").token > token.token


def test_only_what_ended_runs_streamed_is_forgotten(database: Database, changes: ThreadChanges) -> None:
    request(database, "ended", "success")
    held = database.write(changes.holding(["one"], HERS))
    request(database, "waits", "pending")
    database.write(changes.forgetting_history(held))
    left = database.read(lambda connection: connection.execute("SELECT run_id FROM stream_events").fetchall())
    assert left == [("waits",)]


def test_that_a_thread_was_deleted_stays_on_record(database: Database, changes: ThreadChanges) -> None:
    database.write(changes.removing(["one"], HERS, "key:ci"))
    kind, who, thread = database.read(
        lambda connection: connection.execute(
            "SELECT json_extract(body, '$.kind'), json_extract(body, '$.who'), thread_id FROM audit"
        ).fetchone()
    )
    assert (kind, thread) == ("deleted", "one")
    assert who
