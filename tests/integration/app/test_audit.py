"""A conversation with an action leaves a whole chain that tells who asked, read, decided and did what."""

from __future__ import annotations

from pathlib import Path

from podium.app.audit import AuditTrail
from podium.app.podium import Podium
from podium.app.project import Project
from podium.app.results import Decision
from podium.core.audit import AuditRecord
from podium.core.signing import new_key
from podium.storage.audit import AuditFilter

REFUND = "Issue a refund for order O-10007"


def recorded(desk: Path, thread_id: str = "") -> list[AuditRecord]:
    with AuditTrail.opened(Project.open(desk)) as trail:
        report = trail.verify()
        assert report.fault is None
        return trail.records(AuditFilter(thread_id=thread_id))


def moves(records: list[AuditRecord]) -> list[tuple[object, object]]:
    return [(record.data["from"], record.data["to"]) for record in records if record.kind == "effect"]


def test_an_approved_action_is_on_record_from_the_request_to_its_outcome(app: Podium, desk: Path) -> None:
    asked = app.ask_sync(REFUND)
    done = app.resume_sync(asked.thread_id, Decision(kind="approve", message="checked with the customer"))
    assert done.status == "completed"
    records = recorded(desk, asked.thread_id)
    kinds = [str(record.kind) for record in records]
    order = ["run", "turn", "plan", "confidence", "review", "outcome"]
    assert [kinds.index(kind) for kind in order] == sorted(kinds.index(kind) for kind in order)
    assert kinds.count("run") == kinds.count("end") == 2
    assert moves(records)[:3] == [(None, "proposed"), ("proposed", "approved"), ("approved", "started")]
    assert {to for _, to in moves(records)} >= {"succeeded", "verified"}
    approval = next(record for record in records if record.data.get("to") == "approved")
    assert approval.person == app.principal.id
    review = next(record for record in records if record.kind == "review")
    assert (review.person, review.sealed) == (app.principal.id, {"message": "checked with the customer"})
    run = records[0]
    assert run.data["policy"] == app.context.policy.version
    assert run.data["models"]
    assert run.data["prompts"]


def test_what_led_to_an_action_is_on_record_before_it_starts(app: Podium, desk: Path) -> None:
    reply = app.ask_sync("Change the address of order O-10002 to 5 Mill Lane, York, YO1 7AA")
    assert reply.actions[0].status == "verified"
    records = recorded(desk, reply.thread_id)
    started = next(record.seq for record in records if record.data.get("to") == "started")
    for kind in ("turn", "plan", "confidence"):
        assert next(record.seq for record in records if record.kind == kind) < started


def test_an_answer_is_on_record_with_the_passages_that_were_read(app: Podium, desk: Path) -> None:
    reply = app.ask_sync("How long do I have to return an item?")
    records = recorded(desk, reply.thread_id)
    read = next(record for record in records if record.kind == "read")
    passages = read.data["passages"]
    assert isinstance(passages, list)
    cited = {citation.evidence_id for citation in reply.citations} - {""}
    assert cited <= {str(item["id"]) for item in passages if isinstance(item, dict)}
    assert read.person == app.principal.id


def test_a_rejection_is_on_record_and_nothing_starts(app: Podium, desk: Path) -> None:
    asked = app.ask_sync(REFUND)
    app.resume_sync(asked.thread_id, Decision(kind="reject", message="not ours"))
    told = moves(recorded(desk, asked.thread_id))
    assert ("proposed", "rejected") in told
    assert all(to != "started" for _, to in told)


def test_a_rollback_is_on_record(app: Podium, desk: Path) -> None:
    asked = app.ask_sync(REFUND)
    app.resume_sync(asked.thread_id, Decision(kind="approve"))
    first = app.history_sync(asked.thread_id)[-1].checkpoint_id
    app.rollback_sync(asked.thread_id, to=first)
    app.rollback_sync(asked.thread_id, to=first)
    records = recorded(desk, asked.thread_id)
    assert ("compensating", "compensated") in moves(records)
    (rolled_back,) = [record for record in records if record.kind == "rollback"]
    assert (rolled_back.person, rolled_back.data["to"]) == (app.principal.id, first)
    effects = rolled_back.data["effects"]
    assert isinstance(effects, list)
    assert [item["to"] for item in effects if isinstance(item, dict)] == ["compensated"]


def test_it_is_on_record_who_let_a_copy_act(app: Podium, desk: Path) -> None:
    thread = app.ask_sync("What is the capital of France?").thread_id
    copy = app.fork_sync(thread)
    app.go_live_sync(copy)
    (live,) = [record for record in recorded(desk, copy) if record.kind == "live"]
    assert live.person == app.principal.id


def test_a_run_of_the_graph_itself_is_on_record_too(app: Podium, desk: Path) -> None:
    from langchain_core.messages import HumanMessage

    config = {"configurable": {"thread_id": "direct"}}
    app.graph.invoke({"messages": [HumanMessage("How long do I have to return an item?")]}, config)  # type: ignore[call-overload]  # a plain dict
    kinds = [record.kind for record in recorded(desk, "direct")]
    assert {"run", "turn", "plan", "read", "confidence", "outcome", "end"} <= set(kinds)


def test_an_app_with_a_key_signs_when_it_closes(desk: Path) -> None:
    (desk / "signing.pem").write_text(new_key(), encoding="utf-8")
    with (desk / "podium.toml").open("a", encoding="utf-8") as file:
        file.write('\n[audit]\nsigning_key_file = "signing.pem"\n')
    with Podium.from_project(desk) as app:
        app.ask_sync("What is the capital of France?")
    with AuditTrail.opened(Project.open(desk)) as trail:
        report = trail.verify()
    assert (report.fault, report.signed, report.trusted) == (None, report.records, True)
