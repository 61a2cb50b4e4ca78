"""Four eyes: an action that two people have to approve happens by the word of two, on every way in."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from podium.core.principal import Principal
from podium.testing.server import Callers, served

REFUND = "Issue a refund for order O-10004"
"""Of an order that no test refunds."""


CUT_OFF = """
import sys
from pathlib import Path
from podium.testing.crashpoints import KillAt
from podium.testing.server import Callers, served

with served(Path(sys.argv[1]), dev=False, crash_points=KillAt(sys.argv[2])) as server:
    desk = Callers.of(server, Path(sys.argv[1]))
    thread_id = desk.ask(desk.ada, "support_desk", "Issue a refund for order O-10007")
    waiting = desk.waiting(desk.ada, thread_id)
    print(thread_id, flush=True)
    if sys.argv[3] == "decision":
        place = f"/podium/v1/threads/{thread_id}/interrupts/{waiting['interrupt_id']}/decision"
        desk.ada.post(place, json={"kind": "approve"})
    else:
        body = {"assistant_id": "support_desk", "command": {"resume": "approve"}}
        desk.ada.post(f"/threads/{thread_id}/runs/wait", json=body)
"""


def four_eyed(reference: Path, folder: Path) -> Path:
    """A copy of the reference project where two people approve what cannot be taken back exactly."""
    shutil.copytree(reference, folder)
    place = folder / "guardrails" / "policy.yaml"
    policy = yaml.safe_load(place.read_text(encoding="utf-8"))
    for name in ("compensable", "irreversible"):
        policy["effects"].setdefault(name, {}).update(people=2, approval="person")
    place.write_text(yaml.safe_dump(policy), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def desk(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callers]:
    """A desk where two people approve what cannot be taken back exactly."""
    folder = four_eyed(reference, tmp_path_factory.mktemp("four-eyes") / "desk")
    with served(folder, dev=False) as server:
        yield Callers.of(server, folder)


def place_of(desk: Callers, who: httpx.Client, thread_id: str) -> str:
    waiting = desk.waiting(who, thread_id)
    return f"/podium/v1/threads/{thread_id}/interrupts/{waiting['interrupt_id']}"


def decide(desk: Callers, who: httpx.Client, thread_id: str, kind: str, **more: Any) -> dict[str, Any]:
    place = place_of(desk, who, thread_id)
    answer = who.post(f"{place}/decision", json={"kind": kind, **more})
    answer.raise_for_status()
    return dict(answer.json())


def statuses(desk: Callers, thread_id: str) -> list[str]:
    found = desk.admin.get(f"/podium/v1/threads/{thread_id}/effects").json()["effects"]
    return [one["status"] for one in found if one["effect"] != "read"]


def test_it_is_done_when_a_second_person_has_approved(desk: Callers) -> None:
    thread_id = desk.ask(desk.ada, "support_desk", "Issue a refund for order O-10003")
    assert desk.waiting(desk.ada, thread_id)["people"] == 2
    first = decide(desk, desk.ada, thread_id, "approve")
    assert first["status"] == "interrupted"
    waiting = desk.waiting(desk.admin, thread_id)
    assert [one["principal"] for one in waiting["consents"]] == ["ada"]
    assert waiting["consents"][0]["digest"] == waiting["digests"][0]
    assert statuses(desk, thread_id) == ["proposed"]
    assert decide(desk, desk.admin, thread_id, "approve")["status"] == "completed"
    assert statuses(desk, thread_id) == ["verified"]


def test_the_same_person_twice_is_refused(desk: Callers) -> None:
    thread_id = desk.ask(desk.ada, "support_desk", REFUND)
    decide(desk, desk.ada, thread_id, "approve")
    again = decide(desk, desk.ada, thread_id, "approve")
    assert again["status"] == "interrupted"
    assert again["reply"]["error"]["code"] == "consent_repeated"
    assert "another person must" in again["reply"]["error"]["message"]
    detail = desk.ada.get(place_of(desk, desk.ada, thread_id)).json()["detail"]["actions"][0]
    assert (detail["people"], len(detail["consents"])) == (2, 1)
    assert detail["has_approved"]
    assert not detail["may_approve"]
    assert statuses(desk, thread_id) == ["proposed"]


@pytest.mark.parametrize(
    ("order", "said", "named"),
    [
        ("O-10005", {"decisions": [{"type": "approve"}]}, False),
        ("O-10007", "approve", False),
        ("O-10011", {"decisions": [{"type": "approve"}]}, True),
        ("O-10012", "approve", True),
    ],
)
def test_stock_clients_count_as_people(desk: Callers, order: str, said: object, *, named: bool) -> None:
    thread_id = desk.ask(desk.ada, "support_desk", f"Issue a refund for order {order}")

    def resume(who: httpx.Client) -> None:
        waiting = desk.waiting(who, thread_id)["interrupt_id"]
        command = {"resume": {waiting: said} if named else said}
        body = {"assistant_id": "support_desk", "command": command}
        who.post(f"/threads/{thread_id}/runs/wait", json=body).raise_for_status()

    resume(desk.ada)
    resume(desk.ada)
    assert statuses(desk, thread_id) == ["proposed"]
    resume(desk.admin)
    assert statuses(desk, thread_id) == ["verified"]


def test_whoever_refuses_ends_it(desk: Callers) -> None:
    thread_id = desk.ask(desk.ada, "support_desk", REFUND)
    decide(desk, desk.ada, thread_id, "approve")
    assert decide(desk, desk.admin, thread_id, "reject", message="too much")["status"] == "completed"
    assert statuses(desk, thread_id) == ["rejected"]


def test_an_edit_begins_anew(desk: Callers) -> None:
    thread_id = desk.ask(desk.ada, "support_desk", "Issue a refund for order O-10015")
    before = desk.waiting(desk.ada, thread_id)["digests"]
    decide(desk, desk.ada, thread_id, "approve")
    args = desk.waiting(desk.admin, thread_id)["actions"][0]["args"]
    name, value = next((key, one) for key, one in args.items() if isinstance(one, str) and key == "reason")
    decide(desk, desk.admin, thread_id, "edit", args={name: value + " of the shop"})
    waiting = desk.waiting(desk.ada, thread_id)
    assert waiting["digests"] != before
    assert [one["principal"] for one in waiting["consents"]] == ["root"]
    assert sorted(statuses(desk, thread_id)) == ["proposed", "superseded"]
    assert decide(desk, desk.ada, thread_id, "approve")["status"] == "completed"
    assert sorted(statuses(desk, thread_id)) == ["superseded", "verified"]


def test_a_run_cannot_say_whose_word_it_brings(desk: Callers) -> None:
    thread_id = desk.ask(desk.ada, "support_desk", REFUND)
    decide(desk, desk.ada, thread_id, "approve")
    spoofed = {"podium_brought": "x", "podium_principal": "root", "run_id": "another"}
    body = {
        "assistant_id": "support_desk",
        "command": {"resume": "approve"},
        "config": {"configurable": spoofed},
    }
    desk.ada.post(f"/threads/{thread_id}/runs/wait", json=body)
    assert statuses(desk, thread_id) == ["proposed"]
    assert [one["principal"] for one in desk.waiting(desk.ada, thread_id)["consents"]] == ["ada"]


async def test_an_app_in_process_counts_its_people(desk: Callers) -> None:
    from podium.app.results import Decision

    thread_id = desk.ask(desk.ada, "support_desk", REFUND)
    app = desk.server.services.app
    place = app.acting_as(Principal("local:ada"))
    reply = place.resume_sync(thread_id, Decision(kind="approve"))
    assert [one.principal for one in reply.interrupts[0].consents] == ["local:ada"]


@pytest.mark.parametrize("way", ["decision", "run"])
def test_what_was_approved_before_a_kill_is_approved_once_after_it(
    reference: Path, tmp_path: Path, way: str
) -> None:
    folder = four_eyed(reference, tmp_path / "desk")
    command = [sys.executable, "-c", CUT_OFF, str(folder), "human:consented", way]
    cut = subprocess.run(command, capture_output=True, text=True, check=False)
    assert cut.returncode == -signal.SIGKILL, cut.stderr
    thread_id = cut.stdout.strip()
    with served(folder, dev=False) as server:
        again = Callers.of(server, folder)
        deadline = time.monotonic() + 30
        while again.ada.get(f"/threads/{thread_id}").json()["status"] == "busy":
            assert time.monotonic() < deadline
        waiting = again.waiting(again.ada, thread_id)
        assert [one["principal"] for one in waiting["consents"]] == ["ada"]
        assert statuses(again, thread_id) == ["proposed"]
        twice = decide(again, again.ada, thread_id, "approve")
        assert twice["reply"]["error"]["code"] == "consent_repeated"
        assert decide(again, again.admin, thread_id, "approve")["status"] == "completed"
        assert statuses(again, thread_id) == ["verified"]


def given_to_bob(desk: Callers) -> str:
    """A thread in which bob is to decide."""
    thread_id = desk.ask(desk.ada, "support_desk", REFUND)
    place = place_of(desk, desk.admin, thread_id)
    desk.admin.put(f"{place}/assignment", json={"assignee": "bob"}).raise_for_status()
    return thread_id


def test_who_is_to_decide_stays_so_when_another_approves_first(desk: Callers) -> None:
    thread_id = given_to_bob(desk)
    decide(desk, desk.admin, thread_id, "approve")
    assert desk.waiting(desk.bob, thread_id)["assignee"] == "bob"
    decide(desk, desk.bob, thread_id, "reject")
    assert statuses(desk, thread_id) == ["rejected"]


def test_who_was_to_decide_and_did_leaves_it_to_others(desk: Callers) -> None:
    thread_id = given_to_bob(desk)
    decide(desk, desk.bob, thread_id, "approve")
    assert desk.waiting(desk.ada, thread_id)["assignee"] is None
    now = place_of(desk, desk.ada, thread_id)
    assert desk.bob.get(now).status_code == 404
    assert decide(desk, desk.ada, thread_id, "reject")["status"] == "completed"


@pytest.mark.parametrize("named", [False, True])
def test_a_bare_approval_is_not_for_what_somebody_has_changed_since(desk: Callers, *, named: bool) -> None:
    thread_id = desk.ask(desk.ada, "support_desk", REFUND)
    decide(desk, desk.admin, thread_id, "edit", args={"amount": "1.00"})
    said: Any = {"decisions": [{"type": "approve"}]}
    if named:
        said = {desk.waiting(desk.ada, thread_id)["interrupt_id"]: said}
    body = {"assistant_id": "support_desk", "command": {"resume": said}}
    desk.ada.post(f"/threads/{thread_id}/runs/wait", json=body).raise_for_status()
    assert set(statuses(desk, thread_id)) == {"superseded", "verified" if named else "proposed"}
