"""Whether the triggers of a project can begin anything: the graphs that they name are there."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from podium.app.encryption import cipher_of
from podium.app.langgraph_json import read_langgraph_json
from podium.runtime.assistants import own_assistant_id
from podium.storage.copying import snapshot
from podium.storage.encryption.keys import check_keys, needed_keys
from podium.storage.versions import SCHEMA_VERSION, stored_version

if TYPE_CHECKING:
    from podium.app.project import Project


def orphans(project: Project) -> tuple[list[str], int]:
    """The triggers whose graph is not there, as `name: graph`, and how many triggers there are.

    Args:
        project: The project; its manifest and what was made by API are looked at.

    Raises:
        StorageError: What is stored cannot be read.
    """
    declared = {name: settings.graph for name, settings in project.manifest.triggers.items()}
    stored, assistants = _stored(project)
    named = {**stored, **declared}
    graphs = _graphs(project)
    known = graphs | {own_assistant_id(graph) for graph in graphs} | assistants
    return [f"{name}: {graph}" for name, graph in sorted(named.items()) if graph not in known], len(named)


def _graphs(project: Project) -> set[str]:
    listed = read_langgraph_json(project.folder)
    graphs = set(project.manifest.graphs) | {graph.name for graph in (listed.graphs if listed else ())}
    return graphs or {project.manifest.project.name}


def _stored(project: Project) -> tuple[dict[str, str], set[str]]:
    if not project.database.exists():
        return {}, set()
    cipher = cipher_of(project)
    with snapshot(project.database) as connection:
        if stored_version(connection, project.database) < SCHEMA_VERSION:
            return {}, set()  # it is migrated at next use
        check_keys(connection, cipher, project.database)
        encrypted = bool(needed_keys(connection))
    with snapshot(project.database, cipher if encrypted else None) as connection:
        found = dict(_made_by_api(connection))
        assistants = {row[0] for row in connection.execute("SELECT assistant_id FROM assistants")}
    return found, assistants


def _made_by_api(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    for name, text in connection.execute("SELECT name, settings FROM triggers WHERE source<>'project'"):
        settings: dict[str, Any] = json.loads(text or "{}")
        yield name, str(settings.get("graph", ""))
    query = "SELECT name, assistant_id FROM crons WHERE name<>'' AND source<>'project'"
    yield from connection.execute(query)
