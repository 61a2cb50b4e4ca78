"""Threads as people look for them: by their titles, the one that changed last first."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, Final

from podium.core.principal import Access
from podium.storage.database import Database
from podium.storage.json_text import load
from podium.storage.threads import COLUMNS, ThreadRecord, record, seen

_TITLE: Final = "coalesce(nullif(json_extract(metadata, '$.title'), ''), title)"
_FIRST: Final = "SELECT kwargs FROM run_requests WHERE thread_id=? ORDER BY seq LIMIT 1"
_WORDS: Final = 80


@dataclass(frozen=True, slots=True)
class ListedThread:
    """A thread in a list.

    Attributes:
        thread: The thread.
        title: What people gave it, else the start of the first words; empty where there are none.
    """

    thread: ThreadRecord
    title: str


class ThreadList:
    """Lists threads.

    Args:
        database: The open database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def listed(self, thread: ThreadRecord) -> ListedThread:
        """A thread as a list has it."""
        given = thread.metadata.get("title")
        title = given if isinstance(given, str) and given else thread.title
        return self._database.read(lambda connection: _listed(connection, title, thread))

    async def page(
        self, access: Access, *, words: str, status: str, graph: str, limit: int, offset: int
    ) -> tuple[list[ListedThread], int]:
        """One page of threads, and how many there are in all.

        Args:
            access: Whose.
            words: In the title; empty for all.
            status: How they stand; empty for all.
            graph: Of this graph; empty for all.
            limit: How many at most.
            offset: How many to leave out.
        """
        terms, values = seen(access)
        for term, value in (
            (f"instr(lower({_TITLE}), lower(?))>0", words),
            ("status=?", status),
            ("json_extract(metadata, '$.graph_id')=?", graph),
        ):
            if value:
                terms.append(term)
                values.append(value)
        where = f" FROM threads WHERE {' AND '.join(terms)}"
        page = f"SELECT {_TITLE}, {COLUMNS}{where} ORDER BY updated_at DESC, rowid DESC LIMIT ? OFFSET ?"

        def work(connection: sqlite3.Connection) -> tuple[list[ListedThread], int]:
            rows = connection.execute(page, (*values, limit, offset)).fetchall()
            total = connection.execute(f"SELECT count(*){where}", values).fetchone()[0]
            return [_listed(connection, str(title), record(row)) for title, *row in rows], total

        return await self._database.aread(work)


def _listed(connection: sqlite3.Connection, title: str, thread: ThreadRecord) -> ListedThread:
    if not title and (row := connection.execute(_FIRST, (thread.thread_id,)).fetchone()) is not None:
        title = " ".join(_said((load(row[0]) or {}).get("input")).split())[:_WORDS]
    return ListedThread(thread, title)


def _said(given: Any) -> str:
    """The first words in a run's input: of its last message, or of a value that is text."""
    match given:
        case str():
            return given
        case [*_, last]:
            return _said(last)
        case {"messages": messages}:
            return _said(messages)
        case {"content": content}:
            return _said(content)
        case {"text": str(text)}:
            return text
        case dict():
            return next((value for value in given.values() if isinstance(value, str)), "")
        case _:
            return ""
