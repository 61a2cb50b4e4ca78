"""The store on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from podium.core.model import JsonObject, Model
from podium.server.models.assistants import Limit, Offset
from podium.server.wire import Body

Label = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^.\x00]+$")]
Key = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
Path = Annotated[list[Label], Field(max_length=50)]
Place = Annotated[list[Label], Field(min_length=1, max_length=50)]


class ItemPut(Body):
    """An item to keep."""

    namespace: Place
    key: Key
    value: JsonObject
    index: Literal[False] | list[str] | None = None
    """The paths of the value that are searched; false for none."""
    ttl: Annotated[float, Field(gt=0, le=10 * 366 * 1_440, allow_inf_nan=False)] | None = None
    """Minutes for which it is kept after it was written or read last."""


class ItemDelete(Body):
    """An item to forget."""

    namespace: Place
    key: Key


class ItemSearch(Body):
    """Which items are wanted."""

    namespace_prefix: Path = []
    filter: JsonObject | None = None
    """Values by key, or conditions: `$eq`, `$ne`, `$gt`, `$gte`, `$lt`, `$lte`."""
    limit: Limit = 10
    offset: Offset = 0
    query: Annotated[str, StringConstraints(max_length=10_000)] | None = None
    refresh_ttl: bool | None = None


class NamespaceSearch(Body):
    """Which namespaces are wanted."""

    prefix: Path | None = None
    suffix: Path | None = None
    max_depth: Annotated[int, Field(ge=1, le=50)] | None = None
    limit: Limit = 100
    offset: Offset = 0


class ItemShown(Model):
    """An item as it is told."""

    namespace: list[str]
    key: str
    value: JsonObject
    created_at: str
    updated_at: str


class FoundItem(ItemShown):
    """An item that a search found."""

    score: float | None = None
    """How well it answers the query, up to 1; null where nothing was asked or it is not searched."""


class FoundItems(Model):
    """The items that a search found."""

    items: list[FoundItem]


class Namespaces(Model):
    """Namespaces that hold something."""

    namespaces: list[list[str]]
