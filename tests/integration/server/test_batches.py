"""Batches of runs as each stock client sends them."""

from __future__ import annotations

import httpx
import pytest

from podium.testing.server import Server


@pytest.mark.parametrize(
    "run",
    [
        {"assistant_id": "steps", "stream_mode": "updates", "if_not_exists": "create"},
        {"assistantId": "steps", "assistant_id": "steps", "streamMode": "updates", "ifNotExists": "create"},
    ],
    ids=["python", "javascript"],
)
def test_a_batch_in_either_spelling_is_taken(stock: Server, run: dict[str, str]) -> None:
    answer = stock.client().post("/runs/batch", json=[{**run, "input": {"text": "x"}}])
    assert answer.status_code == httpx.codes.OK
    (made,) = answer.json()
    assert made["kwargs"]["stream_mode"] == ["updates"]


def test_an_unknown_field_of_a_batch_is_named(stock: Server) -> None:
    answer = stock.client().post("/runs/batch", json=[{"assistant_id": "steps", "streamMood": "good"}])
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert "streamMood" in answer.json()["detail"]
