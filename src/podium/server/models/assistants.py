"""Assistants on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from podium.core.model import JsonObject, Model
from podium.server.models.runs import RunConfig, Uuid
from podium.server.wire import Body
from podium.storage.assistants import AssistantQuery, SortBy, SortOrder

AssistantField = Literal[
    "assistant_id",
    "graph_id",
    "name",
    "description",
    "config",
    "context",
    "created_at",
    "updated_at",
    "metadata",
    "version",
]
GraphName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Label = Annotated[str, StringConstraints(max_length=500)]
Description = Annotated[str, StringConstraints(max_length=10_000)]
Limit = Annotated[int, Field(ge=1, le=1_000)]
Offset = Annotated[int, Field(ge=0, le=2**31)]


class AssistantCreate(Body):
    """A new assistant."""

    graph_id: GraphName
    assistant_id: Uuid | None = None
    config: RunConfig | None = None
    context: JsonObject | None = None
    metadata: JsonObject | None = None
    if_exists: Literal["raise", "do_nothing"] = "raise"
    name: Label | None = None
    description: Description | None = None


class AssistantPatch(Body):
    """What another version of an assistant has different; metadata is merged."""

    graph_id: GraphName | None = None
    config: RunConfig | None = None
    context: JsonObject | None = None
    metadata: JsonObject | None = None
    name: Label | None = None
    description: Description | None = None

    def changes(self) -> dict[str, Any]:
        """The fields that differ."""
        told = self.model_dump(exclude_none=True)
        return {name: value for name, value in told.items() if name in self.model_fields_set}


class AssistantFilter(Body):
    """Which assistants are meant."""

    metadata: JsonObject | None = None
    graph_id: GraphName | None = None
    name: Label | None = None
    """In the name, in either case."""


class AssistantSearch(AssistantFilter):
    """Which assistants are wanted, and how they are shown."""

    limit: Limit = 10
    offset: Offset = 0
    sort_by: SortBy | None = None
    sort_order: SortOrder | None = None
    select: list[AssistantField] | None = None

    def query(self) -> AssistantQuery:
        """The same, for the repository."""
        return AssistantQuery(
            metadata=self.metadata or {},
            graph_id=self.graph_id,
            name=self.name,
            sort_by=self.sort_by or "created_at",
            sort_order=self.sort_order or "desc",
            limit=self.limit,
            offset=self.offset,
        )


class VersionSearch(Body):
    """Which versions of an assistant are wanted."""

    metadata: JsonObject | None = None
    limit: Limit = 10
    offset: Offset = 0


class VersionChoice(Body):
    """The version that is to be in force."""

    version: Annotated[int, Field(ge=1, le=2**31)]


class AssistantShown(Model):
    """An assistant as it is told."""

    assistant_id: str
    graph_id: str
    version: int
    name: str
    description: str | None
    config: JsonObject
    context: JsonObject
    metadata: JsonObject
    created_at: str
    updated_at: str


class SelectedAssistant(Model):
    """An assistant as it is told in a list; the fields that were selected, else all."""

    assistant_id: str = ""
    graph_id: str = ""
    version: int = 1
    name: str = ""
    description: str | None = None
    config: JsonObject = {}
    context: JsonObject = {}
    metadata: JsonObject = {}
    created_at: str = ""
    updated_at: str = ""


class GraphShown(Model):
    """The nodes and edges of a graph, as LangChain draws them."""

    nodes: list[JsonObject]
    edges: list[JsonObject]


class GraphSchemas(Model):
    """What a graph takes, gives and holds; null for what cannot be described."""

    graph_id: str
    input_schema: JsonObject | None
    output_schema: JsonObject | None
    state_schema: JsonObject | None
    config_schema: JsonObject | None
    context_schema: JsonObject | None
