"""Who may approve is a policy's to say: a run acts with the roles of whoever asked for it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from podium.core.principal import local_principal
from podium.testing.server import Callers, served


@pytest.fixture(scope="module")
def desk(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callers]:
    """A desk where only finance approves refunds."""
    folder = Path(shutil.copytree(reference, tmp_path_factory.mktemp("approvers") / "desk"))
    place = folder / "guardrails" / "policy.yaml"
    policy = yaml.safe_load(place.read_text(encoding="utf-8"))
    for rule in policy["effects"].values():
        rule["approvers"] = ["finance"]
    for rule in policy.get("tools", {}).values():
        rule["approvers"] = ["finance"]
    place.write_text(yaml.safe_dump(policy), encoding="utf-8")
    with served(folder, dev=False) as server:
        yield Callers.of(server, folder)


def person(desk: Callers, *roles: str) -> httpx.Client:
    """Somebody with these roles, whose key says that they are the user of this machine."""
    keys = desk.server.services.key_ring.keys
    return desk.server.client(keys.create("-".join(roles), roles=roles, owner=local_principal().id)[1])


def test_only_the_roles_that_the_policy_names_approve(desk: Callers) -> None:
    plain = person(desk, "operator", "approver")
    finance = person(desk, "operator", "approver", "finance")
    thread_id = desk.ask(plain, "support_desk", "Issue a refund for order O-10007")
    waiting = desk.waiting(plain, thread_id)
    resume = {"assistant_id": "support_desk", "command": {"resume": {"decisions": [{"type": "approve"}]}}}
    place = f"/podium/v1/threads/{thread_id}/interrupts/{waiting['interrupt_id']}/decision"

    def executed() -> list[str]:
        found = plain.get(f"/podium/v1/threads/{thread_id}/effects").json()["effects"]
        return [one["status"] for one in found if one["effect"] != "read"]

    for refused in (
        plain.post(place, json={"kind": "approve"}),
        plain.post(f"/threads/{thread_id}/runs/wait", json=resume),
    ):
        assert "finance" in refused.text
        assert executed() == ["proposed"]
    finance.post(f"/threads/{thread_id}/runs/wait", json=resume).raise_for_status()
    assert executed() == ["verified"]
    history = plain.post(f"/threads/{thread_id}/history", json={"limit": 100}).json()
    back = f"/podium/v1/threads/{thread_id}/rollback"
    to = {"to": history[-1]["checkpoint"]["checkpoint_id"]}
    refused = plain.post(back, json=to)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert "finance" in refused.json()["hint"]
    assert executed() == ["verified"]
    assert plain.post(f"{back}/preview", json=to).status_code == 200
    assert finance.post(back, json=to).json()["complete"]
    assert executed() == ["compensated"]


def test_an_approval_that_was_not_taken_does_not_come_true_by_the_word_of_another(desk: Callers) -> None:
    plain = person(desk, "operator", "approver", "teller")
    finance = person(desk, "operator", "approver", "finance", "head")
    thread_id = desk.ask(plain, "support_desk", "Issue a refund for order O-10004")

    def decide(who: httpx.Client, kind: str) -> httpx.Response:
        waiting = desk.waiting(who, thread_id)
        place = f"/podium/v1/threads/{thread_id}/interrupts/{waiting['interrupt_id']}/decision"
        return who.post(place, json={"kind": kind, "message": "no"})

    assert "finance" in decide(plain, "approve").text
    assert decide(finance, "reject").json()["status"] == "completed"
    found = plain.get(f"/podium/v1/threads/{thread_id}/effects").json()["effects"]
    assert [one["status"] for one in found if one["effect"] != "read"] == ["rejected"]
