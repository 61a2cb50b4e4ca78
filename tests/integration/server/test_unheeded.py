"""What has no effect is named in the answer; what has one is not."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from podium.testing.server import Server

RUN: dict[str, Any] = {"assistant_id": "steps", "input": {"text": "x"}, "if_not_exists": "create"}
NOWHERE = {"checkpoint_id": "1ef00000-0000-6000-8000-000000000000"}


STATELESS, IN_THREAD = "/runs", "/threads/{}/runs"


def warned(stock: Server, path: str, body: object) -> str:
    answer = stock.client().post(path.format(uuid4()), json=body)
    assert answer.is_success, answer.text
    return str(answer.headers.get("Warning", ""))


@pytest.mark.parametrize("base", [IN_THREAD, STATELESS])
@pytest.mark.parametrize("kind", ["", "/stream", "/wait"])
def test_fields_for_langsmith_are_named(stock: Server, base: str, kind: str) -> None:
    path = f"{base}{kind}"
    given = {**RUN, "feedback_keys": ["taste"], "langsmith_tracer": {"project_name": "p"}}
    assert warned(stock, path, given) == (
        '299 podium "feedback_keys has no effect", 299 podium "langsmith_tracer has no effect"'
    )
    assert warned(stock, path, RUN) == ""


@pytest.mark.parametrize(
    ("path", "given", "named"),
    [
        (IN_THREAD, {"on_disconnect": "cancel"}, "on_disconnect"),
        (IN_THREAD + "/wait", {"on_disconnect": "continue"}, ""),
        (IN_THREAD + "/wait", {"on_completion": "keep"}, "on_completion"),
        (f"{STATELESS}/wait", {"on_completion": "keep"}, ""),
        (f"{STATELESS}/wait", {"checkpoint": NOWHERE}, "checkpoint"),
        (IN_THREAD + "/wait", {"checkpoint_during": True, "durability": "sync"}, "checkpoint_during"),
        (IN_THREAD + "/wait", {"checkpoint_during": True}, ""),
        (IN_THREAD + "/wait", {"command": {"update": {"text": "y"}}}, "input"),
        (IN_THREAD + "/wait", {"command": {"update": {"text": "y"}}, "input": {}}, ""),
        (IN_THREAD + "/wait?verbose=1", {}, "query verbose"),
        (IN_THREAD + "/wait?a%22%0d%0aSet-Cookie:=1", {}, "query a???Set-Cookie?"),
    ],
)
def test_what_means_nothing_where_it_is_sent_is_named(
    stock: Server, path: str, given: dict[str, Any], named: str
) -> None:
    assert warned(stock, path, {**RUN, **given}) == (f'299 podium "{named} has no effect"' if named else "")


def test_each_run_of_a_batch_is_looked_at(stock: Server) -> None:
    assert "feedback_keys" in warned(stock, "/runs/batch", [RUN, {**RUN, "feedback_keys": ["taste"]}])


def test_a_parameter_that_the_route_has_is_not_named(stock: Server) -> None:
    known = stock.client().get("/store/items", params={"namespace": "a", "key": "b", "colour": "red"})
    assert known.headers["Warning"] == '299 podium "query colour has no effect"'


def test_the_checkpoint_of_another_thread_is_refused(stock: Server) -> None:
    given = {**RUN, "checkpoint": {**NOWHERE, "thread_id": str(uuid4())}}
    answer = stock.client().post(f"/threads/{uuid4()}/runs/wait", json=given)
    assert (answer.status_code, "is of thread" in answer.text) == (422, True)


def test_which_runs_to_cancel_is_said_in_one_way(stock: Server) -> None:
    answer = stock.client().post("/runs/cancel", json={"run_ids": [str(uuid4())], "status": "pending"})
    assert (answer.status_code, "Send one of them" in answer.text) == (422, True)


def test_the_metadata_of_the_configuration_reaches_the_graph(stock: Server) -> None:
    thread = str(uuid4())
    given = {**RUN, "config": {"metadata": {"season": "winter"}}, "metadata": {"place": "north"}}
    stock.client().post(f"/threads/{thread}/runs/wait", json=given)
    held = stock.client().get(f"/threads/{thread}/state").json()["metadata"]
    assert (held["season"], held["place"]) == ("winter", "north")
