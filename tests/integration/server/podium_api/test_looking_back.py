"""Effects, rollback, knowledge, feedback, evaluations, audit, usage, settings and keys over HTTP."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any

import httpx
import pytest

from podium.app.audit import verify_file
from podium.core.ids import new_id
from podium.testing.server import Callers

RETURNED = "O-10007"
V1 = "/podium/v1"


@pytest.fixture(scope="module")
def refunded(desk: Callers) -> str:
    """A thread of ada's in which a refund was approved and carried out."""
    thread_id = desk.ask(desk.ada, "support_desk", f"Issue a refund for order {RETURNED}")
    waiting = desk.waiting(desk.ada, thread_id)
    place = f"{V1}/threads/{thread_id}/interrupts/{waiting['interrupt_id']}/decision"
    desk.ada.post(place, json={"kind": "approve"}).raise_for_status()
    return thread_id


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def beginning(desk: Callers, thread_id: str) -> str:
    """The first checkpoint of a thread."""
    history = desk.ada.post(f"/threads/{thread_id}/history", json={"limit": 100}).json()
    return str(history[-1]["checkpoint"]["checkpoint_id"])


@pytest.mark.parametrize("roles", [("viewer",), ("operator",), ("viewer", "operator", "finance")])
def test_what_was_done_is_not_undone_by_those_who_decide_nothing(
    desk: Callers, refunded: str, roles: tuple[str, ...]
) -> None:
    secret = desk.server.services.key_ring.keys.create("hers", roles=list(roles), owner="ada")[1]
    hers, place = desk.server.client(secret), f"{V1}/threads/{refunded}"
    before = desk.ada.get(f"{place}/effects").json()
    to = {"to": beginning(desk, refunded)}
    assert hers.post(f"{place}/rollback/preview", json=to).status_code == 200
    for path, body in ((f"{place}/rollback", to), (f"{V1}/reconcile", {"thread_id": refunded})):
        assert refused(hers.post(path, json=body)) == (403, "not_allowed")
    assert desk.ada.get(f"{place}/effects").json() == before


def test_effects_are_undone_after_a_look(desk: Callers, refunded: str) -> None:
    place = f"{V1}/threads/{refunded}"
    (effect,) = desk.ada.get(f"{place}/effects").json()["effects"]
    assert effect["undoable"]
    to = {"to": beginning(desk, refunded)}
    preview = desk.ada.post(f"{place}/rollback/preview", json=to).json()
    assert preview["dry_run"]
    assert [one["digest"] for one in preview["undone"]] == [effect["digest"]]
    assert desk.ada.get(f"{place}/effects").json()["effects"] == [effect]
    secret = desk.server.services.key_ring.keys.create("hers", roles=["approver"], owner="ada")[1]
    report = desk.server.client(secret).post(f"{place}/rollback", json=to).json()
    assert (report["dry_run"], report["complete"]) == (False, True)
    (undone,) = desk.ada.get(f"{place}/effects").json()["effects"]
    assert undone["status"] == "compensated"
    assert desk.ada.get(f"/threads/{refunded}").json()["status"] in {"idle", "interrupted"}
    steps = desk.ada.get(f"{place}/steps").json()["steps"]
    assert [step["checkpoint_id"] for step in steps if step["went_back"]] == [report["checkpoint_id"]]


def test_a_head_in_the_middle_of_a_turn_tells_that_one_went_back(desk: Callers) -> None:
    thread_id = desk.ask(desk.ada, "support_desk", "What is the returns policy?")
    place = f"{V1}/threads/{thread_id}"
    middle = next(
        step["checkpoint_id"]
        for step in desk.ada.get(f"{place}/steps").json()["steps"]
        if [task["node"] for task in step["tasks"]] == ["critique"]
    )
    report = desk.admin.post(f"{place}/rollback", json={"to": middle}).json()
    told = desk.ada.get(f"{place}/steps").json()
    assert [step["checkpoint_id"] for step in told["steps"] if step["went_back"]] == [told["head"]]
    assert told["head"] == report["checkpoint_id"] != middle
    desk.ada.post(
        f"/threads/{thread_id}/runs/wait", json={"assistant_id": "support_desk", "input": None}
    ).raise_for_status()
    assert desk.ada.get(f"/threads/{thread_id}/state").json()["next"] == []


def test_no_caller_says_that_one_went_back(desk: Callers) -> None:
    body = {
        "assistant_id": "support_desk",
        "input": {"messages": [{"role": "user", "content": "What is the returns policy?"}]},
        "metadata": {"podium_rolled_back_to": "x", "mine": "y"},
    }
    thread_id = desk.ada.post("/threads", json={}).json()["thread_id"]
    desk.ada.post(f"/threads/{thread_id}/runs/wait", json=body).raise_for_status()
    steps = desk.ada.get(f"{V1}/threads/{thread_id}/steps").json()["steps"]
    assert not any(step["went_back"] for step in steps)
    assert desk.ada.get(f"/threads/{thread_id}/state").json()["metadata"]["mine"] == "y"


def test_going_back_to_what_is_not_there_is_refused(desk: Callers, refunded: str) -> None:
    place = f"{V1}/threads/{refunded}/rollback"
    assert refused(desk.ada.post(place, json={"to": "nowhere"})) == (404, "not_found")
    assert refused(desk.ada.post(place, json={})) == (422, "input_invalid")


def test_doubts_are_settled(desk: Callers, refunded: str) -> None:
    settled = desk.ada.post(f"{V1}/reconcile", json={"thread_id": refunded})
    assert settled.json()["waiting"] == []
    assert refused(desk.ada.post(f"{V1}/reconcile", json={})) == (403, "not_allowed")
    assert desk.admin.post(f"{V1}/reconcile", json={}).status_code == 200
    place = f"{V1}/threads/{refunded}/effects/{'f' * 64}/resolution"
    assert refused(desk.ada.post(place, json={"happened": True})) == (404, "not_found")


def test_the_knowledge_base_is_searched_and_filled(desk: Callers) -> None:
    collections = desk.ada.get(f"{V1}/knowledge/collections").json()["collections"]
    name = next(one["name"] for one in collections if one["documents"])
    found = desk.ada.post(f"{V1}/knowledge/search", json={"query": "gift cards", "k": 3}).json()
    assert 0 < len(found["results"]) <= 3
    assert found["results"][0]["text"]
    place = f"{V1}/knowledge/collections/{name}/documents/zeppelin.md"
    added = desk.admin.put(place, content=b"# Zeppelin\n\nThe zeppelin lands at noon.\n")
    assert (added.status_code, added.json()["added"]) == (200, 1), added.text
    found = desk.ada.post(f"{V1}/knowledge/search", json={"query": "When does the zeppelin land?"}).json()
    assert "noon" in found["results"][0]["text"]
    assert desk.admin.put(place, content=b"# Zeppelin\n\nIt lands at one.\n").json()["updated"] == 1


@pytest.mark.parametrize(
    "name", ["..%2F..%2Fpodium.toml", ".hidden.md", "no-ending", "a%00.md", "%E2%80%AE.md"]
)
def test_a_document_needs_a_name_of_its_own(desk: Callers, name: str) -> None:
    place = f"{V1}/knowledge/collections/policies/documents/{name}"
    assert desk.admin.put(place, content=b"x").status_code in {404, 422}
    assert (desk.folder / "podium.toml").read_bytes() != b"x"


def test_filling_the_knowledge_base_tells_how_far_it_is(desk: Callers) -> None:
    assert refused(desk.ada.post(f"{V1}/knowledge/ingest", json={})) == (403, "not_allowed")
    told = desk.admin.post(f"{V1}/knowledge/ingest", json={})
    names = [line.removeprefix("event: ") for line in told.text.splitlines() if line.startswith("event: ")]
    assert names[-1] == "report"
    assert set(names[:-1]) == {"progress"}
    nowhere = desk.admin.post(f"{V1}/knowledge/ingest", json={"collection": "nowhere"})
    assert refused(nowhere) == (404, "unknown_name")


def test_feedback_is_kept(desk: Callers, refunded: str) -> None:
    place = f"{V1}/threads/{refunded}/feedback"
    given = desk.ada.post(place, json={"rating": 1, "reason": "quick"})
    assert (given.status_code, given.json()["principal"]) == (201, "ada")
    desk.ada.post(place, json={"correction": "Say when the money comes."})
    kinds = [one["kind"] for one in desk.ada.get(place).json()["feedback"]]
    assert kinds == ["rating", "correction"]
    for body in ({}, {"rating": 7}, {"rating": 1, "stars": 5}):
        assert refused(desk.ada.post(place, json=body)) == (422, "input_invalid")
    assert refused(desk.ada.post(place, json={"rating": 1, "run_id": "none"})) == (404, "not_found")


def test_evaluations_are_read(desk: Callers) -> None:
    folder = desk.folder / ".podium" / "evals" / "2026"
    folder.mkdir(parents=True)
    header = {"kind": "header", "schema_version": 1, "suite": "answers", "digest": "d", "target": "offline"}
    lines = [{**header, "planned": 1, "created_at": "2026-01-01T00:00:00.000000Z"}]
    lines += [
        {
            "kind": "trial",
            "case": {"id": "one", "input": "x"},
            "digest": "d",
            "scores": [{"name": "right", "value": 1.0}],
        }
    ]
    (folder / "answers.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    (folder / "broken.jsonl").write_text("{}\n", "utf-8")
    (listed,) = desk.admin.get(f"{V1}/evaluations").json()["evaluations"]
    assert (listed["name"], listed["header"]["suite"]) == ("2026/answers", "answers")
    report = desk.admin.get(f"{V1}/evaluations/2026/answers").json()
    assert (report["trials"], report["figures"][0]["mean"]) == (1, 1.0)
    assert refused(desk.admin.get(f"{V1}/evaluations/nothing")) == (404, "not_found")
    assert refused(desk.admin.get(f"{V1}/evaluations/..%2F..%2Fpodium")) == (404, "not_found")
    assert refused(desk.ada.get(f"{V1}/evaluations")) == (403, "not_allowed")


def test_the_audit_chain_is_told_checked_and_handed_out(
    desk: Callers, refunded: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    records = desk.admin.get(f"{V1}/audit/records", params={"thread": refunded, "limit": 1000}).json()
    kinds = {one["kind"] for one in records["records"]}
    assert {"run", "review", "effect"} <= kinds
    assert desk.stranger.get(f"{V1}/audit/records").json()["records"] == []
    check = desk.admin.get(f"{V1}/audit/check").json()
    assert (check["ok"], check["fault"]) == (True, None)
    export = desk.admin.get(f"{V1}/audit/export")
    file = tmp_path_factory.mktemp("export") / "audit.jsonl"
    file.write_bytes(export.content)
    assert verify_file(file).fault is None
    for path in ("records", "check", "export"):
        assert refused(desk.ada.get(f"{V1}/audit/{path}")) == (403, "not_allowed")
    for path in ("check", "export"):
        assert refused(desk.stranger.get(f"{V1}/audit/{path}")) == (403, "not_allowed")
    assert refused(desk.admin.get(f"{V1}/audit/records", params={"since": "soon"})) == (422, "input_invalid")


def test_the_chain_is_read_page_by_page_back_to_its_beginning(desk: Callers, refunded: str) -> None:
    wanted: dict[str, Any] = {"thread": refunded, "limit": 1000}
    whole = desk.admin.get(f"{V1}/audit/records", params=wanted).json()
    assert whole["before"] is None
    assert "effect" in whole["kinds"]
    found: list[Any] = []
    wanted["limit"] = 7
    while True:
        page = desk.admin.get(f"{V1}/audit/records", params=wanted).json()
        found = [*page["records"], *found]
        if page["before"] is None:
            break
        wanted["before"] = page["before"]
    assert [one["seq"] for one in found] == [one["seq"] for one in whole["records"]]


@pytest.mark.parametrize("by", ["thread", "model", "day"])
def test_what_was_spent_is_added_up(desk: Callers, refunded: str, by: str) -> None:
    report = desk.ada.get(f"{V1}/usage", params={"by": by}).json()
    if by != "model":  # the offline agents ask none
        assert sum(row["steps"] for row in report["rows"]) > 0
    if by == "thread":
        assert refunded in {row["key"] for row in report["rows"]}
    assert len(desk.ada.get(f"{V1}/usage", params={"by": by, "limit": 1}).json()["rows"]) <= 1
    assert desk.bob.get(f"{V1}/usage", params={"by": by}).json()["rows"] == []
    assert refused(desk.ada.get(f"{V1}/usage", params={"by": "mood"})) == (422, "input_invalid")


def test_turns_are_listed(desk: Callers, refunded: str) -> None:
    found = desk.ada.get(f"{V1}/runs", params={"thread": refunded})
    assert int(found.headers["x-pagination-total"]) == len(found.json()["runs"]) > 0
    assert desk.ada.get(f"{V1}/runs", params={"until": "2020-01-01"}).json()["runs"] == []
    assert desk.bob.get(f"{V1}/runs").json()["runs"] == []


def test_a_graph_is_drawn(desk: Callers) -> None:
    drawn = desk.ada.get(f"{V1}/graphs/support_desk/mermaid").json()
    assert "critique" in drawn["mermaid"]
    assert refused(desk.ada.get(f"{V1}/graphs/nothing/mermaid")) == (404, "unknown_name")


def test_settings_are_told_to_admins(desk: Callers) -> None:
    assert desk.admin.get(f"{V1}/config").json()["config"]["server"]["port"] == 8600
    assert refused(desk.ada.get(f"{V1}/config")) == (403, "not_allowed")
    assert refused(desk.stranger.get(f"{V1}/config")) == (403, "not_allowed")


def test_keys_are_made_and_taken_back(desk: Callers) -> None:
    made = desk.admin.post(f"{V1}/keys", json={"name": "ci", "scopes": ["read"]})
    assert made.status_code == 201
    secret = made.json()["key"]
    client = desk.server.client(secret)
    assert client.get(f"{V1}/runs").status_code == 200
    listed = desk.admin.get(f"{V1}/keys").text
    assert made.json()["key_id"] in listed
    assert secret not in listed
    place = f"{V1}/keys/{made.json()['key_id']}"
    assert refused(desk.stranger.delete(place)) == (404, "not_found")
    assert desk.admin.delete(place).json()["revoked_at"]
    assert refused(client.get(f"{V1}/runs")) == (401, "not_authenticated")


def test_a_key_for_another_tenant_is_the_projects_to_make(desk: Callers) -> None:
    body = {"name": "theirs", "tenant": "default"}
    assert refused(desk.stranger.post(f"{V1}/keys", json=body)) == (403, "not_allowed")
    assert desk.admin.post(f"{V1}/keys", json={"name": "new", "tenant": "new"}).json()["tenant"] == "new"


def test_a_key_is_kept_nowhere(desk: Callers) -> None:
    body = {"name": f"once {new_id()}"}
    key = {"Idempotency-Key": new_id()}
    first, second = (desk.admin.post(f"{V1}/keys", json=body, headers=key).json() for _ in range(2))
    assert first["key"] != second["key"]
    secrets = [str(first["key"])[3:].encode(), desk.admin.headers["x-api-key"][3:].encode()]
    with closing(sqlite3.connect(desk.folder / ".podium" / "podium.db")) as db:
        db.execute("PRAGMA wal_checkpoint")
    for file in (desk.folder / ".podium").rglob("*"):
        held: Any = file.read_bytes() if file.is_file() else b""
        assert not [secret for secret in secrets if secret in held], file
