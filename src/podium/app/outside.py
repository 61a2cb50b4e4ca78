"""What a project reaches beside its documents and its own tools: sources and MCP servers."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podium.app.project import Project
from podium.core.errors import ConfigError, SourceError
from podium.core.loading import load_module
from podium.core.location import toml_line
from podium.core.settings import MANIFEST, KnowledgeSettings
from podium.telemetry.telemetry import Telemetry

if TYPE_CHECKING:
    from podium.knowledge.sources.relevance import Similarity
    from podium.knowledge.sources.source import Source
    from podium.knowledge.sources.sources import Managed, Sources
    from podium.tools.mcp.servers import McpServers


@dataclass(frozen=True, slots=True)
class Outside:
    """Sources and servers; nothing is contacted or started before it is asked for.

    Attributes:
        sources: What is searched beside the documents; None when the project declares nothing.
        servers: MCP servers; None likewise.
    """

    sources: Sources | None = None
    servers: McpServers | None = None

    def close(self) -> None:
        """Stop servers and let go of connections."""
        if self.sources is not None:
            self.sources.close()
        if self.servers is not None:
            self.servers.close()


def reach(
    project: Project, similarity: Similarity, telemetry: Telemetry, wrap: Callable[[Source], Source]
) -> Outside:
    """Make the sources and servers of a project.

    Args:
        project: Declares them.
        similarity: Compares what sources give with the question.
        telemetry: Told of failures.
        wrap: Given a source; gives what is asked in its place.

    Raises:
        ConfigError: A declaration is wrong; the message names file and line.
    """
    servers = _servers(project)
    if not project.manifest.knowledge.sources:
        return Outside(servers=servers)
    from podium.knowledge.sources.relevance import Relevance
    from podium.knowledge.sources.sources import Sources

    def failed(name: str, error: SourceError) -> None:
        telemetry.source_failed(name, error.code, error.message)

    return Outside(Sources(_sources(project, servers, wrap), Relevance(similarity), failed), servers)


def _servers(project: Project) -> McpServers | None:
    settings = project.manifest.tools.mcp
    if not settings:
        return None
    from podium.tools.mcp.servers import McpServers
    from podium.tools.mcp.transport import Place

    return McpServers(settings, Place(project.folder, project.data / "logs", os.environ))


def _sources(project: Project, servers: McpServers | None, wrap: Callable[[Source], Source]) -> list[Managed]:
    from podium.knowledge.sources.opening import Surroundings, open_sources

    knowledge = project.manifest.knowledge
    around = Surroundings(
        folder=project.folder,
        load=lambda place: _function(project, place),
        servers=servers.servers if servers is not None else {},
        environment=os.environ,
    )
    try:
        _check_names(knowledge)
        return open_sources(knowledge.sources, around, wrap)
    except ConfigError as error:
        raise type(error)(f"{_place_of(project, error.message)}{error.message}", hint=error.hint) from None


def _check_names(knowledge: KnowledgeSettings) -> None:
    for name in knowledge.sources:
        if name in knowledge.collections:
            raise ConfigError(
                f"knowledge.sources.{name}: a collection has this name", hint="Give it another one."
            )


def _function(project: Project, place: str) -> Callable[[str, int], Any]:
    file, _, name = place.rpartition(":")
    function = getattr(load_module(project.path(file)), name, None)
    if not callable(function):
        raise ConfigError(f"{project.path(file)} has no function {name!r}", hint="Correct its name.")
    found: Callable[[str, int], Any] = function
    return found


def _place_of(project: Project, message: str) -> str:
    """File and line of the setting that a message begins with; empty when it begins otherwise."""
    setting, colon, _ = message.partition(": ")
    if not colon or not setting.startswith("knowledge."):
        return ""
    path = project.folder / MANIFEST
    return f"{path}:{toml_line(path.read_text(encoding='utf-8'), setting.split('.'))}: "
