"""A plain function as a target."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Mapping
from typing import Any

from podium.core.errors import ConfigError
from podium.core.ids import digest_of
from podium.evals.case import Case
from podium.evals.observation import Observation
from podium.evals.targets.hands import Hands
from podium.evals.targets.outputs import observation_of
from podium.evals.world import World


class FunctionTarget:
    """Calls a function with a case's input; a parameter called `case` or `world` gets those instead.

    ::

        def answer(question: str) -> str: ...
        async def answer(question: str, world: World) -> Observation: ...

    Args:
        function: Sync or async; a sync one runs in a thread. An object that is called may have a method
            `close`, sync or async, for when all is done.
        name: What it is called.
    """

    def __init__(self, function: Callable[..., Any], name: str = "") -> None:
        self._function = function
        self.name = name or getattr(function, "__qualname__", type(function).__name__)
        self._is_async = inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
            getattr(function, "__call__", None)  # noqa: B004 - whether it is async, not whether it is there
        )
        self._names = _parameters(function)
        self._hands = Hands()

    @property
    def versions(self) -> Mapping[str, str]:
        """The digest of the file that the function stands in, where there is one."""
        try:
            whose = self._function if inspect.isroutine(self._function) else type(self._function)
            file = inspect.getsourcefile(whose)
            if file is None:
                return {}
            with open(file, "rb") as source:  # noqa: PTH123 - the name comes from inspect as it is
                return {"function": digest_of(source.read())}
        except (TypeError, OSError):
            return {}

    async def open(self) -> None:
        """Nothing is to be done."""

    async def run(self, case: Case, world: World, /) -> Observation:
        """What the function returns."""
        if case.faults:
            raise ConfigError(
                "faults are injected into projects only", hint="Evaluate a project, or take the faults out."
            )
        given: Any = case.input if not case.turns else [turn.model_dump(mode="json") for turn in case.turns]
        special = {"case": case, "world": world}
        args = [special.get(name, given) for name in self._names]
        began = time.perf_counter()
        made = await (self._function(*args) if self._is_async else self._hands.call(self._function, *args))
        found = observation_of(made)
        if found.seconds:
            return found
        return found.model_copy(update={"seconds": round(time.perf_counter() - began, 6)})

    async def close(self) -> None:
        """Close what is called, and let the threads end."""
        close = getattr(self._function, "close", None)
        if callable(close):
            await (close() if inspect.iscoroutinefunction(close) else self._hands.call(close))
        self._hands.close()


def _parameters(function: Callable[..., Any]) -> list[str]:
    """The names of the positional parameters that have to be given, one at least."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return ["input"]
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = [
        one.name
        for one in signature.parameters.values()
        if one.kind in positional and (one.default is one.empty or one.name in ("case", "world"))
    ]
    return names or ["input"]
