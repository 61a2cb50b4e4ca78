"""The base of everything that crosses a boundary: the wire, the disk, a model's reply."""

from __future__ import annotations

from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, JsonValue

JsonObject: TypeAlias = dict[str, JsonValue]

__all__ = ["JsonObject", "JsonValue", "Model"]


class Model(BaseModel):
    """A frozen, strict-by-name pydantic model: an unknown field is an error, never dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid")
