"""The trace of a thread has its prompts exactly as they were sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from podium.app.podium import Podium
from podium.testing.helpful import HelpfulModel
from podium.testing.openai_server import OpenAIServer
from podium.testing.server import served

Serve = Callable[..., OpenAIServer]
Open = Callable[..., Podium]


def test_prompts_are_told_as_they_were_sent(open_library: Open, serve: Serve, library: Path) -> None:
    server = serve(HelpfulModel())
    thread = open_library(server).ask_sync("How long may a book be kept?").thread_id
    with served(library) as serving:
        client, path = serving.client(), f"/podium/v1/threads/{thread}/trace"
        listed = [span for span in client.get(path).json()["spans"] if span["kind"] == "model"]
        calls = [client.get(f"{path}/{span['seq']}").json()["model"] for span in listed]
    assert [call["role"] for call in calls] == ["planner", "retriever", "executor", "critic"]
    assert [call["messages"] for call in calls] == [
        [{"role": one["role"], "text": one["content"]} for one in request["messages"]]
        for request in server.requests
    ]
    assert all(call["reply"] and call["input_tokens"] > 0 and call["window"] for call in calls)
