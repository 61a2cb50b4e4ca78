"""What the audit chain tells becomes letters: each once, under an id that never changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from podium.core.audit import AuditEntry
from podium.core.model import JsonObject, JsonValue
from podium.core.notification_settings import NotificationEvent
from podium.storage.audit import AuditLog
from podium.storage.database import Database
from podium.storage.outbox import Letter, LetterStatus, Occasion, Outbox
from podium.storage.runs import RunRecord, RunRecords

AT = "2026-01-31T12:00:00.000000Z"
LATER = "2026-01-31T12:05:00.000000Z"
ALL: dict[str, tuple[NotificationEvent, ...]] = {
    "ops": ("approval_waiting", "effect_in_doubt", "compensation_failed", "outcome_unverified")
}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "podium.db") as opened:
        yield opened


@pytest.fixture
def outbox(database: Database) -> Outbox:
    found = Outbox(database)
    found.register(ALL)
    return found


def payload(occasion: Occasion) -> JsonObject:
    actions: list[JsonValue] = [{"digest": one.digest, "status": one.status} for one in occasion.actions]
    return {"id": occasion.id, "run_id": occasion.run_id, "data": {"actions": actions}}


def claimed(outbox: Outbox, now: str, until: str = "3000") -> Letter | None:
    return outbox.claim("ops", now=now, until=until, horizon="3001")


def moved(database: Database, to: str, digest: str = "d1") -> None:
    data: JsonObject = {"effect": "e", "digest": digest, "tool": "pay", "from": "succeeded", "to": to}
    AuditLog(database).append([AuditEntry("effect", AT, "clock", data, None, "thread", "run")])


def interrupted(database: Database, run: str = "run") -> None:
    runs = RunRecords(database)
    runs.start_run(RunRecord(run_id=run, thread_id="thread"))
    runs.finish_run(run, "interrupted")


@pytest.mark.parametrize(
    ("to", "event"),
    [
        ("in_doubt", "effect_in_doubt"),
        ("compensation_in_doubt", "effect_in_doubt"),
        ("compensation_failed", "compensation_failed"),
        ("unverified", "outcome_unverified"),
    ],
)
def test_a_move_that_needs_a_person_becomes_one_letter(
    database: Database, outbox: Outbox, to: str, event: str
) -> None:
    moved(database, to)
    assert outbox.collect(ALL, payload) == 1
    (letter,) = outbox.letters()
    assert (letter.event, letter.channel, letter.status, letter.attempts) == (event, "ops", "waiting", 0)
    assert letter.payload["data"] == {"actions": [{"digest": "d1", "status": to}]}


@pytest.mark.parametrize("to", ["approved", "started", "succeeded", "verified", "compensated", "rejected"])
def test_what_goes_well_is_not_told(database: Database, outbox: Outbox, to: str) -> None:
    moved(database, to)
    assert outbox.collect(ALL, payload) == 0


def test_a_run_that_waits_is_told_and_one_that_ended_is_not(database: Database, outbox: Outbox) -> None:
    RunRecords(database).start_run(RunRecord(run_id="done", thread_id="thread"))
    RunRecords(database).finish_run("done", "completed")
    interrupted(database)
    assert outbox.collect(ALL, payload) == 1
    assert outbox.letters()[0].payload["run_id"] == "run"


def test_the_same_record_is_the_same_letter_however_often_it_is_read(
    database: Database, outbox: Outbox
) -> None:
    moved(database, "unverified")
    outbox.collect(ALL, payload)
    (first,) = outbox.letters()
    database.execute("DELETE FROM notification_cursors")
    database.execute("INSERT INTO notification_cursors VALUES ('ops', 0)")
    outbox.collect(ALL, payload)
    assert outbox.letters() == [first]


def test_a_channel_hears_only_what_it_wants_and_each_has_its_own_letter(
    database: Database, outbox: Outbox
) -> None:
    outbox.register(["mail"])
    moved(database, "unverified")
    interrupted(database)
    only: dict[str, tuple[NotificationEvent, ...]] = {"mail": ("outcome_unverified",)}
    outbox.collect({**ALL, **only}, payload)
    found = sorted((letter.channel, letter.event) for letter in outbox.letters())
    assert found == [
        ("mail", "outcome_unverified"),
        ("ops", "approval_waiting"),
        ("ops", "outcome_unverified"),
    ]
    assert len({letter.id for letter in outbox.letters()}) == 2


def test_a_new_channel_hears_of_what_happens_from_then_on(database: Database, outbox: Outbox) -> None:
    moved(database, "unverified")
    both = {**ALL, "late": ALL["ops"]}
    outbox.register(both)
    moved(database, "in_doubt")
    outbox.collect(both, payload)
    assert [letter.event for letter in outbox.letters() if letter.channel == "late"] == ["effect_in_doubt"]


def test_what_is_written_and_what_was_read_is_one_transaction(database: Database, outbox: Outbox) -> None:
    moved(database, "unverified")

    def broken(occasion: Occasion) -> JsonObject:
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        outbox.collect(ALL, broken)
    assert outbox.letters() == []
    assert outbox.collect(ALL, payload) == 1


def test_a_chain_that_was_cut_off_does_not_silence_a_channel(database: Database, outbox: Outbox) -> None:
    database.execute("UPDATE notification_cursors SET seq=1000")
    outbox.collect(ALL, payload)
    moved(database, "unverified")
    assert outbox.collect(ALL, payload) == 1


def test_a_letter_is_taken_by_one_until_its_time_is_over(database: Database, outbox: Outbox) -> None:
    moved(database, "unverified")
    outbox.collect(ALL, payload)
    taken = claimed(outbox, LATER, until="2026-01-31T12:06:00.000000Z")
    assert taken is not None
    assert claimed(outbox, LATER, until="2026-01-31T12:06:00.000000Z") is None
    again = claimed(outbox, "2026-01-31T12:06:00.000000Z", until="2026-01-31T12:07:00.000000Z")
    assert again is not None
    assert (again.id, again.attempts) == (taken.id, 1)
    outbox.settle(again, "delivered", due_at=LATER)
    assert claimed(outbox, "2027-01-01T00:00:00.000000Z") is None


def test_what_was_answered_before_it_was_told_is_not_sent(database: Database, outbox: Outbox) -> None:
    interrupted(database, "first")
    outbox.collect(ALL, payload)
    interrupted(database, "second")
    outbox.collect(ALL, payload)
    taken = claimed(outbox, "2999")
    assert taken is not None
    assert taken.payload["run_id"] == "second"
    assert sorted(letter.status for letter in outbox.letters()) == ["obsolete", "waiting"]


def test_what_was_settled_before_it_was_told_is_not_sent(database: Database, outbox: Outbox) -> None:
    columns = "effect_id, idempotency_key, digest, thread_id, tool, effect_class, args, status, proposed_at"
    database.execute(
        f"INSERT INTO effects({columns}) VALUES ('e','k','d1','t','pay','compensable','{{}}','verified',?)",
        (AT,),
    )
    moved(database, "unverified")
    outbox.collect(ALL, payload)
    assert claimed(outbox, LATER) is None
    assert [letter.status for letter in outbox.letters()] == ["obsolete"]


def test_what_was_posted_twice_is_kept_once(outbox: Outbox) -> None:
    for _ in range(2):
        outbox.post(["ops", "mail"], "alert", {"id": "ntf_1", "at": AT})
    assert sorted(letter.channel for letter in outbox.letters()) == ["mail", "ops"]


def test_old_letters_go_and_failed_ones_stay(outbox: Outbox) -> None:
    outbox.post(["ops"], "alert", {"id": "ntf_1", "at": AT})
    outbox.post(["ops"], "alert", {"id": "ntf_2", "at": AT})
    first, second = outbox.letters()
    outbox.settle(first, "delivered", due_at=AT)
    outbox.settle(second, "failed", due_at=AT, error="no")
    outbox.forget(AT)
    assert len(outbox.letters()) == 2
    outbox.forget(LATER)
    assert [letter.status for letter in outbox.letters()] == ["failed"]


def test_what_failed_is_revived_and_what_arrived_is_not(outbox: Outbox) -> None:
    outbox.post(["ops"], "alert", {"id": "ntf_1", "at": AT})
    outbox.post(["ops"], "alert", {"id": "ntf_2", "at": AT})
    first, second = outbox.letters()
    outbox.settle(first, "delivered", due_at=AT)
    outbox.settle(second, "failed", due_at=AT, error="no")
    outbox.revive([first, second], now=LATER)
    assert sorted(letter.status for letter in outbox.letters()) == ["delivered", "waiting"]
    assert outbox.next_due("ops") == LATER


def test_reading_news_where_there_is_none_writes_nothing(database: Database, outbox: Outbox) -> None:
    outbox.collect(ALL, payload)
    before = database.stats.operations
    outbox.collect(ALL, payload)
    assert database.stats.operations == before


def test_letters_are_found_by_status_and_channel(outbox: Outbox) -> None:
    outbox.post(["ops", "mail"], "alert", {"id": "ntf_1", "at": AT})
    open_: tuple[LetterStatus, ...] = ("waiting",)
    assert [letter.channel for letter in outbox.letters(channel="mail", status=open_)] == ["mail"]
    gone: tuple[LetterStatus, ...] = ("failed", "obsolete")
    assert outbox.letters(status=gone) == []


def test_what_a_wrong_clock_dated_or_put_off_is_due_at_once(outbox: Outbox) -> None:
    outbox.post(["ops"], "alert", {"id": "ntf_1", "at": "2999-01-01T00:00:00.000000Z"})
    horizon = "2026-02-02T00:00:00.000000Z"
    letter = outbox.claim("ops", now=AT, until=LATER, horizon=horizon)
    assert letter is not None
    outbox.settle(letter, "waiting", due_at=horizon)
    assert outbox.claim("ops", now=LATER, until=LATER, horizon=horizon) is None
    outbox.settle(letter, "waiting", due_at="2999-01-01T00:00:00.000000Z")
    assert outbox.claim("ops", now=LATER, until=LATER, horizon=horizon) is not None
