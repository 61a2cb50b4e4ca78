"""A run as an experiment of LangSmith: made here without a key, sent to a real HTTP server with one."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from podium.core.errors import EvalError
from podium.evals.case import Case, Expected
from podium.evals.langsmith import as_experiment
from podium.evals.log import SCHEMA_VERSION, LogHeader, LogWriter, TrialError, TrialRecord
from podium.evals.observation import Observation
from podium.evals.score import Score

pytestmark = [
    pytest.mark.filterwarnings("ignore:'upload_results' parameter is in beta"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

DATASET = {
    "id": "11111111-1111-1111-1111-111111111111",
    "name": "sums",
    "created_at": "2026-01-01T00:00:00Z",
    "modified_at": "2026-01-01T00:00:00Z",
    "tenant_id": "22222222-2222-2222-2222-222222222222",
    "data_type": "kv",
}
SESSION = {
    "id": "33333333-3333-3333-3333-333333333333",
    "name": "sums",
    "start_time": "2026-01-01T00:00:00Z",
    "tenant_id": DATASET["tenant_id"],
    "reference_dataset_id": DATASET["id"],
}
INFO = {
    "version": "0.14",
    "batch_ingest_config": {
        "size_limit": 100,
        "size_limit_bytes": 20_000_000,
        "scale_up_nthreads_limit": 2,
        "scale_up_qsize_trigger": 1000,
        "use_multipart_endpoint": True,
    },
}


class LangSmith(ThreadingHTTPServer):
    """Answers what LangSmith's client asks when an experiment is uploaded, and keeps what it sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, str, str, bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def sent(self, method: str, start: str) -> list[bytes]:
        return [body for verb, path, _, body in self.asked if verb == method and path.startswith(start)]


class _Handler(BaseHTTPRequestHandler):
    server: LangSmith

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.path.partition("?")[0]
        self.server.asked.append((self.command, path, self.headers.get("x-api-key") or "", body))
        answer: Any = {}
        if path == "/info":
            answer = INFO
        elif self.command == "GET" and path in ("/datasets", "/examples"):
            answer = []
        elif path.startswith("/datasets"):
            answer = DATASET
        elif path == "/examples/bulk":
            answer = [{**one, "dataset_id": DATASET["id"]} for one in json.loads(body)]
        elif path.startswith("/sessions"):
            answer = SESSION
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self.handle_any
        raise AttributeError(name)

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[LangSmith]:
    with LangSmith() as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "sums.jsonl"
    writer = LogWriter(path)
    writer.add(
        LogHeader(
            kind="header",
            schema_version=SCHEMA_VERSION,
            suite="sums",
            digest="d",
            target="adding",
            planned=2,
            primary="exact",
            created_at="2026-11-21T10:00:00Z",
        )
    )
    case = Case(id="two", input="1 + 1", expected=Expected(answer="2"))
    score = Score(name="exact", value=1.0, reason="equal")
    seen = Observation(output="2")
    writer.add(TrialRecord(kind="trial", case=case, digest="a", observation=seen, scores=(score,)))
    late = TrialError(code="case_timeout", message="too slow")
    writer.add(TrialRecord(kind="trial", case=Case(id="three", input="1 + 2"), digest="b", error=late))
    writer.close()
    return path


def test_an_experiment_is_made_without_a_key_and_without_asking_anybody(log: Path) -> None:
    experiment = as_experiment(log)
    rows = {row["example"].inputs["input"]: row for row in experiment.results}
    (judged,) = rows["1 + 1"]["evaluation_results"]["results"]
    assert (judged.key, judged.score, judged.comment) == ("exact", 1.0, "equal")
    assert rows["1 + 1"]["run"].outputs == {"output": "2"}
    assert "case_timeout" in (rows["1 + 2"]["run"].error or "")


def test_without_a_key_nothing_is_uploaded(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LANGSMITH_API_KEY", raising=False)
    with pytest.raises(EvalError, match="LANGSMITH_API_KEY"):
        as_experiment(log, upload=True)


def test_a_run_is_uploaded_with_its_cases_outputs_and_scores(log: Path, server: LangSmith) -> None:
    from langsmith import Client

    client = Client(api_url=server.url, api_key="lsv2-test-key")
    experiment = as_experiment(log, upload=True, client=client)
    assert experiment.runs == 2
    client.flush()
    (examples,) = server.sent("POST", "/examples/bulk")
    assert [one["inputs"] for one in json.loads(examples)] == [{"input": "1 + 1"}, {"input": "1 + 2"}]
    assert server.sent("POST", "/sessions")
    told = b"".join(body for _, _, _, body in server.asked)
    assert b'"output":"2"' in told or b'"output": "2"' in told
    assert b"too slow" in told
    assert {key for _, path, key, _ in server.asked if path != "/info"} == {"lsv2-test-key"}
