"""A tool: a function with typed arguments, what it does to the world, and how that is undone."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError

from podium.core.canonical import to_json
from podium.core.effects import EffectClass
from podium.core.errors import ActionError, InputError
from podium.core.model import JsonObject
from podium.core.tool import ToolSpec
from podium.tools.context import ActionContext

Run: TypeAlias = Callable[[ActionContext, Any], Any]
"""Takes context and arguments; sync, or async when it gives an awaitable."""

After: TypeAlias = Callable[[ActionContext, Any, Any], Any]
"""Takes context, arguments and the call's result."""


@dataclass(frozen=True, slots=True)
class ToolOptions:
    """Everything that a tool may say beside its function.

    Attributes:
        target: What the call acts on: a template over the arguments (`order/{order_id}`), or a function
            of the arguments. Effects on one target are shown together and not mixed up.
        cost: Estimated cost of a call in the project's currency, or a callback that estimates it.
        requires: Handles that must be open (text), and callbacks that give False, or the reason as text,
            when the call may not be made now. Checked before the first action of a turn starts.
        timeout: Seconds for one call; None for the project's default.
        rate: Most calls in a period, `10/minute`; further calls wait.
        concurrency: Most calls at one time; further calls wait. None for no limit.
        attempts: How often a call is made that breaks or hangs, with pauses that grow. A call is only made
            again when that cannot act twice: the tool is `idempotent`, or `reconcile` says that it did not
            act. None for three attempts.
        verify_after: Seconds after which the outcome is read back; 0 for at once.
        preview: Says what the call would change, `{"before": …, "after": …}`, and touches nothing. It must
            depend on the world alone: when it has changed by the time of the call, the call is refused.
        compensate: Takes the effect back. It may be called again after a crash if the tool declares
            `idempotent` or `verify`, so that doing it twice has to be doing it once.
        verify: Reads back whether the effect is there now: true or false, or
            `{"holds": true, "observed": …}` to keep what was read beside what the call claimed.
        reconcile: Asked after a crash: None or False when the effect has not happened, else its result.
        idempotent: Called twice with the same idempotency key, the tool acts once.
    """

    target: str | Callable[[Any], str] | None = None
    cost: float | Run | None = None
    requires: tuple[str | Run, ...] = ()
    timeout: float | None = None
    rate: str | None = None
    concurrency: int | None = None
    attempts: int | None = None
    verify_after: float = 0.0
    preview: Run | None = None
    compensate: After | None = None
    verify: After | None = None
    reconcile: Run | None = None
    idempotent: bool = False


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that agents may plan with and the ledger may run.

    Attributes:
        spec: What the agents see.
        args_model: Checks arguments; unknown ones are refused.
        run: The call.
        options: The rest of the declaration.
        origin: Where it was declared, `FILE:LINE`, for messages.
        fills_defaults: Whether the model knows the defaults; otherwise what is left out stays out.
    """

    spec: ToolSpec
    args_model: type[BaseModel]
    run: Run
    options: ToolOptions = field(default_factory=ToolOptions)
    origin: str = ""
    fills_defaults: bool = True

    @property
    def name(self) -> str:
        """The tool's name, unique in a project."""
        return self.spec.name

    @property
    def effect(self) -> EffectClass:
        """How far the tool reaches."""
        return self.spec.effect

    def parse(self, args: Mapping[str, Any]) -> BaseModel:
        """The arguments as the tool's model.

        Raises:
            ActionError: They do not fit; the message names the argument.
        """
        try:
            return self.args_model.model_validate(dict(args))
        except ValidationError as error:
            names = ", ".join(self.args_model.model_fields) or "none"
            raise ActionError(_misfit(self.name, error), hint=f"Its arguments are: {names}.") from None

    def canonical(self, args: BaseModel) -> JsonObject:
        """The arguments as JSON values, with every default that is known: equal calls are equal.

        Raises:
            ActionError: An argument has no JSON form (NaN, an integer beyond 2^53, half a character).
        """
        unset = not self.fills_defaults
        if _has_no_number(args.model_dump(exclude_unset=unset)):  # JSON would have null in its place
            raise ActionError(f"{self.name}: an argument is not a finite number")
        try:
            plain = args.model_dump(mode="json", by_alias=True, exclude_unset=unset)
            value = to_json(plain, where="arguments")
        except (InputError, ValueError) as error:
            raise ActionError(f"{self.name}: {_one_line(error)}") from None
        return value if isinstance(value, dict) else {}

    def target(self, args: BaseModel) -> str:
        """What the call acts on; empty when the tool does not say.

        Raises:
            ActionError: The declaration fails on these arguments.
        """
        declared = self.options.target
        try:
            if callable(declared):
                return str(declared(args))
            return declared.format(**args.model_dump()) if declared else ""
        except Exception as error:
            raise ActionError(f"{self.name}: its target cannot be told: {_one_line(error)}") from error


def _misfit(tool: str, error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{tool}: there is no argument {where!r}"
    if first["type"] == "missing":
        return f"{tool}: the argument {where!r} is missing"
    return f"{tool}: the argument {where!r} is not right: {first['msg']}"


def _has_no_number(value: object) -> bool:
    """Whether NaN or an infinite number is anywhere in a value."""
    match value:
        case float():
            return not math.isfinite(value)
        case Mapping():
            return any(map(_has_no_number, value.values()))
        case list() | tuple() | set() | frozenset():
            return any(map(_has_no_number, value))
        case _:
            return False


def _one_line(error: Exception) -> str:
    return " ".join((str(error) or type(error).__name__).split())
