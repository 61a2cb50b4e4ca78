"""Triggers: what they fired and will fire, running them now, pausing them, and bringing back dead letters."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Opening = Callable[..., Any]
PATIENCE_S = 60.0
THREAD = re.compile(r"/ui/threads/[0-9a-f-]{36}$")
FILES = {
    "podium.toml": """
[project]
name = "harbour"

[triggers.arrivals]
kind = "event"
graph = "berths"
input = { ship = "{{ data.ship }}", metres = "{{ data.metres }}" }
attempts = 1

[triggers.arrivals.schemas.1]
type = "object"
required = ["ship", "metres"]

[triggers.arrivals.schemas.1.properties]
ship = { type = "string", title = "Ship" }
metres = { type = "number", title = "Length in metres" }

[triggers.morning]
kind = "schedule"
graph = "berths"
schedule = "30 6 29 3 *"
timezone = "Europe/Berlin"
input = { ship = "the pilot boat", metres = 12 }
""",
    "langgraph.json": '{ "graphs": { "berths": "./berths.py:graph" } }',
    "berths.py": """
from typing import TypedDict

from langgraph.graph import StateGraph


class State(TypedDict, total=False):
    ship: str
    metres: float
    berth: str


def assign(state: State) -> State:
    if state["metres"] > 200:
        raise ValueError(f"no berth for {state['metres']} metres")
    return {"berth": "quay" if state["metres"] > 50 else "jetty"}


graph = StateGraph(State).add_node(assign).set_entry_point("assign").compile()
""",
}


def build(folder: Path) -> Path:
    """A project with a trigger of events and a schedule."""
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory, serving: Callable[..., Any]) -> Any:
    """The project, served."""
    return serving(build(tmp_path_factory.mktemp("ui") / "harbour"))


@pytest.fixture
def page(harbour: Any, opening: Opening) -> Iterator[Page]:
    """The start page of the harbour's UI."""
    with opening(harbour.ui) as page:
        yield page


def given_up(harbour: Any, event: str, ship: str, *, trigger: str = "arrivals", key: str = "") -> None:
    """Send an event that no berth is long enough for, and wait until it was given up."""
    with harbour.client(key) as client:
        place = f"/podium/v1/triggers/{trigger}/events"
        client.post(place, json={"id": event, "data": {"ship": ship, "metres": 3000}}).raise_for_status()
        deadline = time.monotonic() + PATIENCE_S
        while client.get(f"{place}/{event}").json()["status"] != "dead":
            assert time.monotonic() < deadline
            time.sleep(0.1)


def status(harbour: Any, event: str) -> str:
    with harbour.client() as client:
        told: str = client.get(f"/podium/v1/triggers/arrivals/events/{event}").json()["status"]
        return told


def test_task_14_a_schedule_runs_now(harbour: Any, first_time: Opening) -> None:
    with first_time(harbour) as page:
        page.get_by_role("link", name="Triggers").click()
        page.get_by_role("link", name="morning").click()
        page.get_by_role("button", name="Run now").click()
        fired = page.get_by_role("table", name="What it fired").get_by_role("row").nth(1)
        expect(fired).to_contain_text("done")
    expect(fired.get_by_role("link")).to_have_attribute("href", THREAD)


def test_an_event_is_sent_by_a_form_of_its_schema(page: Page) -> None:
    page.get_by_role("link", name="Triggers").click()
    page.get_by_role("link", name="arrivals").click()
    page.get_by_role("button", name="Run now").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Event's id").fill("call-by-hand")
    dialog.get_by_label("Ship").fill("Gull")
    dialog.get_by_label("Length in metres").fill("80")
    dialog.get_by_role("button", name="Send").click()
    fired = page.get_by_role("table", name="What it fired").get_by_role("row").filter(has_text="call-by-hand")
    expect(fired).to_contain_text("done")


def test_task_15_a_dead_letter_is_brought_back(harbour: Any, first_time: Opening) -> None:
    given_up(harbour, "call-1", "Albatross")
    with first_time(harbour) as page:
        page.get_by_role("link", name="Triggers").click()
        page.get_by_role("link", name="dead letters of arrivals").click()
        letter = page.locator("section").filter(has_text="call-1").first
        expect(letter).to_contain_text("no berth for 3000")
        letter.get_by_role("button", name="Replay", exact=True).click()
        expect(page.get_by_text("call-1 is carried out again.")).to_be_visible()


def test_a_dead_letter_is_mended_and_replayed(harbour: Any, opening: Opening) -> None:
    given_up(harbour, "call-2", "Petrel")
    with opening(f"{harbour.ui}triggers/arrivals?view=dead") as page:
        letter = page.locator("section").filter(has_text="call-2").first
        letter.get_by_role("button", name="Mend and replay…").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_label("Ship")).to_have_value("Petrel")
        dialog.get_by_label("Length in metres").fill("30")
        dialog.get_by_role("button", name="Replay it mended").click()
        expect(page.get_by_role("heading", name="call-2")).to_have_count(0)
        page.get_by_role("link", name="History").click()
        fired = page.get_by_role("table", name="What it fired").get_by_role("row").filter(has_text="call-2")
        expect(fired).to_contain_text("done")
    assert status(harbour, "call-2") == "done"


def test_next_firings_are_told_in_a_zone_of_ones_choice(harbour: Any, opening: Opening) -> None:
    with opening(f"{harbour.ui}triggers/morning?view=next") as page:
        first = page.locator("ol").get_by_role("listitem").first
        expect(first).to_contain_text("06:30")
        page.get_by_label("Time zone").select_option("Asia/Tokyo")
        expect(first).to_contain_text("UTC+09:00")
        expect(first).not_to_contain_text("06:30")
        page.reload()
        expect(first).to_contain_text("UTC+09:00")


def test_a_trigger_is_paused_and_resumed(harbour: Any, opening: Opening) -> None:
    with opening(f"{harbour.ui}triggers/morning") as page:
        page.get_by_role("button", name="Pause").click()
        expect(page.get_by_text("its times pass.")).to_be_visible()
        with harbour.client() as client:
            assert client.get("/podium/v1/triggers/morning").json()["paused"] is True
        page.get_by_role("button", name="Resume").click()
        expect(page.get_by_text("its times pass.")).to_have_count(0)


CALLS = {
    "kind": "event",
    "graph": "berths",
    "input": {"ship": "{{ data.ship }}", "metres": "{{ data.metres }}"},
    "attempts": 1,
}


def test_a_viewer_may_look_but_begin_nothing(
    keyed_of: Callable[[Path], Any], opening: Opening, watch: Any, tmp_path: Path
) -> None:
    watch.allowed.append("401")  # before the key is given
    keyed = keyed_of(build(tmp_path / "harbour"))
    with keyed.desk.client(keyed.both) as client:
        client.put("/podium/v1/triggers/calls", json=CALLS).raise_for_status()
    given_up(keyed.desk, "call-1", "Albatross", trigger="calls", key=keyed.both)
    reason = "Your key may look, but not begin anything."
    refused: list[str] = []
    with opening(f"{keyed.desk.ui}triggers") as page:
        keyed.open(page, keyed.viewer)
        page.get_by_role("link", name="calls", exact=True).click()
        page.on("response", lambda told: refused.append(told.url) if told.status >= 400 else None)
        page.on("request", lambda asked: refused.append(asked.url) if asked.method != "GET" else None)
        expect(page.get_by_text(reason)).to_be_visible()
        for name in ("Run now", "Pause"):
            expect(page.get_by_role("button", name=name)).to_be_disabled()
        expect(page.get_by_role("table", name="What it fired")).to_contain_text("call-1")
        page.goto(f"{keyed.desk.ui}triggers/calls?view=dead")
        letter = page.locator("section").filter(has_text="call-1").first
        expect(letter).to_contain_text("no berth for 3000")
        for name in ("Replay", "Mend and replay…"):
            button = letter.get_by_role("button", name=name, exact=True)
            expect(button).to_be_disabled()
            expect(button).to_have_attribute("title", reason)
        page.goto(f"{keyed.desk.ui}triggers/calls?view=next")
        expect(page.get_by_role("heading", level=1)).to_have_text("calls")
        assert refused == []
