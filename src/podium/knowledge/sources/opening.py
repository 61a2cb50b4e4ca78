"""Making sources from what the manifest says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, assert_never

from podium.core.errors import ConfigError, UnknownName
from podium.core.source_settings import (
    HttpSourceSettings,
    McpSourceSettings,
    PythonSourceSettings,
    SourceSettings,
    SqlSourceSettings,
)
from podium.knowledge.sources.function import FunctionSource
from podium.knowledge.sources.http import HttpRequest, HttpSource, Shape
from podium.knowledge.sources.labelled import Labels
from podium.knowledge.sources.resources import McpSource, Resources
from podium.knowledge.sources.source import Source
from podium.knowledge.sources.sources import Managed, Terms
from podium.knowledge.sources.sql import SqlSource


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What sources need of the project.

    Attributes:
        folder: The project's folder.
        load: Gives the function that `file.py:function` names.
        servers: MCP servers by name.
        environment: Environment variables.
    """

    folder: Path
    load: Callable[[str], Callable[[str, int], Any]]
    servers: Mapping[str, Resources]
    environment: Mapping[str, str]

    def secret(self, name: str, setting: str) -> str:
        """What an environment variable holds.

        Raises:
            ConfigError: It is not set.
        """
        if not self.environment.get(name):
            raise ConfigError(
                f"{setting}: the environment variable {name} is not set", hint=f"export {name}=…"
            )
        return self.environment[name]


def open_sources(
    settings: Mapping[str, SourceSettings],
    around: Surroundings,
    wrap: Callable[[Source], Source] = lambda source: source,
) -> list[Managed]:
    """The sources of a project, in their wrappers; nothing is contacted yet.

    Args:
        settings: What the manifest says, by name.
        around: What they need of the project.
        wrap: Given a source; gives what is asked in its place.

    Raises:
        ConfigError: A setting is wrong; the message begins with its path in the manifest.
    """
    return [Managed(wrap(_open(name, said, around)), _terms(said)) for name, said in settings.items()]


def _open(name: str, said: SourceSettings, around: Surroundings) -> Source:
    setting = f"knowledge.sources.{name}"
    match said:
        case SqlSourceSettings():
            url = said.url or around.secret(said.url_env or "", f"{setting}.url_env")
            return SqlSource(name, url, said.query, base=around.folder, rows=said.rows, timeout=said.timeout)
        case HttpSourceSettings():
            return HttpSource(name, _request(said, setting, around), _shape(said))
        case McpSourceSettings():
            if said.server not in around.servers:
                known = ", ".join(around.servers) or "none"
                raise UnknownName(
                    f"{setting}.server: no MCP server is called {said.server!r}",
                    hint=f"There are: {known}. Declare it under [tools.mcp].",
                )
            server = around.servers[said.server]
            return McpSource(name, server, uris=said.resources, most=said.most)
        case PythonSourceSettings():
            return FunctionSource(name, around.load(said.function))
        case _:
            assert_never(said)


def _request(said: HttpSourceSettings, setting: str, around: Surroundings) -> HttpRequest:
    headers = dict(said.headers)
    if said.token_env is not None:
        headers["Authorization"] = f"Bearer {around.secret(said.token_env, f'{setting}.token_env')}"
    return HttpRequest(
        url=said.url,
        param=said.param,
        k_param=said.k_param,
        headers=headers,
        hosts=said.hosts,
        max_bytes=said.max_bytes,
        timeout=said.timeout,
        private=said.private,
    )


def _shape(said: HttpSourceSettings) -> Shape:
    return Shape(items=said.items, text=said.text, title=said.title, date=said.date, source=said.source)


def _terms(said: SourceSettings) -> Terms:
    return Terms(
        labels=Labels(trust=said.trust, access=said.access, cost=said.cost, max_age_days=said.max_age_days),
        timeout=said.timeout,
        retries=said.retries,
        rest=said.rest,
        cache_seconds=said.cache_seconds,
        cache_size=said.cache_size,
    )
