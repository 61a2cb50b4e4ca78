"""One trace from a request to the nodes of its run; the same ids in the log; nothing that is secret."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from podium.testing.server import Server, served

STOCK = Path(__file__).parent / "project"
CALLER = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"
SECRET = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"
MAIL = "ada.lovelace@example.org"


class Exporter(InMemorySpanExporter):
    """Keeps spans; a request's ends a moment after its answer, so that it is waited for."""

    def __init__(self) -> None:
        super().__init__()
        self._more = threading.Condition()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        with self._more:
            result = super().export(spans)
            self._more.notify_all()
        return result

    def named(self, name: str) -> ReadableSpan:
        with self._more:
            assert self._more.wait_for(lambda: name in self._by_name(), timeout=20)
            return self._by_name()[name]

    def _by_name(self) -> dict[str, ReadableSpan]:
        return {span.name: span for span in self.get_finished_spans()}


@pytest.fixture
def exporter() -> Exporter:
    return Exporter()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STOCK, tmp_path / "project"))


@pytest.fixture
def server(folder: Path, exporter: Exporter) -> Iterator[Server]:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with served(folder, tracer=provider) as running:
        yield running


def wait(client: httpx.Client, text: str = "hello", **headers: str) -> httpx.Response:
    body = {"assistant_id": "chat", "input": {"messages": [{"role": "user", "content": text}]}}
    thread = client.post("/threads", json={}).json()["thread_id"]
    return client.post(f"/threads/{thread}/runs/wait", json=body, headers=headers)


def logged(folder: Path) -> list[dict[str, object]]:
    text = (folder / ".podium" / "logs" / "podium.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_a_run_is_a_part_of_the_trace_of_the_request_that_asked_for_it(
    server: Server, exporter: Exporter
) -> None:
    answer = wait(server.client(), traceparent=f"00-{CALLER}-{SPAN}-01")
    answer.raise_for_status()
    request = exporter.named("POST /threads/{thread_id}/runs/wait")
    run = exporter.named("invoke_workflow chat")
    assert request.parent is not None
    assert request.context is not None
    assert run.parent is not None
    assert run.context is not None
    assert (f"{request.parent.trace_id:032x}", f"{request.parent.span_id:016x}") == (CALLER, SPAN)
    assert run.parent.span_id == request.context.span_id
    assert f"{run.context.trace_id:032x}" == CALLER
    assert request.attributes is not None
    assert request.attributes["http.response.status_code"] == 200
    assert request.attributes["http.route"] == "/threads/{thread_id}/runs/wait"


def test_a_run_that_waits_in_the_queue_keeps_its_trace(server: Server, exporter: Exporter) -> None:
    client = server.client()
    thread = client.post("/threads", json={}).json()["thread_id"]
    body = {"assistant_id": "chat", "input": {"messages": []}, "after_seconds": 1}
    sent = client.post(
        f"/threads/{thread}/runs", json=body, headers={"traceparent": f"00-{CALLER}-{SPAN}-01"}
    ).json()
    client.get(f"/threads/{thread}/runs/{sent['run_id']}/join").raise_for_status()
    run = exporter.named("invoke_workflow chat")
    assert run.context is not None
    assert f"{run.context.trace_id:032x}" == CALLER
    assert "trace" not in sent["kwargs"]


def test_each_request_and_run_is_one_line_with_the_same_ids(folder: Path) -> None:
    with served(folder) as server:
        answer = wait(server.client(), **{"X-Request-Id": "request-0001"})
        assert answer.headers["x-request-id"] == "request-0001"
        assert len(server.client().get("/ok").headers["x-request-id"]) >= 32
    lines = logged(folder)
    mine = [line for line in lines if line.get("request_id") == "request-0001"]
    request = next(line for line in mine if line["kind"] == "request")
    assert request["event"] == "request POST /threads/{thread_id}/runs/wait"
    assert request["http.response.status_code"] == 200
    assert request["podium.principal"]
    run = next(line for line in lines if line["kind"] == "run")
    for name in ("trace_id", "thread_id", "run_id", "request_id"):
        assert run[name] == request[name]
    assert run["parent_id"] == request["span_id"]


@pytest.mark.parametrize("header", ["", "00-0-0-01", f"00-{'0' * 32}-{SPAN}-01", f"ff-{CALLER}-{SPAN}-01"])
def test_a_trace_context_that_is_none_begins_a_trace(server: Server, exporter: Exporter, header: str) -> None:
    server.client().get("/ok", headers={"traceparent": header}).raise_for_status()
    assert exporter.named("GET /ok").parent is None


def test_neither_secrets_nor_what_was_said_are_traced_or_logged(folder: Path, exporter: Exporter) -> None:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    said = f"my key is {SECRET} and my mail is {MAIL}"
    with served(folder, tracer=provider) as server:
        client = server.client()
        wait(client, said, **{"X-Api-Key": SECRET, "X-Request-Id": SECRET[:40]})
        client.get(f"/threads/{SECRET}")
        client.get("/nothing", params={"mail": MAIL, "key": SECRET})
    text = json.dumps(logged(folder)) + "".join(span.to_json() for span in exporter.get_finished_spans())
    for word in (SECRET, SECRET[:40], MAIL, "my key is"):
        assert word not in text
