"""Taking over tools that were written for LangChain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from podium.core.effects import EffectClass
from podium.core.model import JsonObject
from podium.core.tool import ToolSpec
from podium.tools.context import ActionContext
from podium.tools.signature import strict_model
from podium.tools.tool import Tool, ToolOptions

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool


def from_langchain(
    tool: BaseTool, effect: EffectClass = "irreversible", options: ToolOptions | None = None
) -> Tool:
    """A LangChain tool as one of Podium's.

    Args:
        tool: The tool.
        effect: How far it reaches; LangChain's tools do not say, so the worst is assumed.
        options: Preview, compensation and the rest, if there are any.
    """
    schema = tool.tool_call_schema
    if isinstance(schema, dict):
        model, args_schema = _model_of(tool.name, schema), schema
    elif issubclass(schema, BaseModel):
        model, args_schema = strict_model(schema), schema.model_json_schema()
    else:
        raise TypeError(f"{tool.name}: its arguments are described with pydantic 1; describe them with 2")
    spec = ToolSpec(name=tool.name, description=tool.description, args_schema=args_schema, effect=effect)

    async def run(_: ActionContext, args: BaseModel) -> Any:
        return await tool.ainvoke(args.model_dump(mode="python", by_alias=True, exclude_unset=True))

    return Tool(
        spec=spec,
        args_model=model,
        run=run,
        options=options or ToolOptions(),
        origin=f"LangChain tool {tool.name}",
        fills_defaults=not isinstance(schema, dict),
    )


def _model_of(name: str, schema: JsonObject) -> type[BaseModel]:
    """A model for arguments that a JSON Schema describes; names are checked here, values by the tool."""
    properties, needed = schema.get("properties"), schema.get("required")
    required = set(map(str, needed)) if isinstance(needed, list) else set()
    fields: dict[str, Any] = {
        f"argument_{place}": (Any, Field(default=... if key in required else None, alias=key))
        for place, key in enumerate(properties if isinstance(properties, dict) else {})
    }
    return create_model(name, __config__=ConfigDict(extra="forbid"), **fields)
