"""A JSON service as a source, against a real server: shapes, limits, and hosts that nobody named."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from podium.core.errors import ConfigError, SourceError, SourceUnavailable
from podium.knowledge.sources.http import HttpRequest, HttpSource, Shape


@dataclass
class Site:
    """A server on this machine.

    Attributes:
        url: Its address.
        answer: Writes one response.
        paths: What was asked for.
        headers: What was sent with it.
    """

    url: str
    answer: Callable[[BaseHTTPRequestHandler], None]
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


def reply(value: Any, status: int = 200, **headers: str) -> Any:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, text in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), text)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.fixture
def site() -> Iterator[Site]:
    """A server that answers with an empty list until a test says otherwise."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.paths.append(self.path)
            made.headers.append(dict(self.headers))
            made.answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Site(f"http://127.0.0.1:{server.server_port}", reply([]))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


def source(site: Site, shape: Shape | None = None, **options: Any) -> HttpSource:
    return HttpSource("news", HttpRequest(url=f"{site.url}/search?lang=en", **options), shape)


async def test_the_question_goes_into_the_named_parameter(site: Site) -> None:
    await source(site, param="text", k_param="size").fetch("late & ferries?", 3)
    assert site.paths == ["/search?lang=en&text=late+%26+ferries%3F&size=3"]


async def test_paths_lead_to_items_and_their_fields(site: Site) -> None:
    site.answer = reply(
        {"data": {"hits": [{"a": {"body": "It is late."}, "h": "Ferry", "on": "2026-03-04", "u": "n/1"}]}}
    )
    shape = Shape(items="data.hits", text="a.body", title="h", date="on", source="u")
    (item,) = await source(site, shape).fetch("ferry", 3)
    assert (item.text, item.title, item.date) == ("It is late.", "Ferry", "2026-03-04")
    assert item.source == "news/n/1"


async def test_one_object_is_one_item_and_nothing_is_none(site: Site) -> None:
    site.answer = reply({"text": "Only this."})
    assert [item.text for item in await source(site).fetch("x", 3)] == ["Only this."]
    site.answer = reply({"other": 1})
    assert await source(site, Shape(items="hits")).fetch("x", 3) == []


async def test_items_without_a_text_are_left_out_unless_all_are(site: Site) -> None:
    site.answer = reply([{"text": "Here."}, {"body": "not here"}])
    assert [item.text for item in await source(site).fetch("x", 3)] == ["Here."]
    site.answer = reply([{"body": "not here"}])
    with pytest.raises(SourceError, match="no item has a text"):
        await source(site).fetch("x", 3)


async def test_a_gigabyte_is_cut_off_at_the_limit(site: Site) -> None:
    written = 0

    def flood(handler: BaseHTTPRequestHandler) -> None:
        nonlocal written
        handler.send_response(200)
        handler.end_headers()
        piece = b"[" + b" " * 65_535
        try:
            for _ in range(2**30 // len(piece)):
                handler.wfile.write(piece)
                written += len(piece)
        except OSError:
            return

    site.answer = flood
    with pytest.raises(SourceError, match="more than 100,000 bytes"):
        await source(site, max_bytes=100_000).fetch("x", 3)
    assert written < 2**27


async def test_a_response_that_unpacks_to_more_than_was_counted_is_refused(site: Site) -> None:
    site.answer = reply(gzip.compress(b" " * 10_000_000), Content_Encoding="gzip")
    with pytest.raises(SourceError, match="compressed"):
        await source(site).fetch("x", 3)
    assert site.headers[0]["Accept-Encoding"] == "identity"


async def test_a_redirect_to_a_host_that_nobody_named_is_not_followed(site: Site) -> None:
    site.answer = reply(b"", 302, Location="http://localhost:1/secret")
    with pytest.raises(SourceError, match="localhost is not among the hosts"):
        await source(site).fetch("x", 3)


@pytest.fixture
def misled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A public name leads to this machine."""
    resolving = socket.getaddrinfo

    def found(host: str | bytes, port: int, *rest: Any, **more: Any) -> Any:
        if host in ("news.example.com", b"news.example.com"):
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        return resolving(host, port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.mark.usefixtures("misled")
async def test_a_public_name_that_leads_inside_is_connected_to_only_where_that_is_meant(site: Site) -> None:
    url = site.url.replace("127.0.0.1", "news.example.com")
    with pytest.raises(SourceUnavailable, match="inside a network"):
        await HttpSource("news", HttpRequest(url=url)).fetch("ferries", 3)
    assert site.paths == []
    await HttpSource("news", HttpRequest(url=url, private=True)).fetch("ferries", 3)
    assert len(site.paths) == 1


@pytest.mark.usefixtures("misled")
async def test_a_redirect_to_a_named_host_is_checked_as_the_first_is(site: Site) -> None:
    port = site.url.rpartition(":")[2]
    site.answer = reply([], status=302, Location=f"http://news.example.com:{port}/elsewhere")
    asked = source(site, hosts=(f"news.example.com:{port}",))
    with pytest.raises(SourceUnavailable, match="inside a network"):
        await asked.fetch("ferries", 3)
    assert site.paths == ["/search?lang=en&q=ferries"]


async def test_a_redirect_within_the_named_host_is_followed(site: Site) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        moved = handler.path.startswith("/search")
        reply(["There."], 302 if moved else 200, Location="/there")(handler)

    site.answer = answer
    assert [item.text for item in await source(site).fetch("x", 3)] == ["There."]


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_busy_server_may_be_asked_again(site: Site, status: int) -> None:
    site.answer = reply(b"", status)
    with pytest.raises(SourceUnavailable, match=str(status)):
        await source(site).fetch("x", 3)


@pytest.mark.parametrize("status", [400, 401, 404])
async def test_a_refusal_is_final(site: Site, status: int) -> None:
    site.answer = reply(b"", status)
    with pytest.raises(SourceError, match=str(status)) as caught:
        await source(site).fetch("x", 3)
    assert not isinstance(caught.value, SourceUnavailable)


@pytest.mark.parametrize("body", [b"<html>", b"\xff\xfe", b"[" * 100_000, b'{"text": 1'])
async def test_what_is_no_json_is_one_error(site: Site, body: bytes) -> None:
    site.answer = reply(body)
    with pytest.raises(SourceError, match="no JSON that can be read"):
        await source(site).fetch("x", 3)


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    gone = HttpSource("news", HttpRequest(url="http://127.0.0.1:9/"))
    with pytest.raises(SourceUnavailable, match="news"):
        await gone.fetch("x", 3)


async def test_a_token_is_sent_and_never_shown(site: Site) -> None:
    request = HttpRequest(url=site.url, headers={"Authorization": "Bearer hunter2"})
    await HttpSource("news", request).fetch("x", 3)
    assert site.headers[0]["Authorization"] == "Bearer hunter2"
    assert "hunter2" not in repr(request)


def test_a_path_that_is_none_is_told_at_once() -> None:
    with pytest.raises(ConfigError, match=r"knowledge\.sources\.news\.items"):
        HttpSource("news", HttpRequest(url="http://127.0.0.1/"), Shape(items="data["))
