"""Batches of runs as each stock client sends them."""

from __future__ import annotations

from uuid import uuid4

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


def test_a_batch_of_which_one_run_is_refused_starts_none(stock: Server) -> None:
    thread = str(uuid4())
    good = {"assistant_id": "steps", "thread_id": thread, "if_not_exists": "create", "input": {"text": "x"}}
    for bad in (
        {**good, "thread_id": str(uuid4()), "if_not_exists": "reject"},
        {**good, "assistant_id": "nobody"},
        {**good, "multitask_strategy": "reject"},
        {**good, "webhook": "https://elsewhere.example"},
    ):
        answer = stock.client().post("/runs/batch", json=[good, bad])
        assert answer.status_code in (404, 409, 422), answer.text
        assert stock.client().get(f"/threads/{thread}").status_code == httpx.codes.NOT_FOUND


def test_a_run_of_a_batch_may_take_the_place_of_one_before_it(stock: Server) -> None:
    thread = str(uuid4())
    run = {"assistant_id": "steps", "thread_id": thread, "if_not_exists": "create", "input": {"text": "x"}}
    answer = stock.client().post("/runs/batch", json=[run, {**run, "multitask_strategy": "interrupt"}])
    first, second = (one["run_id"] for one in answer.json())
    stock.client().get(f"/threads/{thread}/runs/{second}/join")
    ends = [stock.client().get(f"/threads/{thread}/runs/{one}").json()["status"] for one in (first, second)]
    assert ends[0] in ("interrupted", "success")
    assert ends[1] == "success"
