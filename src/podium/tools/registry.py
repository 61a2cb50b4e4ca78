"""The tools of an app, by name, and how a context is made for each call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from podium.core.errors import ActionError, ConfigError
from podium.core.ids import digest_of
from podium.core.tool import ToolSpec
from podium.tools.context import ActionContext
from podium.tools.effect import Effect
from podium.tools.scope import EffectScope
from podium.tools.tool import Tool


class ToolRegistry:
    """Tools by name and the handles that they share.

    Args:
        tools: Each with a name of its own.
        handles: What the project opened for its tools.
        wrap: Given a tool; gives what is called in its place, under the same name.

    Raises:
        ConfigError: Two tools have the same name.
    """

    def __init__(
        self,
        tools: Iterable[Tool],
        handles: Mapping[str, object] | None = None,
        wrap: Callable[[Tool], Tool] | None = None,
    ) -> None:
        self._wrap: Callable[[Tool], Tool] = wrap or (lambda tool: tool)
        self._tools: dict[str, Tool] = {}
        self._handles: Mapping[str, object] = {} if handles is None else handles
        self._add(tools)

    def extend(self, tools: Iterable[Tool]) -> None:
        """Take further tools in; one takes the place of an earlier one from the same place.

        Raises:
            ConfigError: The name of one is taken.
        """
        for tool in tools:
            if (other := self._tools.get(tool.name)) is not None and other.origin == tool.origin:
                self._tools[tool.name] = self._wrap(tool)
            else:
                self._add([tool])

    def _add(self, tools: Iterable[Tool]) -> None:
        for tool in tools:
            if (other := self._tools.get(tool.name)) is not None:
                raise ConfigError(
                    f"{tool.origin}: the tool {tool.name!r} is declared at {other.origin} already",
                    hint="Give one of them another name.",
                )
            self._tools[tool.name] = self._wrap(tool)

    def specs(self, allowed: Callable[[ToolSpec], bool] | None = None) -> tuple[ToolSpec, ...]:
        """What the agents may see of the tools, in the order of their names."""
        found = (self._tools[name].spec for name in sorted(self._tools))
        return tuple(spec for spec in found if allowed is None or allowed(spec))

    def get(self, name: str) -> Tool:
        """The tool with the name.

        Raises:
            ActionError: There is none.
        """
        try:
            return self._tools[name]
        except KeyError:
            known = ", ".join(sorted(self._tools)) or "none"
            raise ActionError(f"there is no tool {name!r}", hint=f"Tools: {known}.") from None

    def missing_handles(self, tool: Tool) -> list[str]:
        """The handles that the tool requires and the project did not open."""
        return [need for need in tool.options.requires if isinstance(need, str) and need not in self._handles]

    def context(self, scope: EffectScope, key: str = "") -> ActionContext:
        """What a call is told that is made from the scope."""
        return ActionContext(
            idempotency_key=key,
            principal=scope.principal,
            tenant=scope.tenant,
            thread_id=scope.thread_id,
            run_id=scope.run_id,
            handles=self._handles,
        )

    def context_of(self, effect: Effect, principal: str, *, undo: bool = False) -> ActionContext:
        """What a call for the effect is told; undoing has a key of its own."""
        key = effect.idempotency_key
        return ActionContext(
            idempotency_key=digest_of(f"undo:{key}".encode()) if undo else key,
            principal=principal,
            tenant=effect.tenant,
            thread_id=effect.thread_id,
            run_id=effect.run_id,
            handles=self._handles,
        )
