"""A database as a source: parameters, spans of time, and nothing is ever written."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from podium.core.errors import SourceError, SourceUnavailable
from podium.knowledge.sources.sql import SqlSource, parameters_of

NOTES = "select id, title, body as text, day as date from notes where body like '%' || :query || '%' limit :k"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with sqlite3.connect(tmp_path / "notes.db") as connection:
        connection.execute("create table notes (id integer, title text, body text, day text)")
        connection.executemany(
            "insert into notes values (?, ?, ?, ?)",
            [
                (1, "Ferry", "The ferry leaves at nine.", "2026-01-02"),
                (2, "Bus", "The bus leaves at ten.", "2026-02-03"),
            ],
        )
    connection.close()
    return tmp_path


def source(folder: Path, query: str = NOTES, **options: float) -> SqlSource:
    return SqlSource("notes", "sqlite:///notes.db", query, base=folder, timeout=options.get("timeout", 5.0))


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_rows_become_evidence(folder: Path) -> None:
    notes = source(folder)
    (item,) = await notes.fetch("ferry", 5)
    notes.close()
    assert (item.title, item.text, item.date) == ("Ferry", "The ferry leaves at nine.", "2026-01-02")
    assert item.source == "notes/1"


async def test_a_question_is_never_part_of_the_statement(folder: Path) -> None:
    notes = source(folder)
    assert list(await notes.fetch("x'; drop table notes; --", 5)) == []
    assert len(await notes.fetch("leaves", 5)) == 2
    notes.close()


async def test_words_reach_a_query_as_a_list(folder: Path) -> None:
    query = (
        "select body as text from notes where exists"
        " (select 1 from json_each(:words) word where body like '%' || word.value || '%')"
    )
    notes = source(folder, query)
    (item,) = await notes.fetch("Where is the FERRY?", 5)
    notes.close()
    assert "ferry" in item.text


async def test_words_reach_a_full_text_index(folder: Path) -> None:
    with sqlite3.connect(folder / "notes.db") as connection:
        connection.execute("create virtual table found using fts5(body)")
        connection.execute("insert into found select body from notes")
    connection.close()
    notes = source(folder, "select body as text from found where found match :match order by rank limit :k")
    (item,) = await notes.fetch('when "does" the ferry AND go?', 5)
    assert list(await notes.fetch("?!", 5)) == []
    notes.close()
    assert "ferry" in item.text


async def test_a_statement_that_writes_is_refused_by_the_database(folder: Path) -> None:
    notes = source(folder, "with x as (select 1) insert into notes select 3, 'a', 'b', 'c' from x")
    with pytest.raises(SourceError):
        await notes.fetch("ferry", 5)
    notes.close()
    with sqlite3.connect(folder / "notes.db") as connection:
        assert connection.execute("select count(*) from notes").fetchone() == (2,)
    connection.close()


async def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="there is no database"):
        await source(tmp_path).fetch("ferry", 5)
    assert files(tmp_path) == []


async def test_a_query_that_does_not_end_is_stopped(folder: Path) -> None:
    endless = (
        "with recursive n(i) as (select 1 union all select i + 1 from n)"
        " select 'x' as text from n where i < 0"
    )
    notes = source(folder, endless, timeout=0.05)
    with pytest.raises(SourceUnavailable, match="interrupted"):
        await notes.fetch("ferry", 5)
    notes.close()


async def test_a_wrong_query_says_what_the_database_says(folder: Path) -> None:
    notes = source(folder, "select price as text from notes")
    with pytest.raises(SourceError, match="no such column: price"):
        await notes.fetch("ferry", 5)
    notes.close()


async def test_a_password_is_not_shown(tmp_path: Path) -> None:
    secret = SqlSource("s", "nosuchdriver://user:hunter2@host/db", "select 1", base=tmp_path)
    with pytest.raises(SourceError) as caught:
        await secret.fetch("x", 1)
    assert "hunter2" not in f"{caught.value} {caught.value.hint}"


def test_parameters_hold_the_question_and_its_words() -> None:
    assert parameters_of("Where is the ferry?", 3) == {
        "query": "Where is the ferry?",
        "k": 3,
        "words": '["ferry"]',
        "match": '"ferry"',
    }
