"""Assistants: a graph with a configuration and a name, in versions of which one is in force."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, TypeAlias

from podium.core.clock import Clock, SystemClock, to_iso
from podium.core.errors import Conflict, NotFound
from podium.core.principal import Access
from podium.storage.database import Database
from podium.storage.json_filters import holding
from podium.storage.json_text import dump, load

SortBy: TypeAlias = Literal["assistant_id", "graph_id", "name", "created_at", "updated_at"]
SortOrder: TypeAlias = Literal["asc", "desc"]

_COLUMNS = (
    "assistant_id, tenant, owner, graph_id, version, name, description, config, context, metadata,"
    " created_at, updated_at"
)
_STORED = (
    "SELECT a.assistant_id, a.tenant, a.owner, v.graph_id, v.version, v.name, v.description, v.config,"
    " v.context, v.metadata, a.created_at, a.updated_at"
    " FROM assistants AS a JOIN assistant_versions AS v USING (assistant_id, version)"
)
_GIVEN = "SELECT " + ", ".join(
    f"json_extract(value, '$.{name}') AS {name}" for name in map(str.strip, _COLUMNS.split(","))
)


@dataclass(frozen=True, slots=True)
class Assistant:
    """A graph with a configuration, by a name of its own.

    Attributes:
        assistant_id: A UUID.
        graph_id: The graph.
        tenant: Whose installation; likewise the owner's.
        owner: Whose assistant; empty for one that comes with the graph.
        version: Which version is in force, from 1.
        name: For people.
        description: What it is for.
        config: What its runs are configured with.
        context: What its runs get as context.
        metadata: JSON values of the application.
        created_at: ISO 8601 in UTC.
        updated_at: The same; when another version came into force last.
    """

    assistant_id: str
    graph_id: str
    tenant: str = ""
    owner: str = ""
    version: int = 1
    name: str = ""
    description: str | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    created_at: str = ""
    updated_at: str = ""


@dataclass(frozen=True, slots=True)
class AssistantQuery:
    """Which assistants, in which order.

    Attributes:
        metadata: They have these values.
        graph_id: They use this graph.
        name: Their name has this in it, in either case.
        sort_by: What they are ordered by.
        sort_order: Downwards or upwards.
        limit: How many at most.
        offset: How many to leave out.
    """

    metadata: Mapping[str, Any] = field(default_factory=dict)
    graph_id: str | None = None
    name: str | None = None
    sort_by: SortBy = "created_at"
    sort_order: SortOrder = "desc"
    limit: int = 10
    offset: int = 0


class Assistants:
    """Stores assistants in the project's database.

    Args:
        database: The open database.
        clock: Dates what happens.
    """

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    def get(self, assistant_id: str, access: Access) -> Assistant:
        """The assistant with this id, in the version in force.

        Raises:
            NotFound: There is none, or it is another's.
        """
        found = self._database.read(lambda connection: _find(connection, assistant_id, access))
        if found is None:
            raise unknown_assistant(assistant_id)
        return found

    async def acreate(self, assistant: Assistant, access: Access, *, keeps: bool = False) -> Assistant:
        """Store a new assistant as its version 1.

        Args:
            assistant: The assistant.
            access: What the caller may see.
            keeps: Whether one that is there already is given back as it is.

        Raises:
            Conflict: There is one with this id.
        """
        now = to_iso(self._clock.now())
        made = replace(assistant, version=1, created_at=now, updated_at=now)

        def work(connection: sqlite3.Connection) -> Assistant:
            taken = "SELECT 1 FROM assistants WHERE assistant_id=?"
            if connection.execute(taken, (made.assistant_id,)).fetchone() is None:
                connection.execute(
                    "INSERT INTO assistants(assistant_id, tenant, owner, graph_id, version, created_at,"
                    " updated_at) VALUES (?,?,?,?,1,?,?)",
                    (made.assistant_id, made.tenant, made.owner, made.graph_id, now, now),
                )
                _insert_version(connection, made, now)
                return made
            found = _find(connection, made.assistant_id, access) if keeps else None
            if found is None:
                raise taken_id(made.assistant_id)
            return found

        return await self._database.awrite_soon(work)

    async def achange(self, assistant_id: str, access: Access, changes: Mapping[str, Any]) -> Assistant:
        """Put a new version into force.

        Args:
            assistant_id: The assistant.
            access: What the caller may see.
            changes: Fields that differ; metadata is merged into what is there.

        Raises:
            NotFound: There is none, or it is another's.
        """
        now = to_iso(self._clock.now())

        def work(connection: sqlite3.Connection) -> Assistant:
            found = _find(connection, assistant_id, access)
            if found is None:
                raise unknown_assistant(assistant_id)
            merged = {**found.metadata, **(changes.get("metadata") or {})}
            latest = "SELECT max(version) FROM assistant_versions WHERE assistant_id=?"
            version = int(connection.execute(latest, (assistant_id,)).fetchone()[0]) + 1
            made = replace(found, **{**changes, "metadata": merged, "version": version, "updated_at": now})
            _insert_version(connection, made, now)
            _put_into_force(connection, made, now)
            return made

        return await self._database.awrite_soon(work)

    async def aset_version(self, assistant_id: str, access: Access, version: int) -> Assistant:
        """Put an earlier version into force again.

        Raises:
            NotFound: There is no such assistant or version, or it is another's.
        """
        now = to_iso(self._clock.now())

        def work(connection: sqlite3.Connection) -> Assistant:
            found = _find(connection, assistant_id, access)
            if found is None:
                raise unknown_assistant(assistant_id)
            held = _versions(connection, found, "version=?", (version,), 1, 0)
            if not held:
                raise NotFound(
                    f"assistant {assistant_id} has no version {version}",
                    hint="POST /assistants/{assistant_id}/versions lists them.",
                )
            made = replace(held[0], created_at=found.created_at, updated_at=now)
            _put_into_force(connection, made, now)
            return made

        return await self._database.awrite_soon(work)

    async def adelete(self, assistant_id: str, access: Access) -> None:
        """Delete an assistant with all its versions.

        Raises:
            NotFound: There is none, or it is another's.
        """

        def work(connection: sqlite3.Connection) -> None:
            if _find(connection, assistant_id, access) is None:
                raise unknown_assistant(assistant_id)
            connection.execute("DELETE FROM assistant_versions WHERE assistant_id=?", (assistant_id,))
            connection.execute("DELETE FROM assistants WHERE assistant_id=?", (assistant_id,))

        await self._database.awrite_soon(work)

    def versions(
        self, assistant_id: str, access: Access, *, metadata: Mapping[str, Any], limit: int, offset: int
    ) -> list[Assistant]:
        """The versions of an assistant, the latest first; each is dated by when it was made.

        Args:
            assistant_id: The assistant.
            access: What the caller may see.
            metadata: They have these values.
            limit: How many at most.
            offset: How many to leave out.

        Raises:
            NotFound: There is none, or it is another's.
        """
        terms, values = holding("metadata", metadata)

        def work(connection: sqlite3.Connection) -> list[Assistant]:
            found = _find(connection, assistant_id, access)
            if found is None:
                raise unknown_assistant(assistant_id)
            return _versions(connection, found, " AND ".join(terms) or "1", values, limit, offset)

        return self._database.read(work)

    def search(
        self, query: AssistantQuery, access: Access, given: Iterable[Assistant] = ()
    ) -> tuple[list[Assistant], int]:
        """One page of assistants, and how many there are in all.

        Args:
            query: Which, in which order.
            access: What the caller may see.
            given: Assistants that are not stored, to be searched with the others.
        """
        terms, values = _terms(query)
        source = _source(access)
        where = f" WHERE {' AND '.join(terms)}" if terms else ""
        direction = "ASC" if query.sort_order == "asc" else "DESC"
        page = (
            f"{source} SELECT {_COLUMNS} FROM found{where}"  # noqa: S608  # constants; values are bound
            f" ORDER BY {query.sort_by} {direction}, assistant_id LIMIT ? OFFSET ?"
        )
        bound = [_rows(given), *_seen(access), *values]

        def work(connection: sqlite3.Connection) -> tuple[list[Assistant], int]:
            rows = connection.execute(page, (*bound, query.limit, query.offset)).fetchall()
            count = f"{source} SELECT count(*) FROM found{where}"  # noqa: S608  # as above
            total = int(connection.execute(count, bound).fetchone()[0])
            return [_assistant(row) for row in rows], total

        return self._database.read(work)


def unknown_assistant(assistant_id: str) -> NotFound:
    """The error of whoever asks for an assistant that is not there, or not theirs."""
    return NotFound(f"no assistant {assistant_id}", hint="POST /assistants/search lists those there are.")


def taken_id(assistant_id: str) -> Conflict:
    """The error of whoever makes an assistant under an id that is in use."""
    return Conflict(
        f"there is an assistant {assistant_id} already",
        hint="Leave the id out, or ask with if_exists 'do_nothing'.",
    )


def _source(access: Access) -> str:
    seen = "a.tenant=?" if access.owner is None else "a.tenant=? AND a.owner=?"
    return f"WITH found AS ({_GIVEN} FROM json_each(?) UNION ALL {_STORED} WHERE {seen})"


def _seen(access: Access) -> list[str]:
    return [access.tenant] if access.owner is None else [access.tenant, access.owner]


def _rows(given: Iterable[Assistant]) -> str:
    return json.dumps([asdict(one) for one in given])


def _terms(query: AssistantQuery) -> tuple[list[str], list[Any]]:
    terms, values = holding("metadata", query.metadata)
    if query.graph_id is not None:
        terms.append("graph_id=?")
        values.append(query.graph_id)
    if query.name:
        terms.append("instr(lower(name), lower(?))")
        values.append(query.name)
    return terms, values


def _find(connection: sqlite3.Connection, assistant_id: str, access: Access) -> Assistant | None:
    row = connection.execute(f"{_STORED} WHERE assistant_id=?", (assistant_id,)).fetchone()
    found = None if row is None else _assistant(row)
    return found if found is not None and is_visible(found, access) else None


def is_visible(assistant: Assistant, access: Access) -> bool:
    """Whether an assistant may be seen."""
    return assistant.tenant == access.tenant and access.owner in (None, assistant.owner)


def _insert_version(connection: sqlite3.Connection, made: Assistant, now: str) -> None:
    told = [dump(dict(value)) for value in (made.config, made.context, made.metadata)]
    connection.execute(
        "INSERT INTO assistant_versions(assistant_id, version, graph_id, name, description, config, context,"
        " metadata, created_at) VALUES (?,?,?,?,?,?,?,?,?)",
        (made.assistant_id, made.version, made.graph_id, made.name, made.description, *told, now),
    )


def _put_into_force(connection: sqlite3.Connection, made: Assistant, now: str) -> None:
    connection.execute(
        "UPDATE assistants SET version=?, graph_id=?, updated_at=? WHERE assistant_id=?",
        (made.version, made.graph_id, now, made.assistant_id),
    )


def _versions(
    connection: sqlite3.Connection,
    of: Assistant,
    condition: str,
    values: Collection[Any],
    limit: int,
    offset: int,
) -> list[Assistant]:
    query = (
        "SELECT assistant_id, ?, ?, graph_id, version, name, description, config, context, metadata,"  # noqa: S608
        f" created_at, created_at FROM assistant_versions WHERE assistant_id=? AND {condition}"
        " ORDER BY version DESC LIMIT ? OFFSET ?"
    )
    rows = connection.execute(query, (of.tenant, of.owner, of.assistant_id, *values, limit, offset))
    return [_assistant(row) for row in rows]


def _assistant(row: Sequence[Any]) -> Assistant:
    names = map(str.strip, _COLUMNS.split(","))
    values = dict(zip(names, row, strict=True))
    values.update({name: load(values[name]) or {} for name in ("config", "context", "metadata")})
    return Assistant(**values)
