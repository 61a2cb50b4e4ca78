"""The seam of the guardrails: anything that looks at a text and says what it objects to."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, get_type_hints

from pydantic import TypeAdapter, ValidationError

from podium.core.errors import ConfigError
from podium.core.model import JsonValue
from podium.guardrails import validators as checks
from podium.guardrails.finding import CheckContext, Finding

Check = Callable[..., Sequence[Finding]]
"""A plain function of a text, a `CheckContext` and options that are named."""

BUILT_IN: Mapping[str, Check] = {
    "grounding": checks.grounding,
    "hidden_unicode": checks.hidden_unicode,
    "injection": checks.injection,
    "length": checks.length,
    "links": checks.links,
    "personal_data": checks.personal_data,
    "secrets": checks.secrets,
    "valid_text": checks.valid_text,
}


class Validator(Protocol):
    """Looks at one text."""

    @property
    def name(self) -> str:
        """What the policy calls it."""
        ...

    def check(self, value: str, context: CheckContext) -> Sequence[Finding]:
        """What there is to object to; nothing when the value may pass.

        It must not change anything, must take time linear in the value, and is called from any thread.
        """
        ...


@dataclass(frozen=True, slots=True)
class FunctionValidator:
    """A validator made of a plain function and its options."""

    name: str
    function: Check
    options: Mapping[str, Any] = field(default_factory=dict)

    def check(self, value: str, context: CheckContext) -> Sequence[Finding]:
        """What the function finds."""
        return self.function(value, context, **self.options)


def function_validator(name: str, function: Check, options: Mapping[str, JsonValue]) -> FunctionValidator:
    """A validator from a function, its options checked against the function's own signature.

    Args:
        name: What the policy calls it.
        function: The check.
        options: The policy's options.

    Raises:
        ConfigError: An option that the check does not have, or a value of another type.
    """
    parameters = list(inspect.signature(function).parameters.values())[2:]
    known = {parameter.name for parameter in parameters}
    hints = get_type_hints(function)
    typed: dict[str, Any] = {}
    for option, value in options.items():
        if option not in known:
            listed = ", ".join(sorted(known)) or "none"
            raise ConfigError(f"the check '{name}' has no option '{option}'", hint=f"Its options: {listed}.")
        try:
            typed[option] = TypeAdapter(hints.get(option, Any)).validate_python(value)
        except ValidationError as error:
            message = error.errors()[0]["msg"]
            raise ConfigError(
                f"option '{option}' of the check '{name}': {message}", hint="Mend it in the policy."
            ) from None
    return FunctionValidator(name, function, typed)
