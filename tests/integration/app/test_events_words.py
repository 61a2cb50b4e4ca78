"""What an event says is not a user's word: an action that is built from it goes to a person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from podium.app.podium import Podium
from podium.core.evidence import Trust
from podium.runtime.triggers.events import marked

PROVENANCE = "SELECT provenance FROM effects"
CHANGE = "Change the address of order O-10002 to 5 Mill Lane, York, YO1 7AA"


def begun(app: Podium, text: str, trust: Trust) -> str:
    """The thread of a run that an event began."""
    given: Any = marked({"messages": [{"role": "user", "content": text}]}, "mail", trust)
    app.graph.invoke(given, {"configurable": {"thread_id": f"event-{trust}"}})
    return f"event-{trust}"


def test_what_a_user_asks_for_is_done(app: Podium) -> None:
    assert app.ask_sync(CHANGE).status == "completed"


@pytest.mark.parametrize("trust", ["untrusted", "internal"])
def test_what_an_event_asks_for_waits_for_a_person_and_says_where_it_came_from(
    app: Podium, trust: Trust
) -> None:
    thread = begun(app, CHANGE, trust)
    (waiting,) = app.pending_sync(thread)
    (action,) = waiting.actions
    assert action.status == "proposed"
    (told,) = app.database.read(lambda connection: connection.execute(PROVENANCE).fetchall())
    found = {(one["origin"], one["source"], one["trust"]) for one in json.loads(told[0]).values()}
    assert found == {("event", "mail", trust)}


def test_a_trigger_whose_events_are_trusted_speaks_as_a_user_does(app: Podium) -> None:
    thread = begun(app, CHANGE, "trusted")
    assert app.pending_sync(thread) == ()
    (effect,) = app.effects_sync(thread)
    assert effect.status == "verified"


def test_what_a_person_says_later_in_its_thread_is_theirs(app: Podium, desk: Path) -> None:
    thread = begun(app, "How long do I have to return a knife?", "untrusted")
    reply = app.ask_sync(CHANGE, thread_id=thread)
    assert reply.status == "completed"


def test_a_guardrail_that_changes_the_text_leaves_the_mark(app: Podium) -> None:
    thread = begun(app, f"{CHANGE}\u200b", "untrusted")  # a hidden character, which is taken out
    said = app.graph.get_state({"configurable": {"thread_id": thread}}).values["messages"][0]
    assert isinstance(said, HumanMessage)
    assert "\u200b" not in said.text
    assert app.pending_sync(thread)
