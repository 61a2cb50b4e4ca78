"""Sources beside the documents: databases, services, MCP servers and functions."""

from podium.knowledge.sources.function import FunctionSource
from podium.knowledge.sources.http import HttpRequest, HttpSource, Shape
from podium.knowledge.sources.labelled import Labels
from podium.knowledge.sources.opening import Surroundings, open_sources
from podium.knowledge.sources.relevance import Relevance
from podium.knowledge.sources.resources import McpSource, Resources
from podium.knowledge.sources.source import Found, Source
from podium.knowledge.sources.sources import Managed, Sources, Terms
from podium.knowledge.sources.sql import SqlSource

__all__ = [
    "Found",
    "FunctionSource",
    "HttpRequest",
    "HttpSource",
    "Labels",
    "Managed",
    "McpSource",
    "Relevance",
    "Resources",
    "Shape",
    "Source",
    "Sources",
    "SqlSource",
    "Surroundings",
    "Terms",
    "open_sources",
]
