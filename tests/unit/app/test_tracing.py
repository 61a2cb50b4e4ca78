"""Where traces go, and what of them is seen there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from langchain_core.callbacks import CallbackManager
from langchain_core.tracers import LangChainTracer

from podium.app.tracing import _anonymous, langsmith_of, masked, provider_of, showing_of
from podium.core.errors import ConfigError
from podium.core.operations_settings import TelemetrySettings
from podium.storage.run_requests import RunRequest
from podium.telemetry.telemetry import Telemetry

SECRET = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"
RUN = RunRequest("r1", "t1", "desk")


class Collector(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bodies: list[bytes] = []
        self.headers: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/traces"


class _Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        self.server.headers.append(self.headers.get("authorization"))
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers.get("content-encoding") == "gzip":
            import gzip

            body = gzip.decompress(body)
        self.server.bodies.append(body)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        del args


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_nothing_is_exported_unless_the_manifest_names_an_address() -> None:
    environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_TRACES_EXPORTER": "otlp"}
    assert provider_of(TelemetrySettings(), "desk", environ) is None


def test_spans_reach_the_named_address_without_secrets_and_personal_data(collector: Collector) -> None:
    settings = TelemetrySettings(otlp_endpoint=collector.url, otlp_headers_env="HEADERS")
    provider = provider_of(settings, "desk", {"HEADERS": "authorization=Bearer abc"})
    assert provider is not None
    telemetry = Telemetry(tracer=provider, showing=showing_of(settings))
    with (
        telemetry.span("retrieval", "s1", query="what did ada ask"),
        telemetry.span("tool", "refund") as span,
    ):
        span.set(note=f"of ada@example.org with {SECRET}")
        telemetry.alert("refund", "in_doubt", "tell ada@example.org")
    provider.shutdown()
    sent = b"".join(collector.bodies)
    assert collector.headers == ["Bearer abc"]
    assert b"execute_tool refund" in sent
    assert b"[e-mail]" in sent
    for word in (SECRET, "ada@example.org", "what did ada ask"):
        assert word.encode() not in sent


def test_an_address_that_does_not_answer_holds_nobody_up() -> None:
    provider = provider_of(TelemetrySettings(otlp_endpoint="http://127.0.0.1:9/v1/traces"), "desk", {})
    assert provider is not None
    with Telemetry(tracer=provider).span("run", "desk"):
        pass
    provider.shutdown()


@pytest.mark.parametrize("text", ["", "nonsense", "=x"])
def test_headers_that_are_none_are_refused(text: str) -> None:
    settings = TelemetrySettings(otlp_endpoint="http://127.0.0.1:9", otlp_headers_env="HEADERS")
    with pytest.raises(ConfigError, match="HEADERS"):
        provider_of(settings, "desk", {"HEADERS": text})


def test_personal_data_is_masked() -> None:
    assert masked(f"ada@example.org has {SECRET}") == "[e-mail] has [secret]"


def tracers() -> list[LangChainTracer]:
    return [one for one in CallbackManager.configure().handlers if isinstance(one, LangChainTracer)]


def test_runs_are_kept_here_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2_x")
    with langsmith_of(TelemetrySettings(), "desk")(RUN):
        assert tracers() == []
    with langsmith_of(TelemetrySettings(langsmith=True), "desk", {})(RUN):
        assert tracers() == []


def test_runs_are_sent_where_the_key_is_set_and_the_manifest_allows() -> None:
    client = object()
    around = langsmith_of(TelemetrySettings(langsmith=True), "desk", {"LANGSMITH_API_KEY": "k"}, client)
    with around(RUN):
        (tracer,) = tracers()
    assert (tracer.client, tracer.project_name) == (client, "desk")


def test_what_is_sent_to_langsmith_is_masked_at_any_depth() -> None:
    data = {"messages": [{"content": f"{SECRET} of ada@example.org", "n": 1}], "api_key": "plain-words"}
    sent = _anonymous(data)
    assert sent["messages"] == [{"content": "[secret] of [e-mail]", "n": 1}]
    assert sent["api_key"] == "[secret]"
