"""Keys, tokens, prompts and personal data planted in requests are nowhere that they should not be."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from podium.storage.encryption.cipher import new_key
from podium.testing.issuer import AUDIENCE, ISSUER, Issuer
from podium.testing.server import served

PROJECT: Final = f"""\
[project]
name = "demo"

[server.jwt]
issuer = "{ISSUER}"
audience = "{AUDIENCE}"
jwks_file = "keys.json"
"""
PROMPT: Final = "plantedprompt"
MAIL: Final = "planted.person@example.org"
MODEL_KEY: Final = "sk-proj-" + "Planted0" * 5
"""Of a provider, which somebody has pasted into a message."""
BELONGS: Final = frozenset(
    {
        "audit_sealed.value",  # what can be erased, apart from the chain
        "checkpoint_blobs.channels",
        "checkpoint_writes.entries",
        "events.payload",  # what runs asked their models
        "idempotency_keys.answer",  # for a day
        "run_requests.kwargs",
        "runs.input",
        "runs.output",
        "store_items.value",
        "stream_events.data",
        "threads.metadata",
        "threads.title",
    }
)
"""Where conversations are kept: their states, streams and records."""
RECORDS: Final = frozenset({"runs", "audit_sealed"})
"""What is kept for those who look back, from which keys are taken out."""


@dataclass(frozen=True, slots=True)
class Planted:
    """What is left when a server has been used.

    Attributes:
        folder: The project.
        credentials: What callers showed.
        answers: What it said, but to whom the data belong.
        spans: What was traced.
    """

    folder: Path
    credentials: list[str]
    answers: str
    spans: str

    def columns(self, text: str) -> dict[str, set[str]]:
        """The columns of the database that hold a text, by table."""
        found: dict[str, set[str]] = defaultdict(set)
        with sqlite3.connect(self.folder / ".podium" / "podium.db") as connection:
            names = [
                row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
            ]
            for table in names:
                cursor = connection.execute(f'SELECT * FROM "{table}"')
                heads = [one[0] for one in cursor.description]
                for row in cursor:
                    for head, value in zip(heads, row, strict=True):
                        told = value if isinstance(value, bytes) else str(value).encode()
                        if text.encode() in told:
                            found[table].add(head)
        connection.close()
        return dict(found)

    def files(self, text: str) -> set[str]:
        """The files beside the database that hold a text."""
        return {
            str(path.relative_to(self.folder))
            for path in self.folder.rglob("*")
            if path.is_file() and not path.name.startswith("podium.db") and text.encode() in path.read_bytes()
        }


def _use(client: httpx.Client, marks: str) -> None:
    """Ask, err, and be refused, with what is planted in every place that takes text."""
    thread = client.post("/threads", json={"metadata": {"note": marks}}).json()["thread_id"]
    asked = {"assistant_id": "demo", "input": {"messages": [{"role": "user", "content": f"Who is {marks}?"}]}}
    client.post(f"/threads/{thread}/runs/wait", json=asked).raise_for_status()
    client.post("/runs/wait", json=asked).raise_for_status()
    client.put("/store/items", json={"namespace": ["n"], "key": "k", "value": {"text": marks}})
    client.post("/store/items/search", json={"namespace_prefix": ["n"], "query": marks})
    client.get(f"/threads/{thread}/state")
    client.post("/runs/wait", json=asked, headers={"Idempotency-Key": "planted"}).raise_for_status()


def _err(client: httpx.Client, marks: str) -> Iterator[str]:
    """What is said to requests that cannot be."""
    bodies: list[Any] = [
        {"assistant_id": MODEL_KEY, "input": {}},
        {"assistant_id": "demo", "input": {}, "webhook": marks},
        {"assistant_id": "demo", "input": {}, "multitask_strategy": marks},
        {"assistant_id": "demo", "input": {}, "config": marks},
        [marks],
    ]
    for body in bodies:
        answer = client.post("/runs/wait", json=body)
        assert answer.status_code >= 400
        yield answer.text
    yield client.post("/runs", content=marks.encode(), headers={"Content-Type": "application/json"}).text
    yield client.post("/podium/v1/knowledge/search", json={"query": marks, "collection": MODEL_KEY}).text


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    return _used(tmp_path_factory.mktemp("planted"), PROJECT)


def _used(folder: Path, manifest: str) -> Planted:
    issuer = Issuer()
    issuer.add("one")
    (folder / "podium.toml").write_text(manifest, encoding="utf-8")
    (folder / "keys.json").write_text(json.dumps(issuer.document()), encoding="utf-8")
    exporter, tracer = InMemorySpanExporter(), TracerProvider()
    tracer.add_span_processor(SimpleSpanProcessor(exporter))
    marks = f"{PROMPT} {MAIL} {MODEL_KEY}"
    said = list[str]()
    with served(folder, dev=False, tracer=tracer) as server:
        key = server.key("ada", owner="ada")
        token = issuer.token(sub="bob", roles=["operator"])
        wrong = "pk_" + "Wrong0" * 7
        forged = token[:-8] + "AAAAAAAA"
        bearer = server.client()
        bearer.headers["Authorization"] = f"Bearer {token}"
        for client in (server.client(key), bearer):
            _use(client, marks)
            said += [client.get("/metrics").text, *_err(client, marks)]
        for one in (wrong, forged):
            said.append(server.client(one).get("/threads/x").text)
        said.append(server.client(server.key("root", "admin")).get("/podium/v1/config").text)
    spans = " ".join(str(span.to_json()) for span in exporter.get_finished_spans())
    return Planted(folder, [key, token, wrong, forged], "\n".join(said), spans)


def test_what_callers_show_is_nowhere(planted: Planted) -> None:
    for credential in planted.credentials:
        for part in (credential, credential.rpartition(".")[2].removeprefix("pk_")):
            assert planted.columns(part) == {}
            assert planted.files(part) == set()
            assert part not in planted.answers
            assert part not in planted.spans


def test_what_people_ask_is_in_no_log_trace_metric_or_error(planted: Planted) -> None:
    for text in (PROMPT, MAIL, MODEL_KEY):
        assert planted.files(text) == set()
        assert text not in planted.spans
        assert text not in planted.answers
    assert planted.spans  # there was something to look through
    assert (planted.folder / ".podium" / "logs" / "podium.jsonl").stat().st_size


@pytest.mark.parametrize("text", [PROMPT, MAIL, MODEL_KEY])
def test_what_people_ask_is_stored_only_where_it_belongs(planted: Planted, text: str) -> None:
    found = {f"{table}.{column}" for table, columns in planted.columns(text).items() for column in columns}
    assert {"checkpoint_blobs.channels", "run_requests.kwargs", "store_items.value"} <= found <= BELONGS


def test_a_providers_key_is_kept_out_of_what_is_recorded(planted: Planted) -> None:
    found = planted.columns(MODEL_KEY)
    assert not RECORDS & found.keys()
    assert RECORDS & planted.columns(PROMPT).keys()  # which do hold the rest of what was said


def test_with_a_key_what_people_ask_is_in_no_file_at_all(tmp_path: Path) -> None:
    (tmp_path / "the.key").write_text(new_key())
    used = _used(tmp_path, f'{PROJECT}\n[storage]\nencryption_key = "file:the.key"\n')
    for text in (PROMPT, MAIL, MODEL_KEY, *used.credentials):
        assert used.columns(text) == {}
        assert used.files(text) == set()
        held = [path.name for path in (tmp_path / ".podium").iterdir() if path.is_file()]
        assert [name for name in held if text.encode() in (tmp_path / ".podium" / name).read_bytes()] == []
