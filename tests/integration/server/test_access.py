"""Who may use the server: keys, scopes, and the pages of a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from podium.core.principal import Access
from podium.testing.server import Server, served

PROJECT = """\
[project]
name = "demo"

[server]
allow_origins = ["http://app.example:3000"]
max_body_bytes = 2000
body_seconds = 0.5
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    (folder / "podium.toml").write_text(PROJECT, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with served(folder, dev=False) as running:
        yield running


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("dev")
    (folder / "podium.toml").write_text(PROJECT, encoding="utf-8")
    with served(folder) as running:
        yield running


def problem(answer: httpx.Response) -> tuple[int, str]:
    told = answer.json()
    assert told["detail"]
    assert told["hint"]
    return answer.status_code, told["code"]


def test_without_a_key_only_its_health_is_told(server: Server) -> None:
    client = server.client()
    assert [client.get(path).status_code for path in ("/ok", "/ready", "/info", "/openapi.json")] == [200] * 4
    refused = client.get("/metrics")
    assert problem(refused) == (401, "not_authenticated")
    assert refused.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["X-Api-Key", "Authorization"])
def test_a_key_opens(server: Server, header: str) -> None:
    key = server.key("reader", "read")
    shown = {header: key if header == "X-Api-Key" else f"Bearer {key}"}
    assert server.client().get("/metrics", headers=shown).status_code == 200


@pytest.mark.parametrize("key", ["pk_" + "A" * 43, "nothing", "pk_", "é"])
def test_what_is_no_key_is_refused_and_not_repeated(server: Server, key: str) -> None:
    refused = server.client().get("/metrics", headers={b"X-Api-Key": key.encode()})
    assert problem(refused) == (401, "not_authenticated")
    assert key not in refused.text.replace("nothing else", "")


def test_a_key_that_was_taken_back_is_refused(server: Server) -> None:
    keys = server.services.key_ring.keys
    client = server.client(server.key("gone"))
    assert client.get("/metrics").status_code == 200
    server.services.key_ring.revoke(keys.list()[0].key_id, Access("default"))
    assert problem(client.get("/metrics")) == (401, "not_authenticated")


def test_a_key_does_no_more_than_its_scopes(server: Server) -> None:
    reader = server.client(server.key("looks", "read"))
    refused = reader.post("/runs", json={"assistant_id": "demo", "input": {}})
    assert problem(refused) == (403, "not_allowed")
    assert "write" in refused.json()["hint"]


def test_in_dev_the_user_of_this_machine_needs_no_key(dev: Server) -> None:
    assert dev.client().get("/metrics").status_code == 200
    assert dev.client("lsv2_pt_of_another_service").get("/metrics").status_code == 200
    assert problem(dev.client("pk_" + "A" * 43).get("/metrics")) == (401, "not_authenticated")


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8600", "169.254.1.1", "[", "localhost.evil.example"]
)
def test_a_name_that_points_here_is_not_enough_in_dev(dev: Server, host: str) -> None:
    assert problem(dev.client().get("/ok", headers={"Host": host})) == (403, "foreign_host")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:8600", "[::1]:8600", "ui.localhost"])
def test_the_names_of_this_machine_are(dev: Server, host: str) -> None:
    assert dev.client().get("/ok", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:3000", "https://app.example:3000"]
)
def test_a_foreign_page_is_refused(dev: Server, server: Server, method: str, origin: str) -> None:
    for client in (dev.client(), server.client(server.key("page"))):
        refused = client.request(method, "/runs", headers={"Origin": origin})
        assert problem(refused) == (403, "foreign_origin")
        assert "access-control-allow-origin" not in refused.headers


def test_a_page_that_hides_where_it_is_from_is_refused(dev: Server) -> None:
    hidden = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert problem(dev.client().get("/metrics", headers=hidden)) == (403, "foreign_origin")
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert dev.client().get("/docs", headers=link).status_code == 200


def test_the_servers_own_pages_are_taken(dev: Server) -> None:
    assert dev.client().get("/ok", headers={"Origin": dev.url}).status_code == 200


def test_a_page_that_is_named_may_read_what_it_needs(server: Server) -> None:
    origin = {"Origin": "http://app.example:3000"}
    asked = {**origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key"}
    allowed = server.client().options("/runs", headers=asked)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == origin["Origin"]
    assert "x-api-key" in allowed.headers["access-control-allow-headers"].lower()
    answer = server.client(server.key("page", "read")).get("/metrics", headers=origin)
    assert answer.status_code == 200
    exposed = answer.headers["access-control-expose-headers"]
    for name in ("Content-Location", "Location", "X-Pagination-Total", "X-Pagination-Next"):
        assert name in exposed


def test_browsers_are_told_to_be_careful(dev: Server) -> None:
    headers = dev.client().get("/ok").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "server" not in headers
