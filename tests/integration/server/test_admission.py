"""Who is let in: tokens of an issuer, roles, how often, and for how long an answer goes on."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from podium.core.principal import Access
from podium.testing.issuer import AUDIENCE, ISSUER, Issuer, issuing
from podium.testing.server import Server, served

PROJECT = """\
[project]
name = "demo"

[server]
drain_seconds = 0

[server.jwt]
issuer = "{issuer}"
audience = "{audience}"
jwks_url = "{url}"
tenant_claim = "tenant"
leeway = 0

[server.rate]
per_minute = 60
burst = 40
failures_per_minute = 5
"""
GRAPH = """\
import asyncio
from typing import TypedDict

from langgraph.graph import StateGraph


class State(TypedDict):
    said: str


async def wait(state: State) -> State:
    await asyncio.Event().wait()
    return state


slow = StateGraph(State).add_node(wait).set_entry_point("wait").compile()
"""
SOON_S = 8.0


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuing() as running:
        yield running


@pytest.fixture(scope="module")
def server(issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("demo")
    told = PROJECT.format(issuer=ISSUER, audience=AUDIENCE, url=issuer.url)
    (folder / "podium.toml").write_text(told, encoding="utf-8")
    (folder / "slow.py").write_text(GRAPH, encoding="utf-8")
    listed = {"graphs": {"slow": "./slow.py:slow"}, "dependencies": []}
    (folder / "langgraph.json").write_text(json.dumps(listed), encoding="utf-8")
    with served(folder, dev=False) as running:
        yield running


def bearer(server: Server, token: str) -> httpx.Client:
    client = server.client()
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def refusal(answer: httpx.Response) -> tuple[int, str]:
    told = answer.json()
    assert told["detail"]
    assert told["hint"]
    return answer.status_code, told["code"]


def test_a_token_opens_its_owners_part_of_its_tenant(server: Server, issuer: Issuer) -> None:
    ada = bearer(server, issuer.token(sub="ada", tenant="acme", roles=["operator"]))
    bob = bearer(server, issuer.token(sub="bob", tenant="acme", roles=["operator"]))
    other = bearer(server, issuer.token(sub="ada", tenant="other", roles=["admin"]))
    admin = bearer(server, issuer.token(sub="root", tenant="acme", roles=["admin"]))
    thread = ada.post("/threads", json={}).json()["thread_id"]
    found = [one.get(f"/threads/{thread}").status_code for one in (ada, bob, other, admin)]
    assert found == [200, 404, 404, 200]


def test_a_role_allows_what_it_is_good_for(server: Server, issuer: Issuer) -> None:
    viewer = bearer(server, issuer.token(sub="eve", tenant="acme", roles=["viewer"]))
    assert viewer.post("/threads/search", json={}).status_code == 200
    assert refusal(viewer.post("/threads", json={})) == (403, "not_allowed")
    admin = bearer(server, issuer.token(sub="eve", tenant="acme", roles=["admin"]))
    assert admin.get("/podium/v1/keys").status_code == 200
    assert refusal(admin.get("/podium/v1/config")) == (403, "not_allowed")  # of all tenants


def test_a_token_is_nobody_of_this_machine(server: Server, issuer: Issuer) -> None:
    token = issuer.token(sub="local:ada", tenant="acme", roles=["viewer"])
    refused = bearer(server, token).post("/threads", json={})
    assert refusal(refused) == (403, "not_allowed")


def test_what_is_wrong_with_a_token_is_said_and_the_token_is_not(server: Server, issuer: Issuer) -> None:
    other = Issuer()
    other.add("one")
    now = time.time()
    for token, code in (
        (other.token(tenant="acme"), "token_invalid"),
        (issuer.token(tenant="acme", aud="another"), "token_invalid"),
        (issuer.token(tenant="acme", exp=now - 60, iat=now - 90), "expired"),
        (issuer.token(), "token_invalid"),
    ):
        refused = bearer(server, token).post("/threads/search", json={})
        assert refusal(refused) == (401, code)
        assert refused.headers["www-authenticate"] == "Bearer"
        assert token[:40] not in refused.text


def test_keys_that_do_not_count_are_tried_so_often_and_those_that_do_are_taken(server: Server) -> None:
    good = server.client(server.key("good", owner="good"))
    guessing = server.client("pk_" + "A" * 43)
    answers = [guessing.get("/metrics") for _ in range(8)]
    assert refusal(answers[-1]) == (429, "rate_limited")
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 12
    assert good.get("/metrics").status_code == 200


def test_a_caller_asks_so_often_and_others_are_not_held_up(server: Server) -> None:
    first, second = (server.client(server.key("busy", owner="busy")) for _ in range(2))
    other = server.client(server.key("calm", owner="calm"))
    answers = [(first, second)[n % 2].get("/metrics") for n in range(60)]
    refused = [one for one in answers if one.status_code == 429]
    assert 15 <= len(refused) <= 20
    assert refusal(refused[0]) == (429, "rate_limited")
    assert int(refused[0].headers["retry-after"]) >= 1
    assert other.get("/metrics").status_code == 200
    assert first.get("/ok").status_code == 200


def _stream(client: httpx.Client, path: str) -> tuple[str, float]:
    """What a stream tells until it ends, and after how long that is."""
    began = time.monotonic()
    with client.stream("GET", path, timeout=SOON_S * 2) as answer:
        assert answer.status_code == 200
        told = answer.read().decode()
    return told, time.monotonic() - began


def test_a_stream_ends_with_the_token_that_opened_it(server: Server, issuer: Issuer) -> None:
    token = issuer.token(sub="fay", tenant="acme", roles=["operator"], exp=time.time() + 2)
    client = bearer(server, token)
    thread = client.post("/threads", json={}).json()["thread_id"]
    told, seconds = _stream(client, f"/threads/{thread}/stream")
    assert seconds < SOON_S
    event, data = told.strip().rpartition("event: ")[2].split("\n")
    assert event == "error"
    assert json.loads(data.removeprefix("data: "))["code"] == "expired"


@pytest.mark.parametrize("end", ["expired", "revoked"])
def test_a_stream_of_a_run_ends_with_its_key_and_the_run_goes_on(server: Server, end: str) -> None:
    keys = server.services.key_ring
    expires_at = datetime.now(UTC) + timedelta(seconds=2) if end == "expired" else None
    key, secret = keys.keys.create(end, roles=["operator"], owner=end, expires_at=expires_at)
    client, again = server.client(secret), server.client(server.key("again", owner=end))
    run = client.post("/runs", json={"assistant_id": "slow", "input": {"said": "x"}}).json()
    if end == "revoked":
        keys.keys.revoke(key.key_id, Access("default"))  # as another process would
    told, seconds = _stream(client, f"/runs/{run['run_id']}/stream")
    assert seconds < SOON_S
    assert "event: error" in told
    place = f"/threads/{run['thread_id']}/runs/{run['run_id']}"
    assert again.get(place).json()["status"] == "running"
    assert again.post(f"{place}/cancel?wait=1").status_code == 204


def test_who_waits_for_a_result_is_told_too(server: Server, issuer: Issuer) -> None:
    token = issuer.token(sub="gil", tenant="acme", roles=["operator"], exp=time.time() + 2)
    body = {"assistant_id": "slow", "input": {"said": "x"}, "on_disconnect": "cancel"}
    answer = bearer(server, token).post("/runs/wait", json=body, timeout=SOON_S)
    assert answer.json()["__error__"]["code"] == "expired"
