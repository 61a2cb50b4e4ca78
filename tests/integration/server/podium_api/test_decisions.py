"""Why turns went where they went, over HTTP; and where other thresholds would send them."""

from __future__ import annotations

from typing import Any

import httpx

from podium.testing.server import Callers

PLACE = "/podium/v1/threads/{}/decisions"
WHAT_IF = "/podium/v1/decisions/what-if"


def decisions(client: httpx.Client, thread: str, **params: Any) -> list[dict[str, Any]]:
    answer = client.get(PLACE.format(thread), params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["decisions"])


def test_a_decision_tells_what_it_was_made_from(desk: Callers, answered: str) -> None:
    (found,) = decisions(desk.ada, answered)
    assert (found["kind"], found["node"], found["route"]) == ("route", "critique", "answer")
    assert (found["rule"], found["threshold"]) == ("threshold.answer", 0.55)
    assert found["confidence"]["score"] >= found["threshold"]
    assert {"support", "relevance"} <= {factor["name"] for factor in found["confidence"]["factors"]}
    assert (found["policy"]["file"], found["policy"]["current"]) == ("guardrails/policy.yaml", True)
    assert (found["facts"]["suggestion"], found["facts"]["effects"]) == ("accept", [])
    assert found["facts"]["thresholds"]["answer"] == 0.55
    assert found["who"] == "ada"


def test_a_decision_names_the_checkpoint_that_it_began_from(desk: Callers, answered: str) -> None:
    (found,) = decisions(desk.ada, answered)
    history = desk.ada.get(f"/threads/{answered}/history", params={"limit": 100}).json()
    wrote = next(one for one in history if one["metadata"]["step"] == found["step"])
    assert wrote["parent_checkpoint"]["checkpoint_id"] == found["checkpoint_id"]
    assert wrote["values"]["decision"]["route"] == found["route"]


def test_a_persons_word_is_a_decision_too(desk: Callers, refunded: str) -> None:
    asked, said = decisions(desk.ada, refunded)
    assert (asked["route"], asked["rule"]) == ("escalate", "approval")
    (effect,) = asked["facts"]["effects"]
    assert (effect["tool"], effect["effect"], effect["needs_person"]) == ("issue_refund", "compensable", True)
    assert (said["kind"], said["route"], said["rule"], said["who"]) == ("review", "approve", "person", "root")
    assert (said["confidence"], said["facts"]) == (None, None)


def test_a_guardrail_that_refuses_at_once_is_told(desk: Callers) -> None:
    thread = desk.ask(desk.ada, "support_desk", "refund " * 3_000)
    (found,) = decisions(desk.ada, thread)
    assert (found["kind"], found["node"], found["rule"]) == ("refusal", "admit", "length")


def test_pages_follow_each_other(desk: Callers, refunded: str) -> None:
    first = desk.ada.get(PLACE.format(refunded), params={"limit": 1}).json()
    rest = desk.ada.get(PLACE.format(refunded), params={"after": first["next"]}).json()
    assert (len(first["decisions"]), len(rest["decisions"]), rest["next"]) == (1, 1, None)
    assert decisions(desk.ada, refunded, run_id=first["decisions"][0]["run_id"])


def test_other_thresholds_are_tried_on_what_is_on_record(desk: Callers, answered: str, refunded: str) -> None:
    tried = desk.ada.post(WHAT_IF, json={"thresholds": {"answer": 1.0}}).json()
    assert (tried["in_force"]["answer"], tried["tried"]["answer"]) == (0.55, 1.0)
    assert tried["decisions"] == sum(tried["now"].values()) == sum(tried["then"].values())
    assert answered in {run["thread_id"] for run in tried["runs"]}
    assert refunded not in {run["thread_id"] for run in tried["runs"]}
    same = desk.ada.post(WHAT_IF, json={"thresholds": {}}).json()
    assert (same["changed"], same["recorded"]) == (0, same["then"])
    alone = desk.ada.post(WHAT_IF, json={"thresholds": {"answer": 1.0}, "thread_id": answered}).json()
    assert (alone["decisions"], alone["changed"], alone["runs"][0]["right"]) == (1, 1, None)
    desk.ada.post(f"/podium/v1/threads/{answered}/feedback", json={"rating": 1}).raise_for_status()
    liked = desk.ada.post(WHAT_IF, json={"thresholds": {"answer": 1.0}, "thread_id": answered}).json()
    assert (liked["right_lost"], liked["runs"][0]["right"]) == (1, True)


def test_thresholds_that_do_not_fit_together_are_refused(desk: Callers) -> None:
    for thresholds in ({"reversible": 0.99}, {"answer": 7}, {"unknown": 0.5}):
        refused = desk.ada.post(WHAT_IF, json={"thresholds": thresholds})
        assert (refused.status_code, refused.json()["code"]) == (422, "input_invalid")


def test_what_is_anothers_is_neither_told_nor_counted(desk: Callers, answered: str) -> None:
    for client in (desk.bob, desk.stranger):
        assert client.get(PLACE.format(answered)).status_code == 404
        assert client.post(WHAT_IF, json={"thresholds": {}}).json()["decisions"] == 0
    assert desk.admin.post(WHAT_IF, json={"thresholds": {}}).json()["decisions"] > 0


def test_a_viewer_may_look_and_try(desk: Callers) -> None:
    viewer = desk.server.client(
        desk.server.services.key_ring.keys.create("v", roles=["viewer"], owner="ada")[1]
    )
    assert viewer.post(WHAT_IF, json={"thresholds": {}}).json()["decisions"] > 0
    policy = viewer.get("/podium/v1/decisions/policy").json()
    assert policy["version"] == desk.server.services.app.context.policy.version
    assert {"injection", "grounding"} <= {rule["name"] for rule in policy["rules"]}


def test_what_a_thread_decided_goes_with_it(desk: Callers) -> None:
    thread = desk.ask(desk.ada, "support_desk", "What is the returns policy?")
    database = desk.server.services.database
    count = "SELECT count(*) FROM decisions WHERE thread_id=?"
    assert database.read(lambda c: c.execute(count, (thread,)).fetchone()) == (1,)
    desk.ada.delete(f"/threads/{thread}").raise_for_status()
    assert database.read(lambda c: c.execute(count, (thread,)).fetchone()) == (0,)
