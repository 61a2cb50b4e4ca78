"""Turns of the reference project through `Podium`: answers, actions, a person's word, memory, records."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from podium.app.podium import Podium
from podium.app.results import Decision, Reply
from podium.core.errors import InputError, NotFound, StorageError, ThreadInterrupted

RETURNED = "O-10007"
ADDRESS = "Change the address of order O-10002 to 5 Mill Lane, York, YO1 7AA"
REFUND = f"Issue a refund for order {RETURNED}"


def rows(desk: Path, sql: str, *values: str) -> list[Any]:
    (file,) = (desk / ".podium" / "world").rglob("*.db")
    with closing(sqlite3.connect(file)) as db:
        return db.execute(sql, values).fetchall()


def waiting(app: Podium) -> Reply:
    reply = app.ask_sync(REFUND)
    assert reply.status == "interrupted"
    return reply


def test_an_answer_quotes_its_source_exactly(app: Podium) -> None:
    reply = app.ask_sync("How long do I have to return an item?")
    assert reply.status == "completed"
    assert "returns-policy.md" in {citation.source for citation in reply.citations}
    for citation in reply.citations:
        text = app.knowledge.read(citation.source)
        assert text[citation.start : citation.end] == citation.quote


def test_what_nothing_covers_is_not_answered(app: Podium) -> None:
    reply = app.ask_sync("What is the capital of France?")
    assert reply.status in ("abstained", "clarify")
    assert reply.citations == ()


def test_a_clear_low_risk_change_needs_no_person(app: Podium, desk: Path) -> None:
    reply = app.ask_sync(ADDRESS)
    assert reply.status == "completed"
    assert [(action.tool, action.status) for action in reply.actions] == [("change_address", "verified")]
    assert "Mill Lane" in str(rows(desk, "SELECT * FROM orders WHERE order_id='O-10002'"))


def test_a_risky_change_waits_and_changes_nothing(app: Podium, desk: Path) -> None:
    reply = waiting(app)
    (interrupt,) = reply.interrupts
    assert interrupt.digests == tuple(action.digest for action in reply.actions)
    assert interrupt.actions[0].preview["after"] != interrupt.actions[0].preview["before"]
    assert rows(desk, "SELECT * FROM refunds WHERE order_id=?", RETURNED) == []


def test_an_approval_is_carried_out_once(app: Podium, desk: Path) -> None:
    reply = app.resume_sync(waiting(app).thread_id, Decision(kind="approve"))
    assert reply.status == "completed"
    assert [action.status for action in reply.actions] == ["verified"]
    assert len(rows(desk, "SELECT * FROM refunds WHERE order_id=?", RETURNED)) == 1
    with pytest.raises(NotFound, match="nothing waits"):
        app.resume_sync(reply.thread_id, Decision(kind="approve"))


def test_a_rejection_changes_nothing_and_is_told(app: Podium, desk: Path) -> None:
    reply = app.resume_sync(waiting(app).thread_id, Decision(kind="reject", message="wrong order"))
    assert (reply.status, [action.status for action in reply.actions]) == ("completed", ["rejected"])
    assert "wrong order" in reply.answer
    assert rows(desk, "SELECT * FROM refunds WHERE order_id=?", RETURNED) == []


def test_an_edit_is_another_action(app: Podium, desk: Path) -> None:
    before = waiting(app)
    reply = app.resume_sync(before.thread_id, Decision(kind="edit", args={"amount": "7.00"}))
    assert [action.status for action in reply.actions] == ["superseded", "verified"]
    assert reply.actions[1].digest != before.actions[0].digest
    assert rows(desk, "SELECT amount_cents FROM refunds WHERE order_id=?", RETURNED) == [(700,)]


def test_an_edit_that_does_not_fit_is_asked_for_again(app: Podium) -> None:
    before = waiting(app)
    reply = app.resume_sync(before.thread_id, Decision(kind="edit", args={"amount": "a lot"}))
    assert reply.status == "interrupted"
    assert reply.interrupts[0].digests == before.interrupts[0].digests


def test_an_approval_of_something_else_is_refused(app: Podium, desk: Path) -> None:
    thread = waiting(app).thread_id
    with pytest.raises(InputError):
        app.resume_sync(thread, Decision(kind="approve", digests=("f" * 64,)))
    assert rows(desk, "SELECT * FROM refunds WHERE order_id=?", RETURNED) == []


def test_a_thread_that_waits_takes_no_other_request(app: Podium) -> None:
    thread = waiting(app).thread_id
    with pytest.raises(ThreadInterrupted):
        app.ask_sync("How long is the warranty on kettles?", thread_id=thread)
    assert [item.thread_id for item in app.pending_sync()] == [thread]


def test_a_rollback_reaches_the_shop_and_runs_once(app: Podium, desk: Path) -> None:
    reply = app.resume_sync(waiting(app).thread_id, Decision(kind="approve"))
    first = app.history_sync(reply.thread_id)[-1].checkpoint_id
    planned = app.rollback_sync(reply.thread_id, to=first, dry_run=True)
    assert rows(desk, "SELECT status FROM refunds WHERE order_id=?", RETURNED) == [("pending",)]
    done = app.rollback_sync(reply.thread_id, to=first)
    assert (planned.complete, done.complete) == (True, True)
    assert [item.after for item in done.undone] == ["compensated"]
    assert rows(desk, "SELECT status FROM refunds WHERE order_id=?", RETURNED) == [("voided",)]
    assert app.rollback_sync(reply.thread_id, to=first).undone == ()


def test_a_rollback_deletes_nothing(app: Podium) -> None:
    reply = app.ask_sync("How long is the warranty on kettles?")
    before = app.history_sync(reply.thread_id)
    app.rollback_sync(reply.thread_id, to=before[-1].checkpoint_id)
    after = app.history_sync(reply.thread_id)
    assert {item.checkpoint_id for item in before} < {item.checkpoint_id for item in after}


def test_what_was_said_is_remembered_and_survives_a_restart(app: Podium, desk: Path) -> None:
    thread = app.ask_sync("Show order O-10004").thread_id
    app.close()
    with Podium.from_project(desk) as again:
        again.ask_sync("How long is the warranty on kettles?", thread_id=thread)
        said = again.transcript_sync(thread)
        assert [speaker for speaker, _ in said] == ["user", "assistant"] * 2
        assert [view.thread_id for view in again.threads_sync()] == [thread]


def test_a_run_is_recorded_with_what_was_in_force(app: Podium, desk: Path) -> None:
    reply = app.ask_sync("How long is the warranty on kettles?")
    with closing(sqlite3.connect(desk / ".podium" / "podium.db")) as db:
        (run,) = db.execute(
            "SELECT status, graph, policy_version, prompts, models FROM runs WHERE run_id=?", (reply.run_id,)
        ).fetchall()
        kinds = {kind for (kind,) in db.execute("SELECT kind FROM events WHERE run_id=?", (reply.run_id,))}
    assert (run[0], run[1].partition("@")[0]) == ("completed", "support_desk")
    assert run[2] == app.context.policy.version
    assert all(role in run[3] and role in run[4] for role in ("planner", "retriever", "executor", "critic"))
    assert {"span.run", "span.node", "span.retrieval", "span.guardrail", "confidence", "turn"} <= kinds


async def test_a_stream_tells_what_happens_and_ends_with_the_reply(desk: Path) -> None:
    async with Podium.from_project(desk) as app:
        events = [event async for event in app.stream("How long is the warranty on kettles?")]
    kinds = [event.kind for event in events]
    assert (kinds[0], kinds[-1]) == ("run", "reply")
    started = [event.node for event in events if event.kind == "node" and event.data["phase"] == "start"]
    assert started[:5] == ["admit", "plan", "retrieve", "execute", "critique"]
    assert {"plan", "evidence", "confidence", "token"} <= set(kinds)


async def test_leaving_a_stream_cancels_the_run_and_frees_the_thread(desk: Path) -> None:
    async with Podium.from_project(desk) as app:
        stream = app.stream("How long is the warranty on kettles?")
        thread = (await anext(stream)).thread_id
        async for event in stream:
            if event.kind == "node":
                break
        await stream.aclose()
        reply = await app.ask("How long is the warranty on kettles?", thread_id=thread)
        assert reply.status == "completed"


def test_a_spent_budget_ends_the_turn_with_what_there_is(desk: Path) -> None:
    manifest = desk / "podium.toml"
    text = manifest.read_text(encoding="utf-8").replace("steps = 24", "steps = 3")
    manifest.write_text(text, encoding="utf-8")
    with Podium.from_project(desk) as app:
        reply = app.ask_sync("How long is the warranty on kettles?")
    assert reply.status == "partial"
    assert "limit of steps" in reply.answer


def test_words_of_dispute_go_to_a_person_by_the_projects_own_critic(app: Podium) -> None:
    reply = app.ask_sync("How long is the warranty on kettles? My lawyer wants to know.")
    assert reply.status == "interrupted"
    assert "dispute" in reply.interrupts[0].reasons
    answered = app.resume_sync(reply.thread_id, Decision(kind="respond", message="We will call you."))
    assert (answered.status, answered.answer) == ("completed", "We will call you.")


def test_every_row_of_the_history_names_its_own_turn(app: Podium) -> None:
    thread = app.ask_sync("Show order O-10004").thread_id
    app.ask_sync("How long is the warranty on kettles?", thread_id=thread)
    rows_ = app.history_sync(thread)
    second = [row.turn for row in rows_ if row.turn.startswith("How long")]
    assert {row.turn for row in rows_} <= {"Show order O-10004", "How long is the warranty on kettles?", ""}
    assert len(second) == 7


def test_a_turn_that_is_rolled_back_to_its_question_can_be_asked_again(app: Podium, desk: Path) -> None:
    thread = waiting(app).thread_id
    app.resume_sync(thread, Decision(kind="approve"))
    before = next(row for row in app.history_sync(thread) if row.next == ("human",))
    app.rollback_sync(thread, to=before.checkpoint_id)
    assert [view.status for view in app.threads_sync()] == ["idle"]
    again = app.resume_sync(thread)
    assert (again.status, [action.status for action in again.interrupts[0].actions]) == (
        "interrupted",
        ["proposed"],
    )
    done = app.resume_sync(thread, Decision(kind="approve"))
    assert done.status == "completed"
    statuses = rows(desk, "SELECT status FROM refunds WHERE order_id=? ORDER BY 1", RETURNED)
    assert statuses == [("pending",), ("voided",)]


def test_a_thread_rolled_back_to_before_its_first_question_has_nothing_to_go_on_with(app: Podium) -> None:
    thread = app.ask_sync("How long is the warranty on kettles?").thread_id
    first = app.history_sync(thread)[-1]
    assert first.next == ("__start__",)
    app.rollback_sync(thread, to=first.checkpoint_id)
    state = app.graph.get_state({"configurable": {"thread_id": thread}})
    assert (state.next, state.values.get("messages", [])) == ((), [])
    steps = len(app.history_sync(thread))
    app.rollback_sync(thread, to=first.checkpoint_id)
    assert len(app.history_sync(thread)) == steps
    assert app.ask_sync("How long is the warranty on kettles?", thread_id=thread).status == "completed"


def test_rolling_back_a_waiting_thread_leaves_nothing_waiting(app: Podium) -> None:
    thread = waiting(app).thread_id
    app.rollback_sync(thread, to=app.history_sync(thread)[-1].checkpoint_id)
    assert app.pending_sync() == ()
    assert [effect.status for effect in app.effects_sync(thread)] == ["expired"]
    assert app.ask_sync(REFUND, thread_id=thread).status == "interrupted"


def test_a_stream_left_early_frees_the_thread_for_synchronous_callers(app: Podium) -> None:
    stream = app.stream_sync("How long is the warranty on kettles?")
    thread = next(stream).thread_id
    assert next(event for event in stream if event.kind == "node")
    stream.close()
    assert app.ask_sync("How long is the warranty on kettles?", thread_id=thread).status == "completed"


def test_a_failure_before_admission_does_not_repeat_the_last_answer(desk: Path) -> None:
    class FailingOnce:
        def __init__(self) -> None:
            self.armed = False

        def hit(self, name: str) -> None:
            if self.armed and name == "admit:before":
                raise StorageError("the disk is gone", hint="Look at it.")

    points = FailingOnce()
    with Podium.from_project(desk, crash_points=points) as app:
        thread = app.ask_sync("How long is the warranty on kettles?").thread_id
        points.armed = True
        reply = app.ask_sync("Show order O-10004", thread_id=thread)
    assert (reply.status, reply.answer, reply.citations) == ("failed", "", ())
    assert reply.error is not None
    assert reply.error.code == "storage_error"


def test_an_approval_whose_run_failed_is_carried_out_before_the_next_request(desk: Path) -> None:
    class FailingCommit:
        def __init__(self) -> None:
            self.armed = True

        def hit(self, name: str) -> None:
            if self.armed and name == "commit:before":
                raise StorageError("the disk is gone", hint="Look at it.")

    points = FailingCommit()
    with Podium.from_project(desk, crash_points=points) as app:
        thread = waiting(app).thread_id
        assert app.resume_sync(thread, Decision(kind="approve")).status == "failed"
        points.armed = False
        app.ask_sync("How long is the warranty on kettles?", thread_id=thread)
        assert [effect.status for effect in app.effects_sync(thread)] == ["verified"]


def test_a_turn_whose_last_step_was_stored_without_its_checkpoint_is_finished(desk: Path) -> None:
    with Podium.from_project(desk) as app:
        thread = app.ask_sync(ADDRESS).thread_id
    # What a process leaves that ends between the writes of `respond` and the checkpoint they lead to.
    with closing(sqlite3.connect(desk / ".podium" / "podium.db")) as db:
        db.execute("DELETE FROM checkpoints WHERE seq = (SELECT max(seq) FROM checkpoints)")
        db.execute("UPDATE runs SET status = 'running', ended_at = NULL, output = NULL")
        db.commit()
    with Podium.from_project(desk) as app:
        assert app.history_sync(thread)[0].next == ("respond",)
        reply = app.resume_sync(thread)
        assert reply.status == "completed"
        assert [role for role, _ in app.transcript_sync(thread)] == ["user", "assistant"]
        assert [effect.status for effect in app.effects_sync(thread)] == ["verified"]
