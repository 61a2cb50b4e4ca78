"""`@action`: makes a tool of a typed function."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Sequence
from typing import Any, Generic, ParamSpec, TypeVar

from podium.core.effects import EFFECT_CLASSES, EffectClass
from podium.core.tool import ToolSpec
from podium.tools.rate import parse_rate
from podium.tools.signature import signature_of
from podium.tools.tool import After, Run, Tool, ToolOptions

P = ParamSpec("P")
R = TypeVar("R")


class Action(Generic[P, R]):
    """A function that is also a tool; calling it calls the function, as a test would.

    Attributes:
        tool: What Podium loads.
    """

    def __init__(self, function: Callable[P, R], tool: Tool) -> None:
        functools.update_wrapper(self, function)
        self.tool = tool
        self._function = function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function itself: no approval, no ledger."""
        return self._function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<action {self.tool.name} ({self.tool.effect}) at {self.tool.origin}>"


def action(
    effect: EffectClass,
    *,
    target: str | Callable[[Any], str] | None = None,
    version: str = "1",
    cost: float | Run | None = None,
    requires: str | Run | Sequence[str | Run] = (),
    timeout: float | None = None,
    rate: str | None = None,
    concurrency: int | None = None,
    attempts: int | None = None,
    verify_after: float = 0.0,
    preview: Run | None = None,
    compensate: After | None = None,
    verify: After | None = None,
    reconcile: Run | None = None,
    idempotent: bool = False,
) -> Callable[[Callable[P, R]], Action[P, R]]:
    """Declare a function as a tool.

    The function takes `(ctx, args)` with a pydantic model, or the arguments themselves with their types,
    with or without a context; it may be async. Its docstring is what the agents read; the descriptions of
    arguments come from `Field` or from the section `Args:`. Callbacks take `(ActionContext, Args)`, and
    those that look at an outcome `(ActionContext, Args, Result)`.

    Args:
        effect: `read`, `reversible`, `compensable` or `irreversible`.
        target: See `ToolOptions`, likewise for all that follow.
        version: Rises when the tool behaves otherwise than before.
        cost: Estimated cost of one call.
        requires: What must hold before the call.
        timeout: Seconds for one call.
        rate: Most calls in a period, such as `10/minute`.
        concurrency: Most calls at one time.
        attempts: How often a call is made that breaks, where that cannot act twice.
        verify_after: Seconds after which the outcome is read back.
        preview: What the call would change.
        compensate: Takes the effect back.
        verify: Reads the outcome back.
        reconcile: Asked after a crash whether the effect happened.
        idempotent: The same key acts once.

    Raises:
        TypeError: The function's arguments cannot be described.
        ValueError: An option is wrong.
    """
    if effect not in EFFECT_CLASSES:
        raise ValueError(f"{effect!r} is no effect class; choose one of {', '.join(EFFECT_CLASSES)}")
    if timeout is not None and timeout <= 0:
        raise ValueError("timeout must be more than 0 seconds")
    for name, number in (("concurrency", concurrency), ("attempts", attempts)):
        if number is not None and number < 1:
            raise ValueError(f"{name} must be at least 1")
    if rate is not None:
        parse_rate(rate)
    needs = (requires,) if isinstance(requires, str) or callable(requires) else tuple(requires)
    options = ToolOptions(
        target=target,
        cost=cost,
        requires=needs,
        timeout=timeout,
        rate=rate,
        concurrency=concurrency,
        attempts=attempts,
        verify_after=verify_after,
        preview=preview,
        compensate=compensate,
        verify=verify,
        reconcile=reconcile,
        idempotent=idempotent,
    )
    names = dict(sys._getframe(1).f_locals)  # types of functions that are declared inside a function

    def declare(function: Callable[P, R]) -> Action[P, R]:
        return Action(function, _tool(function, effect, version, options, names))

    return declare


def _tool(
    function: Callable[..., Any],
    effect: EffectClass,
    version: str,
    options: ToolOptions,
    names: dict[str, Any],
) -> Tool:
    signature = signature_of(function, names)
    spec = ToolSpec(
        name=function.__name__,
        description=inspect.getdoc(function) or function.__name__.replace("_", " "),
        args_schema=signature.schema,
        effect=effect,
        version=version,
    )
    code = function.__code__
    origin = f"{code.co_filename}:{code.co_firstlineno}"
    return Tool(spec=spec, args_model=signature.model, run=signature.run, options=options, origin=origin)
