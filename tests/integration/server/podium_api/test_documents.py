"""Documents over HTTP: looking into them as far as one may, changing them, and why they are found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from podium.testing.server import Callers

MANIFEST = """\
[project]
name = "observatory"

[knowledge.collections.handbook]
paths = ["handbook"]

[knowledge.collections.board]
paths = ["board"]
access = "board"
"""
HOURS = (
    "# Opening hours\n\nVisitors may come from 19:30 until midnight. Ticket T-77 is for two.\n\n## Winter\n\n"
)
LONG = "The dome opens when the sky is clear and nobody objects to the cold. " * 40
OLD = "---\nstatus: superseded\nsuperseded_by: hours.md\n---\n# Old hours\n\nVisitors came at noon.\n"
PLACE = "/podium/v1/knowledge/collections"


@pytest.fixture(scope="module")
def callers(library: Callable[..., AbstractContextManager[Callers]]) -> Iterator[Callers]:
    files = {
        "podium.toml": MANIFEST,
        "handbook/visits/hours.md": HOURS + LONG,
        "handbook/old.md": OLD,
        "board/plans.md": "# Plans\n\nThe zeppelin will be sold to the harbour.\n",
    }
    with library(files) as found:
        yield found


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def listed(client: httpx.Client, **asked: Any) -> list[str]:
    answer = client.get(f"{PLACE}/handbook/documents", params=asked)
    return [one["source"] for one in answer.json()["documents"]]


def explained(client: httpx.Client, query: str, **asked: Any) -> dict[str, Any]:
    body = {"query": query, "explain": True, **asked}
    answer = client.post("/podium/v1/knowledge/search", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_documents_are_listed_page_by_page_and_found_by_a_part_of_their_name(callers: Callers) -> None:
    first = callers.ada.get(f"{PLACE}/handbook/documents", params={"limit": 1})
    assert (first.headers["x-pagination-total"], first.headers["x-pagination-next"]) == ("2", "1")
    (old,) = first.json()["documents"]
    assert (old["source"], old["superseded_by"], old["uploaded"]) == ("old.md", "visits/hours.md", False)
    assert listed(callers.ada, limit=1, offset=1) == ["visits/hours.md"]
    assert listed(callers.ada, query="OPENING") == ["visits/hours.md"]
    assert listed(callers.ada, query="%") == []


def test_a_document_is_read_in_parts_and_its_passages_lie_where_they_say(callers: Callers) -> None:
    place = f"{PLACE}/handbook/documents/visits/hours.md"
    whole = callers.ada.get(place).json()
    assert whole["document"]["title"] == "Opening hours"
    assert (whole["start"], whole["end"]) == (0, whole["document"]["characters"])
    part = callers.ada.get(place, params={"start": 5, "limit": 10}).json()
    assert (part["text"], part["end"]) == (whole["text"][5:15], 15)
    answer = callers.ada.get(f"{place}/chunks", params={"limit": 2})
    chunks = answer.json()["chunks"]
    assert answer.headers["x-pagination-total"] == str(whole["document"]["passages"])
    for chunk in chunks:
        assert whole["text"][chunk["start"] : chunk["end"]] == chunk["text"]
        assert chunk["headings"].startswith("Opening hours")
        assert 0 < chunk["tokens"] <= len(chunk["text"])
    more = callers.ada.get(f"{place}/chunks", params={"offset": 2}).json()["chunks"]
    assert len(chunks) + len(more) == whole["document"]["passages"]
    assert refused(callers.ada.get(f"{PLACE}/handbook/documents/none.md")) == (404, "not_found")
    assert refused(callers.ada.get(f"{PLACE}/handbook/documents/none.md/chunks")) == (404, "not_found")


def test_a_collection_for_others_is_not_there(callers: Callers) -> None:
    for path in ("board/documents", "board/documents/plans.md", "board/documents/plans.md/chunks"):
        assert refused(callers.ada.get(f"{PLACE}/{path}")) == (404, "unknown_name")
        assert callers.admin.get(f"{PLACE}/{path}").status_code == 200
    found = explained(callers.ada, "zeppelin harbour")
    assert "zeppelin" not in str({**found, "explanation": None})
    assert not [one for one in found["explanation"]["left_out"] if one["collection"] == "board"]
    assert {one["term"]: one["known"] for one in found["explanation"]["terms"]}["zeppelin"] is False
    told = {}
    for name in ("board", "nowhere"):
        answer = callers.ada.post("/podium/v1/knowledge/search", json={"query": "x", "collection": name})
        told[name] = answer.status_code, answer.text.replace(name, "…")
    assert told["board"] == told["nowhere"]
    assert told["board"][0] == 404
    assert explained(callers.admin, "zeppelin harbour")["results"][0]["collection"] == "board"


def test_no_run_reads_a_collection_that_is_not_for_whoever_asked(callers: Callers) -> None:
    (graph,) = (one["graph_id"] for one in callers.ada.get("/podium/v1/me").json()["project"]["graphs"])
    keys = callers.server.services.key_ring.keys
    director = keys.create("d", roles=["operator", "board"], owner="director")[1]
    told = {}
    for name, client in {
        "ada": callers.ada,
        "stranger": callers.stranger,
        "director": callers.server.client(director),
    }.items():
        thread_id = callers.ask(client, graph, "To whom will the zeppelin be sold?")
        state = client.get(f"/threads/{thread_id}/state").text
        trace = client.get(f"/podium/v1/threads/{thread_id}/trace").text
        told[name] = ("harbour" in state, "plans.md" in state + trace)
    assert told == {"ada": (False, False), "stranger": (False, False), "director": (True, True)}


def test_admins_of_another_tenant_have_no_more_of_the_documents_than_their_roles(callers: Callers) -> None:
    found = explained(callers.stranger, "zeppelin harbour")
    assert "zeppelin" not in str({**found, "explanation": None})
    assert refused(callers.stranger.get(f"{PLACE}/board/documents")) == (404, "unknown_name")
    collections = callers.stranger.get(PLACE).json()["collections"]
    assert [one["name"] for one in collections] == ["handbook"]


def test_why_a_passage_was_found_adds_up_to_its_score(callers: Callers) -> None:
    found = explained(callers.admin, "When may visitors come with ticket T-77?", k=2)
    why = found["explanation"]
    assert [one["id"] for one in why["hits"]] == [one["id"] for one in found["results"]]
    assert why["exact"] == ["t-77"]
    for hit, result in zip(why["hits"], found["results"], strict=True):
        assert hit["score"] == pytest.approx(sum(one["adds"] for one in hit["parts"]) * hit["factor"])
        assert hit["score"] == pytest.approx(result["score"])
        assert sum(one["score"] for one in hit["matched"]) == pytest.approx(hit["lexical"]["score"], rel=1e-4)
    best = why["hits"][0]
    assert (best["place"], best["lexical"]["rank"], best["exact"]) == (1, 1, ["t-77"])
    assert "visitor" in [one["term"] for one in best["matched"]]
    assert why["candidates"]["all"] >= len(why["hits"])
    assert all(one["score"] <= best["score"] for one in why["left_out"])


def test_the_past_is_searched_as_it_was_and_what_is_over_counts_less(callers: Callers) -> None:
    found = explained(callers.admin, "visitors came at noon", collection="handbook")
    (over,) = [one for one in found["results"] if one["source"] == "old.md"]
    (hit,) = [one for one in found["explanation"]["hits"] if one["id"] == over["id"]]
    assert hit["factor"] < 1
    assert found["explanation"]["filters"] == {"collections": ["handbook"], "as_of": ""}
    dated = explained(callers.admin, "noon", as_of="2020-01-31")
    assert dated["explanation"]["filters"]["as_of"] == "2020-01-31"
    bad = callers.ada.post("/podium/v1/knowledge/search", json={"query": "x", "as_of": "yesterday"})
    assert bad.status_code == 422


def test_a_document_that_is_sent_stays_and_goes_with_its_file(callers: Callers) -> None:
    name = "Führung - à la carte (2).md"
    place = f"{PLACE}/handbook/documents/{quote(name)}"
    sent = callers.admin.put(place, content=b"# Tour\n\nThe tour of the cellar begins at nine.\n")
    assert (sent.status_code, sent.json()["added"]) == (200, 1), sent.text
    callers.admin.post("/podium/v1/knowledge/ingest", json={})
    assert callers.ada.get(place).json()["document"]["uploaded"] is True
    file = callers.folder / ".podium" / "uploads" / "handbook" / name
    assert file.stat().st_mode & 0o077 == 0
    gone = callers.admin.delete(place)
    assert gone.json() == {
        "source": name,
        "collection": "handbook",
        "file_deleted": True,
        "comes_back": False,
    }
    assert not file.exists()
    assert refused(callers.admin.delete(place)) == (404, "not_found")
    records = callers.admin.get("/podium/v1/audit/records", params={"kind": "knowledge"}).json()["records"][
        -2:
    ]
    assert [(one["who"], one["data"]["change"]) for one in records] == [
        ("root", "ingest"),
        ("root", "delete"),
    ]
    assert [(one["data"]["added"], one["data"]["removed"]) for one in records] == [(1, 0), (0, 1)]
    assert "cellar" not in str(records)
    assert "cellar" not in str(explained(callers.admin, "tour of the cellar")["results"])


def test_a_file_of_the_project_is_taken_out_and_left_alone(callers: Callers) -> None:
    gone = callers.admin.delete(f"{PLACE}/handbook/documents/old.md").json()
    assert (gone["file_deleted"], gone["comes_back"]) == (False, True)
    assert (callers.folder / "handbook" / "old.md").exists()
    assert listed(callers.ada) == ["visits/hours.md"]
    callers.admin.post("/podium/v1/knowledge/ingest", json={"collection": "handbook"})
    assert listed(callers.ada) == ["old.md", "visits/hours.md"]


def test_what_cannot_be_read_or_is_there_already_changes_nothing(callers: Callers) -> None:
    for name, content, problem in (
        ("broken.pdf", b"%PDF-1.7 nothing", (422, "input_invalid")),
        ("binary.md", b"\xff\xfe\x00\xd8", (422, "input_invalid")),
        ("table.xlsx", b"x", (422, "input_invalid")),
        ("blank.md", b"  \n", (422, "input_invalid")),
        ("old.md", b"# Mine", (409, "conflict")),
    ):
        sent = callers.admin.put(f"{PLACE}/handbook/documents/{name}", content=content)
        assert refused(sent) == problem, name
        assert sent.json()["hint"]
        assert not (callers.folder / ".podium" / "uploads" / "handbook" / name).exists()
    assert listed(callers.ada) == ["old.md", "visits/hours.md"]


def test_only_admins_of_the_project_change_documents(callers: Callers) -> None:
    place = f"{PLACE}/handbook/documents/mine.md"
    for client in (callers.ada, callers.stranger):
        assert refused(client.put(place, content=b"# Mine")) == (403, "not_allowed")
        assert refused(client.delete(f"{PLACE}/handbook/documents/old.md")) == (403, "not_allowed")
