"""A project with a database, a service, a function and an MCP server beside its documents."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from podium.app.podium import Podium
from podium.app.results import Decision
from podium.core.errors import ConfigError

SERVER = Path(__file__).parents[2] / "support" / "mcp_server.py"

MANIFEST = f"""
[project]
name = "harbour"

[knowledge.collections.handbook]
paths = ["docs"]

[knowledge.sources.timetable]
kind = "sql"
url = "sqlite:///timetable.db"
query = "select name as title, text, day as date from sailings"

[knowledge.sources.rates]
kind = "python"
function = "rates.py:rates"
cost = 0.01

[knowledge.sources.lighthouse]
kind = "mcp"
server = "light"
access = "crew"

[knowledge.sources.news]
kind = "http"
url = "http://127.0.0.1:9/search"
retries = 0

[tools.mcp.light]
command = "{sys.executable}"
args = ["{SERVER}", "notes.txt"]

[tools.mcp.light.effects]
add = "read"

[tools.mcp.gone]
command = "no-such-program-7"
"""

RATES = '''
def rates(query, k):
    """Mooring rates."""
    return [{"text": "A night at the quay costs 21 euros for boats up to ten metres.", "title": "Rates"}]
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("harbour")
    (folder / "podium.toml").write_text(MANIFEST, encoding="utf-8")
    (folder / "rates.py").write_text(RATES, encoding="utf-8")
    (folder / "docs").mkdir()
    (folder / "docs" / "office.md").write_text(
        "# Office\nThe harbour office opens at eight.\n", encoding="utf-8"
    )
    connection = sqlite3.connect(folder / "timetable.db")
    connection.execute("create table sailings (name text, text text, day text)")
    connection.execute(
        "insert into sailings values (?, ?, ?)",
        ("Island ferry", "The island ferry leaves at nine from pier four.", "2026-11-01"),
    )
    connection.commit()
    connection.close()
    return folder


@pytest.fixture(scope="module")
def app(folder: Path) -> Iterator[Podium]:
    with Podium.from_project(folder) as app:
        app.ingest_sync()
        yield app


@pytest.mark.parametrize(
    ("question", "source", "answer"),
    [
        ("When does the island ferry leave?", "timetable/1", "nine"),
        ("How much does a night at the quay cost?", "rates/1", "21 euros"),
        ("How long does the lamp burn with one filling of oil?", "lighthouse/light://lamp", "nine hours"),
        ("When does the harbour office open?", "office.md", "eight"),
    ],
)
def test_an_answer_cites_whatever_knows_it(app: Podium, question: str, source: str, answer: str) -> None:
    reply = app.ask_sync(question)
    assert answer in reply.answer
    assert source in {citation.source for citation in reply.citations}


def test_what_is_down_is_named_and_the_answer_is_degraded(app: Podium) -> None:
    reply = app.ask_sync("When does the island ferry leave?")
    assert reply.degraded
    assert any("source news" in note for note in reply.notes)
    assert any("MCP server gone" in note for note in reply.notes)
    assert reply.status == "completed"


async def test_a_search_goes_to_documents_and_sources_and_names_what_is_down(app: Podium) -> None:
    failed: list[str] = []
    found = await app.search("the island ferry, the lamp, the harbour office", failed=failed.append)
    assert failed == ["news"]
    assert {item.collection for item in found} == {"handbook", "timetable", "rates", "lighthouse"}
    assert {item.access for item in found if item.collection == "lighthouse"} == {"crew"}
    assert {item.trust for item in found if item.collection != "handbook"} == {"untrusted"}


async def test_a_source_may_be_searched_alone(app: Podium) -> None:
    found = await app.search("the island ferry", collection="timetable")
    assert [item.source for item in found] == ["timetable/1"]


def test_a_tool_of_a_server_waits_for_a_person(app: Podium, folder: Path) -> None:
    reply = app.ask_sync("Write a note down: 'calm sea'")
    assert reply.status == "interrupted", reply
    (action,) = reply.interrupts[0].actions
    assert (action.tool, action.effect, action.args) == ("light_note", "irreversible", {"text": "calm sea"})
    assert not (folder / "notes.txt").exists()
    done = app.resume_sync(reply.thread_id, Decision(kind="approve"))
    assert done.status == "completed"
    assert (folder / "notes.txt").read_text(encoding="utf-8") == "calm sea\n"


def test_closing_leaves_no_server_behind(folder: Path) -> None:
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    with Podium.from_project(folder) as app:
        app.ask_sync("When does the island ferry leave?")
        during = {child.pid for child in psutil.Process().children(recursive=True)}
    after = {child.pid for child in psutil.Process().children(recursive=True)}
    assert during - before
    assert not after - before


@pytest.mark.parametrize(
    ("more", "line", "said"),
    [
        ('kind = "python"\nfunction = "gone.py:f"', "", "gone.py is not there"),
        ('kind = "python"\nfunction = "rates.py:prices"', "", "has no function 'prices'"),
        ('kind = "mcp"\nserver = "dark"', ":6: ", "no MCP server is called 'dark'"),
        ('kind = "http"\nurl = "http://h/"\nitems = "a["', ":7: ", "is no JMESPath"),
        ('kind = "sql"\nurl_env = "NOT_SET_7"\nquery = "select 1"', ":6: ", "NOT_SET_7 is not set"),
        ('kind = "sql"\nquery = "select 1"', ":4: ", "name the database by url"),
        ('kind = "ftp"', ":4: ", "there is no kind 'ftp'"),
    ],
)
def test_a_wrong_declaration_is_told_with_its_line(tmp_path: Path, more: str, line: str, said: str) -> None:
    (tmp_path / "rates.py").write_text(RATES, encoding="utf-8")
    text = f'[project]\nname = "x"\n\n[knowledge.sources.s]\n{more}\n'
    (tmp_path / "podium.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught, Podium.from_project(tmp_path) as app:
        app.ask_sync("anything")
    assert said in caught.value.message
    assert line in caught.value.message
    assert caught.value.hint


def test_a_source_cannot_have_the_name_of_a_collection(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    text = (
        '[project]\nname = "x"\n[knowledge.collections.s]\npaths = ["docs"]\n'
        '[knowledge.sources.s]\nkind = "http"\nurl = "http://h/"\n'
    )
    (tmp_path / "podium.toml").write_text(text, encoding="utf-8")
    with (
        pytest.raises(ConfigError, match=r":5: .*a collection has this name"),
        Podium.from_project(tmp_path) as app,
    ):
        app.ask_sync("anything")
