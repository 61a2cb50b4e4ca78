"""What was approved is done once or asked again; copies simulate; what is left open is settled."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from podium.app.podium import Podium
from podium.app.results import Decision, Reply
from podium.core.errors import InputError, LeaseLost, NotFound
from podium.storage.leases import CONFIG_KEY_FENCE, ThreadLeases

RETURNED = "O-10007"
REFUND = f"Issue a refund of 24.90 for order {RETURNED}"


def world(desk: Path) -> Path:
    (file,) = (desk / ".podium" / "world").rglob("*.db")
    return file


def rows(desk: Path, sql: str, *values: str) -> list[Any]:
    with closing(sqlite3.connect(world(desk))) as db:
        return db.execute(sql, values).fetchall()


def refunds(desk: Path) -> list[str]:
    return [status for (status,) in rows(desk, "SELECT status FROM refunds WHERE order_id=?", RETURNED)]


def change(file: Path, sql: str, *values: str) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        db.execute(sql, values)


def waiting(app: Podium) -> Reply:
    reply = app.ask_sync(REFUND)
    assert reply.status == "interrupted"
    return reply


def test_an_approval_whose_target_has_changed_is_asked_for_again(app: Podium, desk: Path) -> None:
    reply = waiting(app)
    shown = reply.interrupts[0].digests
    book = "INSERT INTO refunds VALUES ('R-39999', ?, 100, 'someone else', 'pending', '2026-06-30')"
    change(world(desk), book, RETURNED)
    again = app.resume_sync(reply.thread_id, Decision(kind="approve"))
    assert again.status == "interrupted"
    assert again.interrupts[0].digests != shown
    assert any("has changed since" in reason for reason in again.interrupts[0].reasons)
    assert (
        again.interrupts[0].actions[0].preview["before"] != reply.interrupts[0].actions[0].preview["before"]
    )
    assert refunds(desk) == ["pending"]
    done = app.resume_sync(reply.thread_id, Decision(kind="approve"))
    assert (done.status, [action.status for action in done.actions]) == ("completed", ["verified"])
    assert refunds(desk) == ["pending", "pending"]


def test_a_copy_simulates_until_a_person_lets_it_act(app: Podium, desk: Path) -> None:
    source = waiting(app)
    copy = app.fork_sync(source.thread_id)
    assert app.pending_sync(copy)
    reply = app.resume_sync(copy, Decision(kind="approve"))
    while reply.status == "interrupted":
        reply = app.resume_sync(copy, Decision(kind="approve"))
    assert [effect.status for effect in app.effects_sync(copy)] == ["simulated"]
    assert "Simulated" in reply.answer
    assert refunds(desk) == []
    assert [effect.status for effect in app.effects_sync(source.thread_id)] == ["proposed"]
    done = app.resume_sync(source.thread_id, Decision(kind="approve"))
    assert (done.status, refunds(desk)) == ("completed", ["pending"])

    app.go_live_sync(copy)
    with pytest.raises(InputError, match="does not simulate"):
        app.go_live_sync(copy)
    live = app.ask_sync("Change the address of order O-10002 to 5 Mill Lane, York, YO1 7AA", thread_id=copy)
    assert [action.status for action in live.actions] == ["verified"]


def test_time_travel_reads_the_ledger_and_repeats_nothing(app: Podium, desk: Path) -> None:
    reply = app.resume_sync(waiting(app).thread_id, Decision(kind="approve"))
    before = next(row for row in app.history_sync(reply.thread_id) if row.next == ("commit",))
    place = {"thread_id": reply.thread_id, "checkpoint_id": before.checkpoint_id}
    app.graph.invoke(None, {"configurable": place})
    assert refunds(desk) == ["pending"]
    assert len(app.effects_sync(reply.thread_id)) == 1


def test_a_rollback_keeps_what_is_not_named_and_does_nothing_twice(app: Podium, desk: Path) -> None:
    thread = app.ask_sync("Change the address of order O-10002 to 5 Mill Lane, York, YO1 7AA").thread_id
    first = app.history_sync(thread)[-1].checkpoint_id
    app.ask_sync(REFUND, thread_id=thread)
    app.resume_sync(thread, Decision(kind="approve"))
    address, refund = app.effects_sync(thread)
    only = [refund.digest[:16]]
    planned = app.rollback_sync(thread, to=first, dry_run=True, only=only)
    assert [view.message for view in planned.undone] == ["would be undone", "would be kept"]
    done = app.rollback_sync(thread, to=first, only=only)
    assert [(view.digest, view.message) for view in done.undone] == [
        (refund.digest, "undone"),
        (address.digest, "kept"),
    ]
    assert done.complete
    assert refunds(desk) == ["voided"]
    assert "Mill Lane" in str(rows(desk, "SELECT * FROM orders WHERE order_id='O-10002'"))
    points = len(app.history_sync(thread))
    again = app.rollback_sync(thread, to=first, only=only)
    assert again.checkpoint_id == done.checkpoint_id
    assert len(app.history_sync(thread)) == points
    with pytest.raises(NotFound, match="no action"):
        app.rollback_sync(thread, to=first, only=["feed"])
    whole = app.rollback_sync(thread, to=first)
    assert [view.message for view in whole.undone] == ["undone"]
    points = len(app.history_sync(thread))
    assert app.rollback_sync(thread, to=first).undone == ()
    assert len(app.history_sync(thread)) == points


def test_what_is_not_confirmed_is_no_success_until_it_is(app: Podium, desk: Path) -> None:
    thread = waiting(app).thread_id
    trigger = "CREATE TRIGGER thief AFTER INSERT ON refunds BEGIN UPDATE refunds SET status='voided'; END"
    change(world(desk), trigger)
    reply = app.resume_sync(thread, Decision(kind="approve"))
    assert (reply.status, [action.status for action in reply.actions]) == ("failed", ["unverified"])
    assert reply.error is not None
    assert reply.error.code == "action_unverified"
    (effect,) = app.effects_sync(thread)
    assert (effect.outcome, effect.observed) == ("needs_person", False)
    report = app.reconcile_sync()
    assert ([], [effect.digest]) == (list(report.settled), [view.digest for view in report.waiting])
    change(world(desk), "DROP TRIGGER thief")
    change(world(desk), "UPDATE refunds SET status='pending'")
    report = app.reconcile_sync(thread)
    assert [(view.before, view.after) for view in report.settled] == [("unverified", "verified")]
    assert report.waiting == ()


def test_a_person_says_what_happened(app: Podium, desk: Path) -> None:
    thread = waiting(app).thread_id
    change(world(desk), "CREATE TRIGGER thief AFTER INSERT ON refunds BEGIN DELETE FROM refunds; END")
    app.resume_sync(thread, Decision(kind="approve"))
    (effect,) = app.effects_sync(thread)
    settled = app.resolve_sync(effect.digest[:12], happened=False)
    assert (settled.status, settled.outcome) == ("failed", "failed")
    with pytest.raises(NotFound, match="no open action"):
        app.resolve_sync(effect.digest[:12], happened=False)


def test_who_lost_the_thread_stores_nothing_more(app: Podium) -> None:
    thread = app.ask_sync("How long is the warranty on kettles?").thread_id
    saver: Any = app.checkpointer
    leases = ThreadLeases(saver.database)
    stale = leases.acquire(thread)
    leases.release(stale)
    fresh = leases.acquire(thread)
    values = {"stopped": ""}
    for lease, refused in ((stale, True), (fresh, False)):
        config: Any = {"configurable": {"thread_id": thread, CONFIG_KEY_FENCE: lease.token}}
        if refused:
            with pytest.raises(LeaseLost):
                app.graph.update_state(config, values, as_node="respond")
        else:
            app.graph.update_state(config, values, as_node="respond")
    leases.release(fresh)


def test_going_to_the_end_past_the_person_carries_nothing_out(app: Podium, desk: Path) -> None:
    from langgraph.types import Command

    reply = waiting(app)
    config: Any = {"configurable": {"thread_id": reply.thread_id}}
    app.graph.invoke(Command(goto="commit"), config)
    assert refunds(desk) == []
    assert app.pending_sync(reply.thread_id)
    app.graph.update_state(config, {"review": {}}, as_node="critique")
    app.graph.invoke(None, config)
    assert refunds(desk) == []
