"""Actions that two people have to approve, in process, in the terminal and in graphs of someone else's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import Command

from podium import Podium, govern
from podium.app.results import Decision, Reply
from podium.core.principal import Principal
from podium.graphs.answers import CONFIG_KEY_BROUGHT, Brought
from podium.testing.command_line import CommandLine

REFUND = "Please refund order O-10004 in full, the kettle was broken"
TWO = "Please refund order O-10003 in full and give customer C-1001 a credit of 5.00"
ADA, BOB = Principal("key:ada"), Principal("key:bob")


def ask_people(folder: Path, people: int) -> None:
    place = folder / "guardrails" / "policy.yaml"
    policy = yaml.safe_load(place.read_text(encoding="utf-8"))
    policy["effects"]["compensable"]["people"] = people
    place.write_text(yaml.safe_dump(policy), encoding="utf-8")


@pytest.fixture
def app(desk: Path) -> Iterator[Podium]:
    """The desk, where two people approve what is made good by a counter-action."""
    ask_people(desk, 2)
    with Podium.from_project(desk) as opened:
        yield opened


def say(app: Podium, who: Principal, thread: str, **decision: Any) -> Reply:
    return app.acting_as(who).resume_sync(thread, Decision(**decision))


def statuses(app: Podium, thread: str) -> list[str]:
    return [effect.status for effect in app.effects_sync(thread)]


def test_the_second_of_two_people_has_it_done(app: Podium) -> None:
    first = app.ask_sync(REFUND)
    assert (first.interrupts[0].people, first.interrupts[0].consents) == (2, ())
    waits = say(app, ADA, first.thread_id, kind="approve")
    assert (waits.status, waits.error) == ("interrupted", None)
    assert [one.principal for one in waits.interrupts[0].consents] == ["key:ada"]
    assert waits.interrupts[0].id != first.interrupts[0].id
    again = say(app, ADA, first.thread_id, kind="approve")
    assert again.error is not None
    assert again.error.code == "consent_repeated"
    assert say(app, BOB, first.thread_id, kind="approve").status == "completed"
    assert statuses(app, first.thread_id) == ["verified"]


def test_what_one_refuses_stays_refused_while_the_rest_waits(app: Podium) -> None:
    first = app.ask_sync(TWO)
    refund, credit = first.interrupts[0].digests
    waits = say(app, ADA, first.thread_id, kind="approve", digests=(refund,))
    assert waits.interrupts[0].digests == (refund,)
    assert sorted(statuses(app, first.thread_id)) == ["proposed", "rejected"]
    done = say(app, BOB, first.thread_id, kind="approve")
    assert {action.digest: action.status for action in done.actions} == {
        refund: "verified",
        credit: "rejected",
    }


def test_a_policy_that_changed_asks_everybody_anew(app: Podium, desk: Path) -> None:
    thread = app.ask_sync(REFUND).thread_id
    say(app, ADA, thread, kind="approve")
    ask_people(desk, 3)
    waits = say(app, BOB, thread, kind="approve")
    assert waits.status == "interrupted"
    assert (waits.interrupts[0].people, waits.interrupts[0].consents) == (3, ())
    for who in (BOB, ADA):
        assert say(app, who, thread, kind="approve").status == "interrupted"
    assert say(app, Principal("key:cy"), thread, kind="approve").status == "completed"


def test_an_edit_counts_for_what_it_made(app: Podium) -> None:
    thread = app.ask_sync(REFUND).thread_id
    say(app, ADA, thread, kind="approve")
    for who, amount in ((BOB, "10.00"), (ADA, "20.00"), (BOB, "30.00")):
        waits = say(app, who, thread, kind="edit", args={"amount": amount})
        assert [one.principal for one in waits.interrupts[0].consents] == [who.id]
    done = say(app, ADA, thread, kind="approve")
    (verified,) = [action for action in done.actions if action.status == "verified"]
    assert verified.args["amount"] == "30.00"


def test_in_the_terminal_there_is_one_person(desk: Path) -> None:
    ask_people(desk, 2)
    podium = CommandLine(desk)
    thread = podium("ask", REFUND, "--json").json["thread_id"]
    once = podium("resume", thread, "--approve")
    assert once.code == 3
    assert "Approved by 1 of 2 people" in once.out
    twice = podium("resume", thread, "--approve")
    assert twice.code == 3
    assert twice.error() == "consent_repeated"
    found = next(check for check in podium("doctor", "--json").json["checks"] if check["name"] == "approvals")
    assert found["status"] == "warn"
    assert "asks 2 people" in found["detail"]


def test_a_governed_tool_waits_for_two_people(tmp_path: Path) -> None:
    (tmp_path / "podium.toml").write_text(
        '[project]\nname = "library"\n\n[policy]\nfiles = ["policy.yaml"]\n', encoding="utf-8"
    )
    (tmp_path / "policy.yaml").write_text("effects: {irreversible: {people: 2}}\n", encoding="utf-8")
    lent: list[str] = []

    def lend(title: str) -> str:
        """Lend a book."""
        lent.append(title)
        return f"lent {title}"

    def told(run: str, who: Principal, said: Any) -> RunnableConfig:
        brought = Brought(run, said) if run else None
        place = {"thread_id": "t", "podium_principal": who, CONFIG_KEY_BROUGHT: brought}
        return {"configurable": place}

    approve = {"decisions": [{"type": "approve"}]}
    call = AIMessage("", tool_calls=[{"name": "lend", "args": {"title": "Emma"}, "id": "c"}])
    with Podium.from_project(tmp_path) as app:
        builder = StateGraph(MessagesState)
        builder.add_node("tools", ToolNode([govern(lend, app=app)]))
        builder.add_edge(START, "tools")
        builder.add_edge("tools", END)
        graph = builder.compile(checkpointer=InMemorySaver())

        def answer(run: str, who: Principal) -> dict[str, Any]:
            reply = graph.invoke(Command(resume=approve), told(run, who, approve))
            waits = reply.get("__interrupt__")
            return dict(waits[0].value) if waits else {}

        asked: Any = {"messages": [("user", "Lend it"), call]}
        (waiting,) = graph.invoke(asked, told("", ADA, None))["__interrupt__"]
        assert (waiting.value["people"], waiting.value["consents"]) == (2, [])
        assert answer("", ADA)["problem"]["code"] == "consent_unclear"
        assert [one["principal"] for one in answer("one", ADA)["consents"]] == ["key:ada"]
        assert answer("two", ADA)["problem"]["code"] == "consent_repeated"
        assert lent == []
        assert answer("three", BOB) == {}
        assert lent == ["Emma"]
