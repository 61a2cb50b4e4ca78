"""Whole turns with language agents over HTTP: an answer, an action, and what stands in when a model fails."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from podium.app.podium import Podium
from podium.app.results import Decision
from podium.testing.helpful import HelpfulModel, shape_of
from podium.testing.openai_server import OpenAIServer, Reply

Serve = Callable[..., OpenAIServer]
Open = Callable[..., Podium]
QUESTION = "How long may a book be kept?"
RESERVE = HelpfulModel({"Reserve": ("reserve_room", {"name": "Blue"})})
DOWN = Reply(fault="server_error")


def model_events(library: Path) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(library / ".podium" / "podium.db")) as stored:
        rows = stored.execute("SELECT payload FROM events WHERE kind = 'span.model' ORDER BY seq").fetchall()
    return [json.loads(row[0])["attributes"] for row in rows]


def files_with(key: str, library: Path) -> list[Path]:
    """What Podium wrote that holds the key; Chroma's own index files are its business."""
    kept = [
        path for path in (library / ".podium").rglob("*") if path.is_file() and "chroma" not in path.parts
    ]
    return [path for path in kept if key.encode() in path.read_bytes()]


def test_a_question_is_answered_with_its_citation(open_library: Open, serve: Serve) -> None:
    server = serve(HelpfulModel())
    reply = open_library(server).ask_sync(QUESTION)
    assert (reply.status, reply.degraded) == ("completed", False)
    assert reply.citations[0].quote == "A book may be kept for 21 days."
    assert "21 days" in reply.answer
    assert reply.usage.model_calls == 4 == len(server.requests)


def test_an_action_is_proposed_approved_and_carried_out_once(
    open_library: Open, serve: Serve, library: Path
) -> None:
    app = open_library(serve(RESERVE))
    waiting = app.ask_sync("Reserve the room Blue for me")
    assert waiting.status == "interrupted"
    assert [(action.tool, action.args) for action in waiting.actions] == [("reserve_room", {"name": "Blue"})]
    assert not (library / "tools" / "reserved.txt").exists()
    done = app.resume_sync(waiting.thread_id, Decision(kind="approve"))
    assert done.status == "completed"
    assert (library / "tools" / "reserved.txt").read_text() == "Blue\n"


def test_a_price_makes_a_cost_and_no_price_is_said_once(open_library: Open, serve: Serve) -> None:
    server = serve(HelpfulModel())
    prices = '[models.prices."openai:large"]\ninput = 1.0\noutput = 2.0\n'
    priced = open_library(server, prices).ask_sync(QUESTION)
    assert priced.usage.cost == 4 * (11 * 1.0 + 7 * 2.0) / 1_000_000
    assert not priced.notes
    app = open_library(server)
    first = app.ask_sync(QUESTION)
    again = app.ask_sync(QUESTION, thread_id=first.thread_id)
    assert (first.usage.cost, first.usage.unpriced) == (None, 4)
    assert "not known" in first.notes[0]
    assert not again.notes


def test_the_fallback_model_answers_and_the_reply_says_so(open_library: Open, serve: Serve) -> None:
    helpful = HelpfulModel()
    server = serve(lambda body: DOWN if body["model"] == "large" else helpful(body))
    reply = open_library(server, 'fallback = "openai:spare"', retries=0).ask_sync(QUESTION)
    assert (reply.status, reply.degraded) == ("completed", True)
    assert "the fallback model answered" in reply.notes[0]
    assert reply.citations


def test_without_any_model_the_offline_agents_answer_and_the_reply_says_so(
    open_library: Open, serve: Serve
) -> None:
    reply = open_library(serve(DOWN), retries=0).ask_sync(QUESTION)
    assert (reply.status, reply.degraded) == ("completed", True)
    assert "the offline agents answered" in reply.notes[0]
    assert "21 days" in reply.answer


def test_a_wrong_key_is_said_and_never_shown(
    open_library: Open, serve: Serve, library: Path, key: str
) -> None:
    server = serve(Reply(fault="unauthorized"))
    app = open_library(server)
    reply = app.ask_sync(QUESTION)
    app.close()
    assert (reply.status, reply.degraded) == ("completed", True)
    assert len(server.requests) == 1
    assert "its key was refused" in reply.notes[0]
    assert key not in reply.model_dump_json()
    assert files_with(key, library) == []


def test_when_the_model_is_down_a_kept_reply_is_used_and_said_so(open_library: Open, serve: Serve) -> None:
    down: list[bool] = []
    helpful = HelpfulModel()
    server = serve(lambda body: DOWN if down else helpful(body))
    app = open_library(server, retries=0)
    assert not app.ask_sync(QUESTION).degraded
    down.append(True)
    reply = app.ask_sync(QUESTION)
    assert (reply.status, reply.degraded) == ("completed", True)
    assert reply.notes[0].endswith("a kept reply was used")


def test_a_rerun_asks_nobody_when_replies_are_to_be_used_again(open_library: Open, serve: Serve) -> None:
    server = serve(HelpfulModel())
    app = open_library(server, '[models.cache]\nuse = "always"\n')
    first, again = app.ask_sync(QUESTION), app.ask_sync(QUESTION)
    assert first.answer == again.answer
    assert (len(server.requests), again.usage.model_calls, again.degraded) == (4, 0, False)


def test_a_cheap_draft_is_taken_over_where_it_cannot_be_read(open_library: Open, serve: Serve) -> None:
    helpful = HelpfulModel()

    def answer(body: dict[str, Any]) -> str:
        return "no idea" if body["model"] == "small" and shape_of(body) == "PlanDraft" else helpful(body)

    server = serve(answer)
    reply = open_library(server, 'draft = "openai:small"').ask_sync(QUESTION)
    assert (reply.status, reply.degraded) == ("completed", False)
    assert [request["model"] for request in server.requests] == ["small", "large", "small", "small", "small"]


def test_the_record_of_a_call_says_what_it_saw_and_holds_no_key(
    open_library: Open, serve: Serve, library: Path, key: str
) -> None:
    app = open_library(serve(HelpfulModel()))
    app.ask_sync(QUESTION)
    app.close()
    calls = model_events(library)
    assert len(calls) == 4
    included = dict(json.loads(calls[2]["podium.context_included"]))
    assert {"instructions", "task", "request"} <= set(included)
    assert sum(included.values()) <= calls[2]["podium.context_window"]
    assert "podium.context_left_out" in calls[0]
    assert files_with(key, library) == []


def test_five_hundred_turns_fit_a_window_of_eight_thousand_tokens(open_library: Open, serve: Serve) -> None:
    from langchain_core.messages import AIMessage, HumanMessage

    server = serve(HelpfulModel())
    app = open_library(server, "window = 8000")
    talk = [
        message
        for number in range(500)
        for message in (
            HumanMessage(f"Turn {number}: " + "tell me something about the library. " * 8, id=f"u{number}"),
            AIMessage(f"Answer {number}: " + "the library is a place with books. " * 8, id=f"a{number}"),
        )
    ]
    said = app.graph.invoke(
        {"messages": [*talk, HumanMessage(QUESTION, id="last")]}, {"configurable": {"thread_id": "long"}}
    )
    assert (said["outcome"]["status"], said["outcome"]["degraded"]) == ("completed", False)
    assert "21 days" in said["outcome"]["answer"]
    assert len(said["messages"]) == 1002
    for request in server.requests:
        sent = sum(len(str(message["content"]).encode()) for message in request["messages"])
        assert sent / 3 <= 8000 * 0.8
