"""`govern`: what makes governed tools of anybody's tools."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, overload

from langchain.agents.middleware.types import AgentMiddleware
from langchain_core.tools import BaseTool
from pydantic import BaseModel

from podium.app.governed import GovernedTool, Governor
from podium.core.effects import EffectClass
from podium.core.errors import ConfigError
from podium.tools.actions import Action, action
from podium.tools.langchain import from_langchain
from podium.tools.tool import Tool, ToolOptions

if TYPE_CHECKING:
    from langgraph.prebuilt.tool_node import ToolCallRequest

    from podium.app.podium import Podium


@overload
def govern(
    tools: Sequence[Any], *, app: Podium, effect: EffectClass = ..., **options: Any
) -> list[GovernedTool]: ...
@overload
def govern(tools: Any, *, app: Podium, effect: EffectClass = ..., **options: Any) -> GovernedTool: ...
def govern(
    tools: Any, *, app: Podium, effect: EffectClass = "irreversible", **options: Any
) -> GovernedTool | list[GovernedTool]:
    """Give tools an envelope, approval, single execution and undo, in whatever graph they are called.

    Args:
        tools: One, or a list: functions, `@action` functions, LangChain tools (of MCP servers as well).
        app: Whose policy, ledger and record count.
        effect: How far they reach; an `@action` function keeps its own declaration.
        options: What `@action` takes beside the effect.

    Raises:
        ConfigError: A tool takes arguments that LangGraph injects, or another has its name.
        TypeError: A function's arguments cannot be described.
    """
    governor = app.governor
    if isinstance(tools, list | tuple):
        return [_governed(tool, governor, effect, options) for tool in tools]
    return _governed(tools, governor, effect, options)


def _governed(given: Any, governor: Governor, effect: EffectClass, options: Any) -> GovernedTool:
    if isinstance(given, GovernedTool):
        return given
    schema: Any = None
    if isinstance(given, Tool):
        inner = given
    elif isinstance(given, Action):
        inner = given.tool
    elif isinstance(given, BaseTool):
        _refuse_injected(given)
        inner, schema = from_langchain(given, effect, ToolOptions(**options)), given.args_schema
    elif callable(given):
        inner = action(effect, **options)(given).tool
    else:
        raise TypeError(f"{type(given).__name__} is no tool: pass a function or a LangChain tool")
    governor.context.toolbox.extend([inner])
    return GovernedTool(
        name=inner.name,
        description=inner.spec.description,
        args_schema=schema or inner.args_model,
        governor=governor,
        inner=inner,
    )


def _refuse_injected(tool: BaseTool) -> None:
    seen, whole = tool.tool_call_schema, tool.args_schema
    hidden = set[str]()
    if isinstance(seen, type) and isinstance(whole, type) and issubclass(seen, BaseModel):
        hidden = set(getattr(whole, "model_fields", ())) - set(seen.model_fields)
    function = getattr(tool, "func", None) or getattr(tool, "coroutine", None)
    if hidden or (function is not None and "ToolRuntime" in str(inspect.signature(function))):
        raise ConfigError(
            f"{tool.name} takes arguments that the graph injects: they could not be approved",
            hint="Read the state in the node, and pass what the tool needs as arguments.",
        )


class GovernMiddleware(AgentMiddleware[Any, Any, Any]):
    """Governs the tools of an agent that `create_agent` makes.

    Args:
        app: Whose policy, ledger and record count.
        tools: Actions and governed tools that say how far they reach; any other counts as irreversible.
    """

    def __init__(self, app: Podium, tools: Sequence[Any] = ()) -> None:
        super().__init__()
        self._app = app
        self._known: dict[str, GovernedTool] = {tool.name: tool for tool in govern(list(tools), app=app)}

    def wrap_tool_call(self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], Any]) -> Any:
        """Take a call through the ledger."""
        tool = self._tool(request)
        call: Any = {**request.tool_call, "type": "tool_call"}
        return handler(request) if tool is None else tool.invoke(call)

    async def awrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], Awaitable[Any]]
    ) -> Any:
        """Like `wrap_tool_call`."""
        tool = self._tool(request)
        call: Any = {**request.tool_call, "type": "tool_call"}
        return await handler(request) if tool is None else await tool.ainvoke(call)

    def _tool(self, request: ToolCallRequest) -> GovernedTool | None:
        if request.tool is None or isinstance(request.tool, GovernedTool):
            return None
        name: str = request.tool.name
        if name not in self._known:
            self._known[name] = govern(request.tool, app=self._app)
        return self._known[name]
