"""The UI's files: anybody may have them, nothing beside them is given, and their pages reach nothing else."""

from __future__ import annotations

import gzip
import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from podium.testing.server import Server, served

PROJECT = """\
[project]
name = "demo"

[server]
ui_connect = ["https://Agents.example:8443"]
rate = { per_minute = 60, burst = 1 }
"""
INDEX = "<!doctype html><script src='/ui/assets/index.js'></script>" + "<!-- filler -->" * 100
SCRIPT = "const answer = 42;" * 100


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    (folder / "podium.toml").write_text(PROJECT, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def bundle(project: Path) -> Path:
    folder = project / "bundle"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX, encoding="utf-8")
    (folder / "assets" / "index.js").write_text(SCRIPT, encoding="utf-8")
    (folder / "podium.svg").write_text("<svg/>", encoding="utf-8")
    (project / "beside.txt").write_text("not for you", encoding="utf-8")
    (folder / "outward.txt").symlink_to(project / "beside.txt")
    return folder


@pytest.fixture(scope="module")
def server(project: Path, bundle: Path) -> Iterator[Server]:
    with served(project, dev=False, bundle=bundle) as running:
        yield running


@pytest.fixture
def client(server: Server) -> httpx.Client:
    """Somebody without a key."""
    return server.client()


def raw(server: Server, path: str) -> tuple[int, bytes]:
    """What is answered to a path that is sent as it is."""
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port or 0, timeout=20)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "identity"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def policy_of(answer: httpx.Response) -> dict[str, str]:
    """The content security policy by directive."""
    parts = (part.strip().partition(" ") for part in answer.headers["content-security-policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize("path", ["/ui/", "/ui/chat", "/ui/threads/1/at/2?step=3", "/ui/knowledge/a/b.md"])
def test_every_address_of_the_ui_answers_its_page(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.text == INDEX
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


def test_its_parts_come_with_their_kind_and_a_part_that_is_gone_is_not_the_page(client: httpx.Client) -> None:
    script = client.get("/ui/assets/index.js")
    assert (script.text, script.headers["content-type"]) == (SCRIPT, "text/javascript; charset=utf-8")
    assert client.get("/ui/podium.svg").headers["content-type"] == "image/svg+xml"
    assert client.get("/ui/assets/former.js").status_code == 404


def test_it_is_packed_for_who_takes_that(client: httpx.Client) -> None:
    packed = client.get("/ui/assets/index.js", headers={"Accept-Encoding": "br, gzip;q=0.5"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) == len(gzip.compress(SCRIPT.encode(), 9, mtime=0))
    for refusing in ("identity", "gzip;q=0", "br"):
        plain = client.get("/ui/assets/index.js", headers={"Accept-Encoding": refusing})
        assert "content-encoding" not in plain.headers
        assert plain.text == SCRIPT
        assert plain.headers["etag"] != packed.headers["etag"]
        assert plain.headers["vary"] == "Accept-Encoding"


def test_what_a_browser_has_is_not_sent_again_until_it_changes(client: httpx.Client, bundle: Path) -> None:
    file = bundle / "changing.txt"
    file.write_text("first", encoding="utf-8")
    tag = client.get("/ui/changing.txt").headers["etag"]
    again = client.get("/ui/changing.txt", headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    file.write_text("second", encoding="utf-8")
    assert client.get("/ui/changing.txt", headers={"If-None-Match": tag}).text == "second"


def test_its_head_can_be_asked_for(client: httpx.Client) -> None:
    head = client.head("/ui/assets/index.js", headers={"Accept-Encoding": "identity"})
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) == len(SCRIPT)


@pytest.mark.parametrize(
    "path",
    [
        "/ui/../beside.txt",
        "/ui/%2e%2e/beside.txt",
        "/ui/..%2fbeside.txt",
        "/ui/assets/..%2f..%2fbeside.txt",
        "/ui/..%5cbeside.txt",
        "/ui//etc/passwd",
        "/ui/%2fetc%2fpasswd",
        "/ui/outward.txt",
        "/ui/podium.svg%00.html",
        "/docs/..%2froutes%2fui.py",
        "/docs/%2fetc%2fpasswd",
    ],
)
def test_nothing_beside_it_is_given(server: Server, path: str) -> None:
    status, body = raw(server, path)
    assert (status, body) == (200, INDEX.encode()) or status in (401, 404)
    assert b"not for you" not in body
    assert b"root:" not in body


def test_its_pages_run_and_reach_nothing_but_their_own_server_and_those_that_are_named(
    client: httpx.Client,
) -> None:
    for path in ("/ui/", "/ui/assets/index.js"):
        policy = policy_of(client.get(path))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["font-src"] == "'self'"
        assert policy["connect-src"] == "'self' https://agents.example:8443"
        assert policy["base-uri"] == policy["form-action"] == policy["frame-ancestors"] == "'none'"
    assert "content-security-policy" not in client.get("/ok").headers


def test_a_browser_is_led_to_it_and_a_program_is_not(client: httpx.Client) -> None:
    led = client.get("/", headers={"Accept": "text/html,*/*"})
    assert (led.status_code, led.headers["location"]) == (307, "/ui/")
    assert client.get("/").status_code == 404
    assert client.get("/ui?view=graph").headers["location"] == "/ui/?view=graph"


def test_it_needs_no_key_and_is_not_counted(server: Server) -> None:
    keyed = server.client(server.key("one", "read"))
    assert [keyed.get("/ui/").status_code for _ in range(5)] == [200] * 5
    assert server.client().get("/podium/v1/interrupts").status_code == 401


def test_it_is_no_part_of_the_described_api(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert not [path for path in paths if path in ("/", "/ui") or path.startswith(("/ui/", "/docs"))]


def test_the_description_of_the_api_loads_nothing_of_others(client: httpx.Client) -> None:
    page = client.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "http" not in page.text
    assert policy_of(page)["script-src"] == "'self'"
    for part in ("swagger-ui-bundle.js", "swagger-ui.css", "docs.js", "favicon.png"):
        assert f"/docs/{part}" in page.text
        assert client.get(f"/docs/{part}").status_code == 200
    assert client.get("/docs/nothing.js").status_code == 404
    assert client.get("/redoc").status_code in (401, 404)


def test_without_a_build_it_is_said_what_to_do(project: Path, tmp_path: Path) -> None:
    with served(project, dev=False, bundle=tmp_path / "none") as running:
        client = running.client()
        missing = client.get("/ui/")
        assert (missing.status_code, missing.json()["code"]) == (503, "ui_missing")
        assert "npm run build" in client.get("/ui/chat", headers={"Accept": "text/html"}).text
