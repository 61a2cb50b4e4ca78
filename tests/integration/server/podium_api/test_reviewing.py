"""What stands behind something that waits, trying an edit, and deciding several actions one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from podium.testing.server import Callers

EARLIER, LATER = "O-10004", "O-10003"


def waiting_for(desk: Callers, text: str) -> dict[str, Any]:
    return desk.waiting(desk.ada, desk.ask(desk.ada, "support_desk", text))


def place(waiting: dict[str, Any], last: str = "") -> str:
    return f"/podium/v1/threads/{waiting['thread_id']}/interrupts/{waiting['interrupt_id']}{last}"


def rejected(desk: Callers, waiting: dict[str, Any]) -> None:
    desk.ada.post(place(waiting, "/decision"), json={"kind": "reject"}).raise_for_status()


def test_all_that_stands_behind_it_is_told(desk: Callers) -> None:
    waiting = waiting_for(desk, f"Please refund order {EARLIER} in full")
    told = desk.ada.get(place(waiting)).json()
    assert (told["may_decide"], told["why_not"]) == (True, "")
    detail = told["detail"]
    assert detail["request"] == f"Please refund order {EARLIER} in full"
    assert detail["confidence"]["factors"]
    (action,) = detail["actions"]
    assert action["digest"] == waiting["digests"][0]
    assert action["args_schema"]["properties"]["order_id"]
    assert action["provenance"]["order_id"] == {"origin": "user", "source": "", "trust": "trusted"}
    assert action["provenance"]["reason"]["origin"] == "default"
    assert action["untrusted"] == []
    assert action["may_approve"]
    assert action["policy_version"] == detail["policy_version"]
    rejected(desk, waiting)


def test_an_edit_is_tried_without_a_trace_and_then_gets_the_digest_that_was_shown(desk: Callers) -> None:
    waiting = waiting_for(desk, f"Please refund order {EARLIER} in full")
    digest = waiting["digests"][0]
    body = {"digest": digest, "args": {"amount": "5.00"}}
    tried = desk.ada.post(place(waiting, "/preview"), json=body)
    assert tried.status_code == 200, tried.text
    edit = tried.json()
    assert edit["digest"] != digest
    assert edit["args"] == {**waiting["actions"][0]["args"], "amount": "5.00"}
    assert edit["preview"] != waiting["actions"][0]["preview"]
    assert edit["provenance"]["amount"] == {"origin": "person", "source": "ada", "trust": "trusted"}
    assert desk.ada.get(place(waiting)).json()["digests"] == [digest]
    ledger = desk.ada.get(f"/podium/v1/threads/{waiting['thread_id']}/effects").json()["effects"]
    assert [effect["digest"] for effect in ledger] == [digest]
    decision = {"kind": "edit", "digests": [digest], "args": {"amount": "5.00"}}
    done = desk.ada.post(place(waiting, "/decision"), json=decision).json()
    assert done["status"] == "completed"
    assert edit["digest"] in {action["digest"] for action in done["reply"]["actions"]}


def test_an_edit_that_would_be_refused_says_so(desk: Callers) -> None:
    waiting = waiting_for(desk, f"Please refund order {LATER} in full")
    body = {"digest": waiting["digests"][0], "args": {"amount": "99999.00"}}
    refused = desk.ada.post(place(waiting, "/preview"), json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "input_invalid")
    assert "cannot be refunded" in refused.json()["detail"]
    other = desk.ada.post(place(waiting, "/preview"), json={"digest": "f" * 64, "args": {}})
    assert (other.status_code, other.json()["code"]) == (404, "not_found")
    assert desk.bob.post(place(waiting, "/preview"), json=body).status_code == 404
    rejected(desk, waiting)


def test_several_actions_are_decided_one_by_one(desk: Callers) -> None:
    text = f"Please refund order {LATER} in full and give customer C-1001 a credit of 5.00"
    waiting = waiting_for(desk, text)
    assert len(waiting["digests"]) == 2, waiting
    refund, credit = sorted(waiting["actions"], key=lambda action: str(action["tool"]), reverse=True)
    decisions = [
        {"digest": refund["digest"], "kind": "edit", "args": {"amount": "2.00"}},
        {"digest": credit["digest"], "kind": "reject", "message": "not this one"},
    ]
    done = desk.ada.post(place(waiting, "/decision"), json={"decisions": decisions})
    assert done.status_code == 200, done.text
    ledger = desk.ada.get(f"/podium/v1/threads/{waiting['thread_id']}/effects").json()["effects"]
    found = {(effect["tool"], effect["args"].get("amount")): effect["status"] for effect in ledger}
    assert found[credit["tool"], credit["args"]["amount"]] == "rejected"
    assert found[refund["tool"], refund["args"]["amount"]] == "superseded"
    assert found[refund["tool"], "2.00"] in {"succeeded", "verified"}


def test_whoever_may_not_decide_is_told_why(desk: Callers) -> None:
    waiting = waiting_for(desk, f"Please refund order {LATER} in full")
    viewer = desk.server.client(desk.server.key("viewer of ada's", "read", owner="ada"))
    seen = viewer.get(place(waiting)).json()
    assert not seen["may_decide"]
    assert "approve" in seen["why_not"]
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    desk.ada.put(place(waiting, "/assignment"), json={"expires_at": past})
    late = desk.ada.get(place(waiting)).json()
    assert not late["may_decide"]
    assert "until" in late["why_not"]
    desk.ada.put(place(waiting, "/assignment"), json={})
    rejected(desk, waiting)


def test_a_decision_is_one_or_one_for_each(desk: Callers) -> None:
    waiting = waiting_for(desk, f"Please refund order {LATER} in full")
    each = [{"digest": waiting["digests"][0], "kind": "approve"}]
    bodies: tuple[dict[str, Any], ...] = ({"kind": "reject", "decisions": each}, {"decisions": []})
    for body in bodies:
        assert desk.ada.post(place(waiting, "/decision"), json=body).status_code == 422
    rejected(desk, waiting)
